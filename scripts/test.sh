#!/usr/bin/env bash
# npm test: install what is missing, build, lint, types, unit tests, gateway tests. The last line sums them up.
set -uo pipefail
cd "$(dirname "$0")/.." || exit
reports=$(mktemp -d)
trap 'rm -rf "$reports"' EXIT
passed=0 failed=0 skipped=0

check() { # name, seconds, command: counts as one test
  local name=$1 seconds=$2
  shift 2
  if timeout -k 5 "$seconds" "$@"; then
    passed=$((passed + 1))
  else
    echo "FAILED: $name"
    failed=$((failed + 1))
  fi
}

tests() { # vitest project, seconds
  local exit=0 p f s
  timeout -k 10 "$2" npx --no vitest run --project "$1" --reporter=default --reporter=json \
    --outputFile.json="$reports/$1.json" || exit=$?
  read -r p f s < <(node scripts/tally.mjs "$reports/$1.json" "$exit")
  echo "$1: ${p:-0} passed, ${f:-1} failed, ${s:-0} skipped"
  passed=$((passed + ${p:-0})) failed=$((failed + ${f:-1})) skipped=$((skipped + ${s:-0}))
}

if ! timeout -k 5 600 bash scripts/prepare.sh; then
  echo 'FAILED: installing what is missing'
  failed=1
else
  check 'build' 120 npm run --silent build
  check 'build of the test rig and demo' 120 npm run --silent build:demo
  check 'lint, format and types' 120 npm run --silent check
  tests unit 300
  tests gateway 300
fi
bash scripts/give-back.sh
echo "$passed passed, $failed failed, $skipped skipped"
[ $failed = 0 ]
