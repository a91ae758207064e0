#!/bin/sh
# The LV2 bundles of a folder against the LV2 specifications (lv2_validate), and read by a host's library (lilv). Exit 1 on an error.
set -eu
folder=$(cd "$1" && pwd)
if ! command -v lv2_validate >/dev/null || ! command -v sord_validate >/dev/null || ! command -v lv2info >/dev/null; then
    echo "skipped: lv2_validate (Debian lv2-dev), sord_validate (sordi) or lv2info (lilv-utils) is not installed"
    [ "${CI:-}" != true ]
    exit
fi
# An error is a line of text, then the thing and its property. What DPF says for the MOD platform is in no installed specification.
errors=$(lv2_validate "$folder"/*.lv2/*.ttl 2>&1 | grep -A2 '^error' | grep 'http\|urn:' | grep -v 'moddevices.com\|urn:sonidesk' || true)
[ -z "$errors" ] || { echo "lv2_validate: $errors"; exit 1; }
for bundle in "$folder"/*.lv2; do
    uri=$(sed -n 's/^<\(urn:sonidesk[^>]*\)>.*/\1/p' "$bundle/manifest.ttl" | head -n 1)
    ports=$(LV2_PATH=$folder:/usr/lib/lv2 lv2info "$uri" 2>/dev/null | grep -c '^	Port ')
    echo "$uri: valid, $ports ports"
done
