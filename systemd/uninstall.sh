#!/usr/bin/env bash
# uninstall.sh [--purge]: stops chatgate, takes its firewall rules away and removes it.
# The config and the logs stay unless --purge is given. With DESTDIR set, only removes files below it.
set -euo pipefail
source "$(cd "$(dirname "$0")" && pwd)/files.sh"
DESTDIR=${DESTDIR:-}
purge=no
case ${1:-} in
  '') ;;
  --purge) purge=yes ;;
  *) sed -n '2,3s/^# //p' "$0" >&2; exit 2 ;;
esac

if [ -z "$DESTDIR" ]; then
  if [ "$(id -u)" != 0 ]; then
    echo "Uninstalling needs root: sudo $0" >&2
    exit 1
  fi
  systemctl disable --quiet --now chatgate.service 2>/dev/null || true
  if [ -x "$command" ] && ! "$command" firewall remove; then
    echo 'The firewall rules could not be removed; nothing else was touched.' >&2
    exit 1
  fi
fi
rm -rf "$DESTDIR$library"
rm -f "$DESTDIR$command" "$DESTDIR$unit"
for snippet in "${snippets[@]}"; do rm -f "$DESTDIR${snippet#*:}"; done
if [ $purge = yes ]; then
  rm -rf "$DESTDIR${config%/*}" "$DESTDIR/var/log/chatgate"
  if [ -z "$DESTDIR" ] && getent passwd chatgate >/dev/null; then userdel chatgate; fi
fi
if [ -z "$DESTDIR" ]; then
  systemctl daemon-reload
  echo 'chatgate is gone, and the gateway is open. Its settings of the kernel last until that starts again.'
  [ $purge = yes ] || echo "Kept: $config and /var/log/chatgate (--purge removes them)"
fi
