"""`python -m sonido.probe`: caches the states of a run and of untrained networks, probes them, writes the table.

Any run folder with both stages will do. What is cached or judged already is kept, so it can be killed and called again.
"""

from __future__ import annotations

import argparse
import datetime
from pathlib import Path

import numpy as np
import torch

from sonido.config import SIZES, model_config
from sonido.data import splits
from sonido.probe.collection import Depths, read_collection
from sonido.probe.projection import WIDTH
from sonido.probe.runs import Column, Source, fill, judge
from sonido.probe.tasks import TASKS
from sonido.results import commit, write_section

ALL: tuple[splits.Split, ...] = ("train", "validation", "test")
FRACTIONS = (1.0, 0.5, 0.25, 0.1)
BLANK = "untrained"
Found = dict[tuple[str, str, float], list[float]]
"""(column, task, share of the labels) -> a value per seed."""


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


def run_choice(a: argparse.Namespace, source: Source) -> list[str]:
    """The features at several depths, on the validation songs."""
    root = Path(a.cache)
    name = fill(Path(a.material), root, [source, None], ("train", "validation"), a.processes)[0]
    layers = [prior.layers for prior in model_config(a.size).priors]
    wanted = [_depths(text) for text in a.compare] or candidates((layers[0] + 1, layers[1] + 1, layers[2] + 1))
    seeds = tuple(range(a.seeds))
    columns = [Column(f"features: {name}", depths, seeds, (a.fraction,), "validation") for depths in wanted]
    found = judge(root, columns, (name,), a.processes)
    lines = [
        f"Clip embedding and states, {100 * a.fraction:g} % of the labels, means over {a.seeds} draws of the songs.",
        "",
        "| depth coarse, medium, fine | " + " | ".join(f"{t.name} ({t.metric})" for t in TASKS) + " |",
        "|---" * (1 + len(TASKS)) + "|",
    ]
    for depths, scores in zip(wanted, found, strict=True):
        values = [float(np.mean(scores[t.name][str(a.fraction)])) for t in TASKS]
        lines.append(f"| {depth_name(depths)} | " + " | ".join(f"{v:.3f}" for v in values) + " |")
    return lines


def _depths(text: str) -> Depths:
    """'3 2 2' or '3 - -'"""
    parts = [None if part == "-" else int(part) for part in text.split()]
    if len(parts) != 3:
        raise SystemExit(f"the depths '{text}' are not three; expected such as '3 2 2' or '3 - -'")
    return (parts[0], parts[1], parts[2])


def run_table(a: argparse.Namespace, source: Source, depths: Depths) -> list[str]:
    """Mean and deviation over seeds; an untrained network is drawn anew for every seed that has one."""
    root = Path(a.cache)
    blanks = [Source(source.size, seed=seed) for seed in range(a.untrained)]
    alone = [Source(source.size, source.run, conditioned=False)] if a.without_condition else []
    _, name, *others = fill(Path(a.material), root, [None, source, *blanks, *alone], ("train", a.judged), a.processes)
    drawn, bare = others[: a.untrained], others[a.untrained :]
    columns: dict[str, list[str]] = {
        f"{BLANK}, stage 2": [f"stage 2: {b}" for b in drawn],
        BLANK: [f"features: {b}" for b in drawn],
        "mel": ["mel"],
        "clip embedding": [f"clip: {name}"],
        "stage 1": [f"stage 1: {name}"],
        **({"stage 2, no condition": [f"stage 2: {b}" for b in bare]} if bare else {}),
        "stage 2": [f"stage 2: {name}"],
        "features": [f"features: {name}"],
        "features + mel": [f"features: {name} + mel"],
    }
    jobs: list[tuple[str, Column]] = []
    for column, names in columns.items():
        for number, representation in enumerate(names):
            seeds = tuple(range(number, a.seeds, len(names)))
            jobs.append((column, Column(representation, depths, seeds, tuple(a.fractions), a.judged)))
    extractors = (name, *drawn, *bare)
    scores = judge(root, [column for _, column in jobs], extractors, a.processes)
    found: Found = {}
    for (column, _), values in zip(jobs, scores, strict=True):
        for task in TASKS:
            for fraction in a.fractions:
                found.setdefault((column, task.name, fraction), []).extend(values[task.name][str(fraction)])
    train, test = (read_collection(root, split, extractors) for split in ("train", a.judged))
    songs, held = len(set(train.songs)), len(set(test.songs))
    lines = [
        f"{len(train.names)} pieces of 11.9 s of {songs} training songs; tested on {len(test.names)} pieces of {held} "
        "songs, rendered with sound sources that are not in training; no stage was trained on any of these songs. "
        "`features` are what the pack gives: clip embedding and the states of stage 2; `untrained` are the same of "
        f"{a.untrained} networks as drawn. Ridge probes of equal width ({WIDTH} columns, equal shares for the levels "
        "and the clip embedding; the clip embedding alone is narrower, features + mel is twice as wide), pieces "
        f"pooled by mean and deviation for all; {a.seeds} seeds draw the songs; mean ± deviation. "
        f"Depths {depth_name(depths)}.",
        "",
        "| task | labels | " + " | ".join(columns) + " |",
        "|---" * (2 + len(columns)) + "|",
    ]
    for task in TASKS:
        for fraction in a.fractions:
            cells = [found[column, task.name, fraction] for column in columns]
            text = " | ".join(f"{np.mean(c):.3f} ± {np.std(c):.3f}" for c in cells)
            lines.append(f"| {task.name} ({task.metric}) | {100 * fraction:.0f} % | {text} |")
    return [*lines, "", *gates(found, a.fractions)]


