#!/usr/bin/env bash
# Makes .venv with the pinned requirements (Python 3.11 or newer). Safe to run again: a stamp of requirements.txt
# tells whether anything is to be done. SONIDO_VENV may name another place, e.g. one that survives a fresh clone.
set -euo pipefail
cd "$(dirname "$0")"
venv="${SONIDO_VENV:-.venv}"
stamp="$venv/.requirements.sha256"
want="$(sha256sum requirements.txt | cut -d' ' -f1)"
if [ -f "$stamp" ] && [ "$(cat "$stamp")" = "$want" ]; then exit 0; fi
python="${PYTHON:-python3.11}"
command -v "$python" > /dev/null || python=python3
"$python" -m venv "$venv"
torch="$(grep '^torch==' requirements.txt)"
# The CPU build has no gigabytes of CUDA beside it, but not every index carries it.
"$venv/bin/pip" install --quiet "$torch+cpu" 2> /dev/null || "$venv/bin/pip" install --quiet "$torch"
"$venv/bin/pip" install --quiet -r requirements.txt
"$venv/bin/pip" install --quiet --no-deps --no-build-isolation -e . 2> /dev/null || "$venv/bin/pip" install --quiet --no-deps -e .
echo "$want" > "$stamp"
