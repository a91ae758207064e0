"""`python -m sonido.probe.gate`: what the shipped features know, kept beside the weights, where the tests judge it.

The table of `python -m sonido.probe` is of a run; this is of the graphs in the pack, on the same pieces, so new weights
need a new file. `weights/SIZE/probes.json` has every value, and the fingerprint of the pack that it was measured on.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

import torch

from sonido.config import SIZES
from sonido.probe.collection import read_collection
from sonido.probe.runs import Column, Scores, Source, fill, judge
from sonido.probe.tasks import TASKS
from sonido.results import commit
from sonido.shipped import WEIGHTS, ShippedModel
from sonido.whole_files import write_text

FILE = "probes.json"
FRACTIONS = (1.0, 0.5, 0.25, 0.1)
ABOVE_MEL = ("instruments", "key", "activity")
"""Tasks whose features must say more than mel bands, at the fewest labels."""


def measure(material: Path, cache: Path, size: str, untrained: int, seeds: int, processes: int) -> dict[str, Any]:
    """Test pieces, scores of features, untrained features and mel bands by task and share of the labels."""
    blanks = [Source(size, seed=seed) for seed in range(untrained)]
    _, shipped, *drawn = fill(material, cache, [None, Source(size), *blanks], ("train", "test"), processes)
    layers = json.loads((WEIGHTS / size / "features.json").read_text())["layers"]
    all_seeds = tuple(range(seeds))
    columns = [
        Column(f"features: {shipped}", (0, 0, 0), all_seeds, FRACTIONS, "test"),
        Column("mel", (layers[0], layers[1], layers[2]), all_seeds, FRACTIONS, "test"),
        *(
            Column(f"features: {name}", (layers[0], layers[1], layers[2]), all_seeds[n::untrained], FRACTIONS, "test")
            for n, name in enumerate(drawn)
        ),
    ]
    features, mel, *others = judge(cache, columns, (shipped, *drawn), processes)
    train, test = (read_collection(cache, split, (shipped, *drawn)) for split in ("train", "test"))
    return {
        "format": 1,
        "fingerprint": ShippedModel(size).fingerprint(),
        "commit": commit(),
        "songs": {"train": len(set(train.songs)), "test": len(set(test.songs))},
        "scores": {"features": features, "untrained": joined(others), "mel": mel},
    }


def joined(scores: list[Scores]) -> Scores:
    """The values of several networks as one list."""
    return {
        task.name: {str(f): [value for s in scores for value in s[task.name][str(f)]] for f in FRACTIONS}
        for task in TASKS
    }


def main() -> None:
    parser = argparse.ArgumentParser(prog="sonido.probe.gate", description=__doc__)
    parser.add_argument("--material", required=True, help="folder of sonido.probe.material")
    parser.add_argument("--cache", required=True, help="folder of sonido.probe; what it has is taken")
    parser.add_argument("--size", choices=list(SIZES), default="S")
    parser.add_argument("--untrained", type=int, default=3, help="untrained networks")
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--processes", type=int, default=1)
    a = parser.parse_args()
    torch.set_num_threads(1)
    found = measure(Path(a.material), Path(a.cache), a.size, a.untrained, a.seeds, a.processes)
    path = WEIGHTS / a.size / FILE
    write_text(path, json.dumps(found, indent=1) + "\n")


if __name__ == "__main__":
    main()
