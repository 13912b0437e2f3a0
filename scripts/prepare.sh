#!/usr/bin/env bash
# Installs what the tests and the demo lack, and nothing else: Debian packages (as root) and node modules.
set -euo pipefail
cd "$(dirname "$0")/.."

if ! node -e 'const [a, b] = process.versions.node.split("."); process.exit(a > 20 || (a == 20 && b >= 19) ? 0 : 1)'; then
  echo "Node 20.19 or newer is needed, here is $(node --version 2>/dev/null || echo none). See https://nodejs.org/en/download" >&2
  exit 1
fi

packages=()
need() { # command package: what provides it
  command -v "$1" >/dev/null || PATH="$PATH:/usr/sbin:/sbin" command -v "$1" >/dev/null || packages+=("$2")
}
need iptables iptables
need nft nftables
need ip iproute2
need sysctl procps
need modprobe kmod
need ping iputils-ping
need curl curl
need openssl openssl
need conntrack conntrack
if [ ! -e node_modules/pcap ]; then # its native part is compiled once
  need make make
  need g++ g++
  need python3 python3
  [ -e /usr/include/pcap.h ] || packages+=(libpcap-dev)
fi

if [ ${#packages[@]} -gt 0 ]; then
  if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    echo "installing ${packages[*]}"
    export DEBIAN_FRONTEND=noninteractive
    { apt-get update -qq && apt-get install -y -qq --no-install-recommends "${packages[@]}"; } >/dev/null ||
      echo "could not install ${packages[*]}: what needs them will be skipped" >&2
  else
    echo "not installed: ${packages[*]}. Run as root on Debian to have them installed; what needs them will be skipped." >&2
  fi
fi

if [ ! -e node_modules/.package-lock.json ] || [ package-lock.json -nt node_modules/.package-lock.json ]; then
  echo "installing node modules"
  npm ci --no-audit --no-fund --loglevel=error
  touch node_modules/.package-lock.json
fi
[ -e node_modules/pcap ] || echo "the pcap module could not be built: watching an interface and reading capture files are left out" >&2
