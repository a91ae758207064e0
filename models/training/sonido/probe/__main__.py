"""`python -m sonido.probe`: caches the states of a run and of untrained networks, probes them, writes the table.

Any run folder with both stages will do. What is cached already is kept, so a second call only probes.
"""

from __future__ import annotations

import argparse
import datetime
import re
from pathlib import Path

import numpy as np
import torch

from sonido.config import SIZES
from sonido.data import splits
from sonido.probe.collection import Depths, read_collection
from sonido.probe.projection import WIDTH
from sonido.probe.segments import cache, pieces
from sonido.probe.states import Extractor, trained, untrained
from sonido.probe.table import FRACTIONS, Rows, Split, choose, representations, score
from sonido.probe.tasks import TASKS
from sonido.results import commit, write_section

SPLITS: tuple[splits.Split, ...] = ("test", "train", "validation")


def fill(a: argparse.Namespace, name: str, extractor: Extractor | None) -> None:
    for split in SPLITS:
        cache(extractor, pieces(Path(a.material), (split,), 1), Path(a.cache) / name / split)


def candidates(counts: tuple[int, int, int]) -> list[Depths]:
    """Every depth of each level alone, then all levels at the same relative depth."""
    alone: list[Depths] = []
    for level in range(3):
        for depth in range(counts[level]):
            alone.append((depth if level == 0 else None, depth if level == 1 else None, depth if level == 2 else None))
    layers = [c - 1 for c in counts]
    shares = (0, 0.25, 0.5, 0.75, 1)
    together = sorted({(round(s * layers[0]), round(s * layers[1]), round(s * layers[2])) for s in shares})
    return [*alone, *together]


def depth_name(depths: Depths) -> str:
    return " ".join("-" if d is None else str(d) for d in depths)


def unconditioned(name: str) -> str:
    return f"{name}-unconditioned"


def run_choice(a: argparse.Namespace, name: str) -> list[str]:
    train, other = (read_collection(Path(a.cache), split, (name,)) for split in ("train", "validation"))
    counts = tuple(train.of_states(name, part)[0].shape[1] for part in ("coarse", "medium", "fine"))
    lines = [
        "| depth coarse, medium, fine | " + " | ".join(f"{t.name} ({t.metric})" for t in TASKS) + " |",
        "|---" * (1 + len(TASKS)) + "|",
    ]
    assert len(counts) == 3
    for depths, values in choose(train, other, name, candidates((counts[0], counts[1], counts[2])), a.seed, a.fraction):
        lines.append(f"| {depth_name(depths)} | " + " | ".join(f"{v:.3f}" for v in values) + " |")
        print(lines[-1], flush=True)
    return lines


def run_table(a: argparse.Namespace, name: str, depths: Depths) -> list[str]:
    """Mean and deviation over seeds; an untrained network is drawn anew for every seed that has one cached."""
    root = Path(a.cache)
    blanks = [f"untrained-{seed}" for seed in range(a.untrained)]
    alone = unconditioned(name)
    extractors = (name, alone, *blanks)
    train, test = (read_collection(root, split, extractors) for split in ("train", a.judged))
    columns: dict[str, list[str]] = {
        "untrained": [f"stage 2: {b}" for b in blanks],
        "mel": ["mel"],
        "clip embedding": [f"clip: {name}"],
        "stage 1": [f"stage 1: {name}"],
        "stage 2, no condition": [f"stage 2: {alone}"],
        "stage 2": [f"stage 2: {name}"],
        "stage 2 + mel": [f"stage 2: {name} + mel"],
    }
    found: dict[tuple[str, str, float], list[float]] = {}
    for column, names in columns.items():
        prepared: list[list[Rows]] = [representations([train, test], n, depths) for n in names]
        for task in TASKS:
            for fraction in FRACTIONS:
                for seed in range(a.seeds):
                    x, y = prepared[seed % len(prepared)]
                    value = score(task, Split(train, x), Split(test, y), fraction, seed)
                    found.setdefault((column, task.name, fraction), []).append(value)
                values = found[column, task.name, fraction]
                print(f"probe={column!r} task={task.name!r} fraction={fraction} values={values}", flush=True)
    songs, held = len(set(train.songs)), len(set(test.songs))
    lines = [
        f"{len(train.names)} pieces of 11.9 s of {songs} training songs; tested on {len(test.names)} pieces of {held} "
        "songs, rendered with sound sources that are not in training; no stage was trained on any of these songs. "
        f"Ridge probes of equal width ({WIDTH} columns at most; the clip embedding alone is narrower, stage 2 + mel is "
        "twice as wide), pieces "
        f"pooled by mean and deviation for all; {a.untrained} untrained networks; {a.seeds} seeds draw the songs; "
        "mean ± deviation. "
        f"Depths {depth_name(depths)}.",
        "",
        "| task | labels | " + " | ".join(columns) + " |",
        "|---" * (2 + len(columns)) + "|",
    ]
    for task in TASKS:
        for fraction in FRACTIONS:
            cells = [found[column, task.name, fraction] for column in columns]
            text = " | ".join(f"{np.mean(c):.3f} ± {np.std(c):.3f}" for c in cells)
            lines.append(f"| {task.name} ({task.metric}) | {100 * fraction:.0f} % | {text} |")
    return [*lines, "", *gates(found)]


