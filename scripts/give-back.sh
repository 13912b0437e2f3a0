#!/usr/bin/env bash
# After a run under sudo: what was built belongs to whoever owns the checkout.
cd "$(dirname "$0")/.." || exit
[ "$(id -u)" = 0 ] || exit 0
owner=$(stat -c %u:%g .)
for built in node_modules dist demo/dist; do
  [ ! -e "$built" ] || [ "$(stat -c %u:%g "$built")" = "$owner" ] || chown -R "$owner" "$built"
done
