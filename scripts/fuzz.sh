#!/usr/bin/env bash
# npm run fuzz -- [--seconds N] [--seed N] [--target NAME]: bends the project's own messages and shows them to every
# dissector and to the judge, until time is up or a law is broken.
set -euo pipefail
cd "$(dirname "$0")/.."
npx --no -- tsc -p test/fuzz
ln -sfn ../../../rules test/fuzz/dist/rules
exec node test/fuzz/dist/test/fuzz/main.js "$@"