def gates(found: dict[tuple[str, str, float], list[float]]) -> list[str]:
    """Stage 2 above untrained on all tasks and label counts, above mel on three tasks at 10 %."""
    lines = ["Gates (means over seeds):", ""]
    for task in TASKS:
        behind = [
            f"{100 * f:.0f} %"
            for f in FRACTIONS
            if np.mean(found["stage 2", task.name, f]) <= np.mean(found["untrained", task.name, f])
        ]
        verdict = "passed" if not behind else f"NOT passed at {', '.join(behind)}"
        lines.append(f"- {task.name}: stage 2 above the untrained network: {verdict}")
    for name in ("instruments", "key", "activity"):
        mine, mel = (float(np.mean(found[column, name, 0.1])) for column in ("stage 2", "mel"))
        verdict = "passed" if mine > mel else "NOT passed"
        lines.append(f"- {name}: stage 2 above mel at 10 % ({mine:.3f} against {mel:.3f}): {verdict}")
    return lines


def main() -> None:
    parser = argparse.ArgumentParser(prog="sonido.probe", description=__doc__)
    parser.add_argument("--material", required=True, help="folder of sonido.probe.material")
    parser.add_argument("--run-folder", required=True)
    parser.add_argument("--size", choices=list(SIZES), default="tiny")
    parser.add_argument("--cache", required=True, help="folder for mel, labels and states (2 MB a piece)")
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--untrained", type=int, default=3, help="untrained networks")
    parser.add_argument("--depths", type=int, nargs=3, help="probe these depths; without it the depths are compared")
    parser.add_argument("--seed", type=int, default=0, help="of the comparison of depths")
    parser.add_argument("--fraction", type=float, default=1.0, help="share of the labels in the comparison of depths")
    parser.add_argument("--judged", choices=["validation", "test"], default="test", help="measured on")
    parser.add_argument("--only-cache", action="store_true")
    parser.add_argument("--results", help="Markdown file that takes the table")
    a = parser.parse_args()
    torch.set_num_threads(1)
    run = Path(a.run_folder)
    name = re.sub(r"[^A-Za-z0-9.]+", "-", run.name)
    fill(a, "mel", None)
    fill(a, name, trained(run, a.size))
    fill(a, unconditioned(name), trained(run, a.size, conditioned=False))
    if a.depths:
        for seed in range(a.untrained):
            fill(a, f"untrained-{seed}", untrained(run, a.size, seed))
    if a.only_cache:
        return
    if a.depths:
        lines = run_table(a, name, (a.depths[0], a.depths[1], a.depths[2]))
        title, marker = f"## What the features of `{a.size}` know: linear probes", f"probe-{a.size}"
    else:
        lines = run_choice(a, name)
        title, marker = f"## Depth of the features of `{a.size}`, chosen on other songs", f"probe-depth-{a.size}"
    about = f"{datetime.date.today().isoformat()}, commit {commit()}, run `{run.name}`, seed {a.seed}."
    print("\n".join(lines))
    if a.results:
        write_section(Path(a.results), marker, [title, "", about, "", *lines])


if __name__ == "__main__":
    main()
