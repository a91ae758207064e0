#!/usr/bin/env bash
# From a finished run to what the product ships, checked on the way:
#   ./release.sh RUN SIZE VERSION OUT "DEPTHS" [--grown] [--install]
# OUT takes everything; with --install the pack, the gates' weights and the golden values go to their places in the repository.
# The tagging heads, which know the features of one version of one pack, follow with `python -m sonido.tagging` and tagPack.mjs.
set -euo pipefail
cd "$(dirname "$0")"
if [ $# -lt 5 ]; then
  echo 'Usage: release.sh RUN SIZE VERSION OUT "DEPTHS" [--grown] [--install]' >&2
  exit 2
fi
run=$1 size=$2 version=$3 out=$4
read -r -a depths <<< "$5"
shift 5
grown=() install=no
for option in "$@"; do
  case $option in
    --grown) grown=(--grown) ;;
    --install) install=yes ;;
    *) echo "Unknown option $option; expected --grown or --install." >&2; exit 2 ;;
  esac
done
id="sonido-$(echo "$size" | tr '[:upper:]' '[:lower:]')"
mkdir -p "$out/packs"
out=$(cd "$out" && pwd)

.venv/bin/python -m sonido release --run-folder "$run" --size "$size" --layers "${depths[@]}" "${grown[@]}" --out "$out"
node ../../main/tooling/sonidoPack.mjs "$out/pack" "$id" "$version" "$out/packs"
SONIDO_WEIGHTS="$out/weights" SONIDO_PACK="$out/packs/$id" SONIDO_SIZE="$size" .venv/bin/python -m pytest tests/test_shipped.py

if [ "$install" = yes ]; then
  rm -rf "../packs/$id" "../../test/golden/$id"
  cp -r "$out/packs/$id" "../packs/$id"
  mkdir -p "weights/$size"
  cp "$out/weights"/* "weights/$size/"
  cp -r "$out/golden" "../../test/golden/$id"
  echo "Installed: models/packs/$id, models/training/weights/$size, test/golden/$id."
  echo "Now: python -m sonido.probe.gate, sonido.tagging export (the heads know one version), their tests and cards."
fi
