"""Equal width for all: representations wider than mel's are projected on their principal components."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sonido.probe.ridge import Matrix

WIDTH = 288
"""Of three mel frames beside each other."""
THIN = 8
"""Every eighth frame is looked at."""


@dataclass(frozen=True)
class Projection:
    mean: Matrix
    matrix: Matrix
    """[columns, WIDTH]: of columns that were brought to deviation 1."""

    def __call__(self, frames: Matrix) -> Matrix:
        projected: Matrix = ((frames - self.mean) @ self.matrix).astype(np.float32)
        return projected


def fit_projection(pieces: list[Matrix], width: int = WIDTH) -> Projection | None:
    """From the frames of the training pieces, without labels; None where they are narrow enough."""
    if pieces[0].shape[1] <= width:
        return None
    rows = np.concatenate([p[::THIN] for p in pieces])
    mean, deviation = rows.mean(0), rows.std(0) + 1e-6
    values, vectors = np.linalg.eigh(np.cov((rows - mean) / deviation, rowvar=False).astype(np.float64))
    kept = vectors[:, np.argsort(-values)[:width]]
    return Projection(mean.astype(np.float32), (kept / deviation[:, None]).astype(np.float32))
