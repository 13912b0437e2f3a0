# Runs inside the machine: the checkout, built, is /ro and cannot be written; "$@" goes to vitest.
cd /ro || exit
report=/tmp/report.json exit=0
export CHATGATE_THROW_AWAY=1
# The machine is emulated and slow: a test may take as long as it needs within the time of the whole run, and what the
# tests load is loaded once.
node node_modules/vitest/vitest.mjs run --project gateway --project throw-away --configLoader runner --no-cache \
  --no-file-parallelism --no-isolate --testTimeout 120000 --hookTimeout 120000 --reporter=verbose --reporter=json --outputFile.json=$report "$@" || exit=$?
read -r passed failed skipped < <(node scripts/tally.mjs $report $exit)
echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" = 0 ]
