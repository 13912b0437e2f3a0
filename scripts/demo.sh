#!/usr/bin/env bash
# sudo npm run demo: a phone, a gateway and an internet on this one machine, and the real daemon between them.
set -euo pipefail
cd "$(dirname "$0")/.."
if [ "$(id -u)" != 0 ]; then
  echo "The demo makes network namespaces, which only root may. Run: sudo npm run demo" >&2
  exit 1
fi
bash scripts/prepare.sh
npm run --silent build
npm run --silent build:demo
bash scripts/give-back.sh
exec node demo/dist/demo/main.js "$@"
