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
pip() { "$venv/bin/pip" install --quiet --no-warn-conflicts "$@"; }

# On Linux without a GPU: PyTorch's default build with stand-ins for the CUDA libraries that only a GPU calls,
# 0.6 GB of downloads in the place of 2.7.
without_cuda() {
  [ ! -e /proc/driver/nvidia ] && type cc nm readelf > /dev/null 2>&1 &&
    pip --no-deps "$torch" && pip -r requirements-cpu.txt &&
    "$venv/bin/python" cuda_stand_ins.py "$(echo "$venv"/lib/python3*/site-packages)" &&
    "$venv/bin/python" -W ignore -c 'import torch; torch.ones(2, 2) @ torch.ones(2, 2)'
}

torch="$(grep '^torch==' requirements.txt)"
# PyTorch's CPU build is the smallest, but not every index carries it; the last way is right everywhere.
pip "$torch+cpu" 2> /dev/null || without_cuda || {
  "$python" -m venv --clear "$venv"
  pip "$torch"
}
grep -v '^torch==' requirements.txt | pip -r /dev/stdin
"$venv/bin/pip" install --quiet --no-deps --no-build-isolation -e . 2> /dev/null || "$venv/bin/pip" install --quiet --no-deps -e .
echo "$want" > "$stamp"
