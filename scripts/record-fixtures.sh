#!/usr/bin/env bash
# sudo npm run record-fixtures: lets real programs talk inside network namespaces and writes down what they say, anew,
# in test/fixtures/captures. Installs the programs where they are missing; no test needs them.
set -euo pipefail
cd "$(dirname "$0")/.."
if [ "$(id -u)" != 0 ]; then
  echo "Recording makes network namespaces, which only root may. Run: sudo npm run record-fixtures" >&2
  exit 1
fi
bash scripts/prepare.sh

packages=()
need() { # command package: what provides it
  command -v "$1" >/dev/null || packages+=("$2")
}
need tcpdump tcpdump
need ethtool ethtool
need curl curl
need openssl openssl
need dig bind9-dnsutils
need dnsmasq dnsmasq-base
need chromium chromium
need gtlsclient ngtcp2-client
need gtlsserver ngtcp2-server
if [ ${#packages[@]} -gt 0 ]; then
  command -v apt-get >/dev/null || {
    echo "not installed: ${packages[*]}. Install them, under whatever name they have here, and run this again." >&2
    exit 1
  }
  echo "installing ${packages[*]}"
  export DEBIAN_FRONTEND=noninteractive
  { apt-get update -qq && apt-get install -y -qq --no-install-recommends "${packages[@]}"; } >/dev/null
fi

npm run --silent build:demo
npx --no -- tsc -p test/fixtures/record
node test/fixtures/record/dist/test/fixtures/record/main.js
npx --no -- biome check --write test/fixtures >/dev/null
chown -R "$(stat -c %u:%g .)" test/fixtures
bash scripts/give-back.sh
