"""Linear probes: ridge regression on labels, its strength chosen by cross-validation over songs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Matrix = NDArray[np.float32]
Measure = Callable[[Matrix, NDArray[Any]], float]
STRENGTHS = (1e-4, 1e-3, 1e-2, 1e-1, 1.0, 10.0)
"""Of the ridge, relative to the variance of a standardised column."""
FOLDS = 4
MOST_COMPARED = 8000
"""Rows by which strengths are compared."""


@dataclass
class Moments:
    """What a fit needs of a set of rows."""

    count: int
    x: NDArray[np.float64]
    xx: NDArray[np.float64]
    y: NDArray[np.float64]
    xy: NDArray[np.float64]

    def __add__(self, other: Moments) -> Moments:
        return Moments(
            self.count + other.count, self.x + other.x, self.xx + other.xx, self.y + other.y, self.xy + other.xy
        )


def moments(x: Matrix, y: Matrix) -> Moments:
    return Moments(
        len(x),
        x.sum(0, dtype=np.float64),
        (x.T @ x).astype(np.float64),
        y.sum(0, dtype=np.float64),
        (x.T @ y).astype(np.float64),
    )


@dataclass
class Fits:
    """Solutions for all STRENGTHS from one decomposition."""

    weights: list[Matrix]
    offsets: list[Matrix]

    def predict(self, index: int, x: Matrix) -> Matrix:
        return x @ self.weights[index] + self.offsets[index]


def fit(m: Moments) -> Fits:
    mean, target = m.x / m.count, m.y / m.count
    covariance = m.xx / m.count - np.outer(mean, mean)
    deviation = np.sqrt(np.maximum(np.diag(covariance), 1e-8))
    cross = (m.xy / m.count - np.outer(mean, target)) / deviation[:, None]
    values, vectors = np.linalg.eigh(covariance / np.outer(deviation, deviation))
    projected = vectors.T @ cross
    weights, offsets = [], []
    for strength in STRENGTHS:
        w = vectors @ (projected / (np.maximum(values, 0) + strength)[:, None]) / deviation[:, None]
        weights.append(w.astype(np.float32))
        offsets.append((target - mean @ w).astype(np.float32))
    return Fits(weights, offsets)


def probe(
    x: list[Matrix], y: list[Matrix], truth: list[NDArray[Any]], measure: Measure, test: Matrix, seed: int
) -> Matrix:
    """Scores for `test` of a probe trained on songs (one matrix of rows, one of targets and the truth each)."""
    order = np.random.default_rng(seed).permutation(len(x))
    folds = [order[k::FOLDS] for k in range(FOLDS)]
    per_fold = [moments(np.concatenate([x[s] for s in f]), np.concatenate([y[s] for s in f])) for f in folds]
    found: list[list[Matrix]] = [[] for _ in STRENGTHS]
    for k, fold in enumerate(folds):
        rest = [m for j, m in enumerate(per_fold) if j != k]
        fits = fit(sum(rest[1:], rest[0]))
        held = np.concatenate([x[s] for s in fold])
        for index in range(len(STRENGTHS)):
            found[index].append(fits.predict(index, held))
    wanted = np.concatenate([truth[s] for f in folds for s in f])
    thin = max(1, wanted.shape[0] // MOST_COMPARED)
    values = [measure(np.concatenate(f)[::thin], wanted[::thin]) for f in found]
    best = int(np.nanargmax(values))
    return fit(sum(per_fold[1:], per_fold[0])).predict(best, test)
