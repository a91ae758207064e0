"""How well scores fit labels: average precision and the MIREX key score."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from sonido.tagging.labels import KEYS

Scores = NDArray[np.floating[Any]]


def average_precision(scores: Scores, truth: NDArray[np.bool_]) -> float:
    """Area under the precision-recall steps (scores without ties). NaN without a positive."""
    if not truth.any():
        return float("nan")
    order = np.argsort(-scores.astype(np.float32))
    hits = truth[order]
    precision = np.cumsum(hits) / np.arange(1, len(hits) + 1)
    return float(precision[hits].mean())


def mean_average_precision(scores: Scores, truth: NDArray[np.bool_], fewest: int) -> float:
    """Mean over the columns with at least `fewest` positives and negatives; [items, classes]."""
    return float(np.mean(list(precision_by_column(scores, truth, fewest).values())))


def precision_by_column(scores: Scores, truth: NDArray[np.bool_], fewest: int) -> dict[int, float]:
    """Average precision of the columns with at least `fewest` positives and negatives; [items, classes]."""
    columns = [c for c in range(truth.shape[1]) if fewest <= truth[:, c].sum() <= len(truth) - fewest]
    return {c: average_precision(scores[:, c], truth[:, c]) for c in columns}


def key_score(found: str, truth: str) -> float:
    """MIREX: 1 right, 0.5 a fifth off, 0.3 relative, 0.2 parallel."""
    names = ("C", "C#", "D", "D#", "E", "F", "F#", "G", "G#", "A", "A#", "B")
    (tonic, _, mode), (true_tonic, _, true_mode) = found.partition(":"), truth.partition(":")
    interval = (names.index(tonic) - names.index(true_tonic)) % 12
    if interval == 0:
        return 1.0 if mode == true_mode else 0.2
    if mode == true_mode:
        return 0.5 if interval in (5, 7) else 0.0
    return 0.3 if interval == (9 if true_mode == "maj" else 3) else 0.0


def mean_key_score(scores: Scores, truth: NDArray[np.integer[Any]]) -> float:
    """scores [items, 24] in the order of KEYS."""
    return float(np.mean([key_score(KEYS[int(s.argmax())], KEYS[int(t)]) for s, t in zip(scores, truth, strict=True)]))


def f_measure(found: NDArray[np.bool_], truth: NDArray[np.bool_]) -> float:
    hits = int((found & truth).sum())
    total = int(found.sum()) + int(truth.sum())
    return 2 * hits / total if total else 1.0
