#!/usr/bin/env bash
# npm run bench: installs what is missing to measure with, builds, measures. See README.md beside this file.
set -euo pipefail
cd "$(dirname "$0")/../.."
bash scripts/prepare.sh

if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
  export DEBIAN_FRONTEND=noninteractive
  for tool in nginx:nginx-light wrk:wrk h2load:nghttp2-client ndpiReader:libndpi-bin tshark:tshark; do
    PATH="$PATH:/usr/sbin" command -v "${tool%%:*}" >/dev/null && continue
    echo "installing ${tool##*:}"
    { apt-get update -qq && apt-get install -y -qq --no-install-recommends "${tool##*:}"; } >/dev/null 2>&1 ||
      echo "could not install ${tool##*:}: what needs it is skipped" >&2
  done
fi

npm run --silent build
npx --no -- tsc -p test/bench
bash scripts/give-back.sh
exec node --expose-gc test/bench/dist/test/bench/main.js "$@"
