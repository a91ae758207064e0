"""`python -m sonido.probe.material`: short excerpts for the probes, of songs that no stage has been trained on.

- `train`: songs that `splits.kept_for_probes` sets aside, through the training sound sources;
- `validation`: what depth, normalisation and projection are chosen on; `test`: what the tables report. Both through
  sound sources that are in no training, the songs by `splits.split_of_song`.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from sonido.data.preparation import Inputs, Job, list_jobs, run_jobs
from sonido.data.splits import Split, kept_for_probes

SECONDS = 13.0
KINDS = ("pop909", "lieder")


def heard(shards: list[Path]) -> set[str]:
    """Units of the training songs in shards."""
    return {
        str(json.loads(sidecar.read_text())["unit"])
        for folder in shards
        for sidecar in (folder / "train").rglob("item.json")
    }


def choose(jobs: list[Job], trained: set[str], most: dict[Split, int]) -> list[Job]:
    """One job a song in their order (by hash), `most` songs of each split and corpus."""
    songs: dict[tuple[str, str], set[str]] = {}
    found: list[Job] = []
    for job in jobs:
        known = songs.setdefault((job.split, job.kind), set())
        allowed = job.split != "train" or (kept_for_probes(job.unit) and job.unit not in trained)
        if job.kind in KINDS and allowed and job.unit not in known and len(known) < most[job.split]:
            known.add(job.unit)
            found.append(job)
    return found


def main() -> None:
    parser = argparse.ArgumentParser(prog="sonido.probe.material", description=__doc__)
    parser.add_argument("--raw", required=True, help="folder with unpacked pop909/, groove/ and lieder/")
    parser.add_argument("--trained", nargs="*", default=[], help="shards that some stage was trained on")
    parser.add_argument("--out", required=True)
    parser.add_argument("--processes", type=int, default=1)
    parser.add_argument("--train", type=int, default=150, help="songs of each corpus")
    parser.add_argument("--validation", type=int, default=50)
    parser.add_argument("--test", type=int, default=100)
    a = parser.parse_args()
    raw = Path(a.raw)
    inputs = Inputs(raw / "pop909", raw / "groove", raw / "lieder", game_midi=(), modules=(), soundtracks=())
    most: dict[Split, int] = {"train": a.train, "validation": a.validation, "test": a.test}
    jobs = choose(list_jobs(inputs), heard([Path(p) for p in a.trained]), most)
    run_jobs(jobs, inputs, Path(a.out), a.processes, keep_stems=False, seconds=SECONDS)


if __name__ == "__main__":
    main()