def gates(found: Found, fractions: list[float]) -> list[str]:
    """Features above untrained ones on all tasks and label counts, above mel on three tasks at 10 %."""
    lines = ["Gates (means over seeds):", ""]
    for mine, blank in (("features", BLANK), ("stage 2", f"{BLANK}, stage 2")):
        for task in TASKS:
            behind = [
                f"{100 * f:.0f} %"
                for f in fractions
                if np.mean(found[mine, task.name, f]) <= np.mean(found[blank, task.name, f])
            ]
            verdict = "passed" if not behind else f"NOT passed at {', '.join(behind)}"
            lines.append(f"- {task.name}: {mine} above those of the untrained network: {verdict}")
    least = min(fractions)
    for name in ("instruments", "key", "activity"):
        value, mel = (float(np.mean(found[column, name, least])) for column in ("features", "mel"))
        verdict = "passed" if value > mel else "NOT passed"
        lines.append(f"- {name}: features above mel at {100 * least:g} % ({value:.3f} against {mel:.3f}): {verdict}")
    return lines


def main() -> None:
    parser = argparse.ArgumentParser(prog="sonido.probe", description=__doc__)
    parser.add_argument("--material", required=True, help="folder of sonido.probe.material")
    parser.add_argument("--run-folder", required=True)
    parser.add_argument("--size", choices=list(SIZES), default="S")
    parser.add_argument("--cache", required=True, help="folder for mel, labels, states (2 to 5 MB a piece) and scores")
    parser.add_argument("--processes", type=int, default=1)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--untrained", type=int, default=3, help="untrained networks")
    parser.add_argument("--depths", type=int, nargs=3, help="probe these depths; without it depths are compared")
    parser.add_argument("--compare", nargs="*", default=[], help="these depths ('3 2 2' '4 - -') instead of all")
    parser.add_argument("--fraction", type=float, default=1.0, help="share of the labels in the comparison of depths")
    parser.add_argument("--fractions", type=float, nargs="+", default=list(FRACTIONS), help="shares in the table")
    parser.add_argument("--without-condition", action="store_true", help="a column for stage 2 without the clip")
    parser.add_argument("--judged", choices=["validation", "test"], default="test", help="measured on")
    parser.add_argument("--only-cache", choices=["run", "untrained"], help="states of all splits, and no probes")
    parser.add_argument("--results", help="Markdown file that takes the table")
    a = parser.parse_args()
    torch.set_num_threads(1)
    run = Path(a.run_folder)
    source = Source(a.size, run)
    if a.only_cache:
        blanks = [Source(a.size, seed=seed) for seed in range(a.untrained)]
        wanted: list[Source | None] = [None, source] if a.only_cache == "run" else [*blanks]
        chosen: tuple[splits.Split, ...] = ALL if a.only_cache == "run" else ("train", a.judged)
        fill(Path(a.material), Path(a.cache), wanted, chosen, a.processes)
        return
    if a.depths:
        lines = run_table(a, source, (a.depths[0], a.depths[1], a.depths[2]))
        title, marker = f"## What the features of `{a.size}` know: linear probes", f"probe-{a.size}"
    else:
        lines = run_choice(a, source)
        title, marker = f"## Depth of the features of `{a.size}`, chosen on other songs", f"probe-depth-{a.size}"
    about = f"{datetime.date.today().isoformat()}, commit {commit()}, run `{run.name}`."
    print("\n".join(lines))
    if a.results:
        write_section(Path(a.results), marker, [title, "", about, "", *lines])


if __name__ == "__main__":
    main()
