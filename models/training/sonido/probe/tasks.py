"""The five probed tasks: which rows they read, what they predict and how they are judged."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sonido.probe.collection import STEP, Collection
from sonido.probe.measures import average_precision, mean_average_precision, mean_key_score
from sonido.probe.ridge import Matrix, Measure


@dataclass(frozen=True)
class Task:
    name: str
    metric: str
    by_frame: bool
    """Rows are frames, else pieces."""
    targets: Callable[[NDArray[Any]], Matrix]
    """Truth of one song's rows -> what the ridge fits."""
    truth: Callable[[Collection, int], NDArray[Any] | None]
    """Truth of a piece's rows; None where it has no label."""
    measure: Measure


def _float(truth: NDArray[Any]) -> Matrix:
    return truth.astype(np.float32)


def _instruments(collection: Collection, piece: int) -> NDArray[Any]:
    return collection.labels[piece]["instruments"][None]


def _key(collection: Collection, piece: int) -> NDArray[Any] | None:
    key = collection.labels[piece]["key"]
    return None if key < 0 else key[None]


def _pitch(collection: Collection, piece: int) -> NDArray[Any]:
    return collection.labels[piece]["pitch"][STEP // 2 :: STEP]


def _onsets(collection: Collection, piece: int) -> NDArray[Any]:
    """A frame counts when a note starts in it or in a neighbour (35 ms in all)."""
    onset = collection.labels[piece]["onset"]
    near = onset.copy()
    near[1:] |= onset[:-1]
    near[:-1] |= onset[1:]
    return near[STEP // 2 :: STEP, None]


def _activity(collection: Collection, piece: int) -> NDArray[Any]:
    return collection.labels[piece]["activity"][STEP // 2 :: STEP]


TASKS = (
    Task("instruments", "mAP", False, _float, _instruments, lambda s, t: mean_average_precision(s, t, 3)),
    Task("key", "MIREX", False, lambda t: np.eye(24, dtype=np.float32)[t], _key, mean_key_score),
    Task("pitch salience", "AP", True, _float, _pitch, lambda s, t: average_precision(s.ravel(), t.ravel())),
    Task("onsets", "AP", True, _float, _onsets, lambda s, t: average_precision(s[:, 0], t[:, 0])),
    Task("activity", "mAP", True, _float, _activity, lambda s, t: mean_average_precision(s, t, 50)),
)
