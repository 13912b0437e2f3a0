#!/usr/bin/env bash
# install.sh [--lan INTERFACE] [--no-start]: installs chatgate as a service, or brings it up to date. Keeps the config.
# With DESTDIR set, only lays the files out below it.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
source "$here/files.sh"
DESTDIR=${DESTDIR:-}
lan= start=yes
while [ $# -gt 0 ]; do
  case $1 in
    --lan) lan=${2:?--lan needs the name of an interface}; shift ;;
    --no-start) start=no ;;
    *) sed -n '2,3s/^# //p' "$0" >&2; exit 2 ;;
  esac
  shift
done

if [ -z "$DESTDIR" ] && [ "$(id -u)" != 0 ]; then
  echo "Installing needs root: sudo $0" >&2
  exit 1
fi
cd "$here/.."
if [ ! -e dist/main.cjs ]; then
  bash scripts/prepare.sh
  npm run --silent build
fi
node=$(command -v node) || { echo 'There is no node on the PATH.' >&2; exit 1; }
node=$(readlink -f "$node")
case $node in
  /home/* | /root/* | /tmp/*)
    if [ -z "$DESTDIR" ]; then
      echo "$node lies where a service cannot see it. Install Node for the whole machine: https://nodejs.org/en/download" >&2
      exit 1
    fi ;;
esac
# An owner's file that cannot be read would leave a gateway that does not start.
if [ -z "$DESTDIR" ] && [ -e "$config" ] && ! "$node" dist/main.cjs check "$config" >/dev/null; then
  echo 'Nothing was installed: the policy file has to be put right first.' >&2
  exit 1
fi

# The program: laid out beside the old one, then put in its place.
new=$DESTDIR$library.new
rm -rf "$new"
mkdir -p "$new"
cp -R dist rules systemd README.md LICENSE package.json "$new/"
mkdir "$new/node_modules"
cp node_modules/.package-lock.json "$new/node_modules/"
# Every module that runs; types and what builds are left out. npm, which may be missing here, is not asked.
node -p 'Object.entries(require("./node_modules/.package-lock.json").packages)
  .filter(([path, { dev, devOptional }]) => !dev && !devOptional && !path.includes("/@types"))
  .filter(([path]) => require("node:fs").existsSync(path)).map(([path]) => path).join("\n")' |
  while read -r module; do
    mkdir -p "$new/${module%/*}"
    cp -R "$module" "$new/${module%/*}/"
  done
chmod -R u+rwX,go+rX,go-w "$new"
rm -rf "$DESTDIR$library"
mv "$new" "$DESTDIR$library"

mkdir -p "$DESTDIR${command%/*}"
printf '#!/bin/sh\nexec %s %s/dist/main.cjs "$@"\n' "$node" "$library" >"$DESTDIR$command"
chmod 0755 "$DESTDIR$command"
mkdir -p "$DESTDIR${unit%/*}"
sed "s|@NODE@|$node|" systemd/chatgate.service >"$DESTDIR$unit"
chmod 0644 "$DESTDIR$unit"
for snippet in "${snippets[@]}"; do install -D -m 0644 "systemd/${snippet%%:*}" "$DESTDIR${snippet#*:}"; done

if [ ! -e "$DESTDIR$config" ]; then
  install -D -m 0644 rules/chatgate.yaml "$DESTDIR$config"
  if [ -z "$lan" ]; then # the one Wi-Fi interface, if it is one
    radios=(/sys/class/net/*/wireless)
    [ ${#radios[@]} != 1 ] || [ ! -e "${radios[0]}" ] || lan=$(basename "$(dirname "${radios[0]}")")
  fi
  sed -i "s|^lan: .*|lan: [${lan:-wlan0}]|" "$DESTDIR$config"
  echo "$DESTDIR$config: phones are expected on ${lan:-wlan0}; change the line lan: if they are not"
elif [ -n "$lan" ]; then
  sed -i "s|^lan: .*|lan: [$lan]|" "$DESTDIR$config"
fi
[ -z "$DESTDIR" ] || exit 0

systemd-sysusers "${snippets[0]#*:}"
systemd-tmpfiles --create "${snippets[1]#*:}"
while read -r module; do modprobe -q "$module" || true; done < <(grep -v '^#' systemd/modules.conf)
sysctl -q -p "${snippets[3]#*:}" || true
systemctl daemon-reload
if [ $start = yes ]; then
  systemctl enable --quiet chatgate.service
  if systemctl restart chatgate.service; then
    echo 'chatgate runs. See who asks for what: chatgate tail'
  else
    # Its status would leave out what it says of the reason, for by then systemd starts it once more.
    journalctl --no-pager --quiet --output=cat --lines=10 --unit=chatgate.service >&2 || true
    exit 1
  fi
fi
