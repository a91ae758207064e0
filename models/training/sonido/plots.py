"""Curves of a run from its log.txt files: one picture per folder."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path

import matplotlib

from sonido.logline import parse_line

matplotlib.use("Agg")
from matplotlib import pyplot


def series(log: Path) -> dict[str, list[tuple[int, float]]]:
    """Numeric values by key; held-out ones are prefixed with 'held_out '. Later lines of a repeated step win."""
    found: dict[str, dict[int, float]] = defaultdict(dict)
    for line in log.read_text().splitlines():
        pairs = parse_line(line)
        step = int(pairs.pop("step"))
        prefix = "held_out " if pairs.pop("split", "") == "held_out" else ""
        for key, value in pairs.items():
            try:
                found[prefix + key][step] = float(value)
            except ValueError:
                continue
    return {key: sorted(values.items()) for key, values in found.items()}


def plot(log: Path, out: Path) -> None:
    """A panel per value that changes over the run."""
    curves = {k: v for k, v in series(log).items() if len(v) > 1}
    if not curves:
        raise ValueError(f"{log} has no value at two steps, nothing to plot")
    columns = 4
    rows = -(-len(curves) // columns)
    figure, axes = pyplot.subplots(rows, columns, figsize=(4 * columns, 2.4 * rows), squeeze=False)
    for axis in axes.flat[len(curves) :]:
        axis.set_visible(False)
    for axis, (key, points) in zip(axes.flat, sorted(curves.items()), strict=False):
        axis.plot([p[0] for p in points], [p[1] for p in points], linewidth=1)
        axis.set_title(key, fontsize=9)
    figure.tight_layout()
    out.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(out, dpi=70)
    pyplot.close(figure)
