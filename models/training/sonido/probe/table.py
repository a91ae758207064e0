"""Representations of cached pieces, and a probe on a share of the songs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sonido.probe.collection import (
    Collection,
    Depths,
    beside,
    clip_frames,
    encoder_frames,
    level_frames,
    of_frames,
    of_pieces,
)
from sonido.probe.projection import WIDTH, fit_projection
from sonido.probe.ridge import Matrix, probe
from sonido.probe.tasks import Task


@dataclass(frozen=True)
class Rows:
    """One representation of one split: per piece the rows of the frame tasks and of the piece tasks."""

    frames: list[Matrix]
    pieces: list[Matrix]

    def of(self, task: Task) -> list[Matrix]:
        return self.frames if task.by_frame else self.pieces


def rows(frames: list[Matrix]) -> Rows:
    return Rows(of_frames(frames), of_pieces(frames))


def representations(collections: list[Collection], name: str, depths: Depths) -> list[Rows]:
    """Rows of all `collections`, the training one first.

    `name` is 'mel', 'clip: X', 'stage 1: X', 'stage 2: X' or 'features: X' of the extractor X, or several joined by
    ' + '. Each of the joined ones has WIDTH columns, and its parts (levels, clip embedding) equal shares of them: what
    is wider is projected as the training collection says.
    """
    kept: list[list[list[Matrix]]] = [[] for _ in collections]
    for kind in name.split(" + "):
        sides = [parts_of(c, kind, depths) for c in collections]
        share = WIDTH // len(sides[0])
        for number in range(len(sides[0])):
            projection = fit_projection(sides[0][number], share)
            for side, into in zip(sides, kept, strict=True):
                part = side[number]
                into.append(part if projection is None else [projection(piece) for piece in part])
    return [rows([np.concatenate(piece, axis=1) for piece in zip(*parts, strict=True)]) for parts in kept]


def parts_of(collection: Collection, kind: str, depths: Depths) -> list[list[Matrix]]:
    """Per part the pieces' frames. 'features' are all that a pack gives: clip embedding and the levels' states."""
    name, _, extractor = kind.partition(": ")
    if name == "mel":
        return [[beside(m) for m in collection.mel]]
    if name == "clip":
        return [clip_frames(collection, extractor)]
    if name == "stage 1":
        return encoder_frames(collection, extractor)
    states = level_frames(collection, extractor, depths)
    return [clip_frames(collection, extractor), *states] if name == "features" else states


def by_song(collection: Collection) -> list[list[int]]:
    """Indices of the pieces of each song."""
    found: dict[str, list[int]] = {}
    for index, song in enumerate(collection.songs):
        found.setdefault(song, []).append(index)
    return list(found.values())


@dataclass(frozen=True)
class Split:
    collection: Collection
    rows: Rows


def score(task: Task, train: Split, test: Split, fraction: float, seed: int) -> float:
    """A probe on `fraction` of the training songs, drawn by `seed`, measured on all test pieces."""
    songs = by_song(train.collection)
    order = np.random.default_rng([seed, 17]).permutation(len(songs))
    drawn = [songs[s] for s in order[: max(4, round(fraction * len(songs)))]]
    x, truth = _songs(task, train, drawn)
    test_x, test_truth = _songs(task, test, [list(range(len(test.collection.names)))])
    targets = [task.targets(t) for t in truth]
    found = probe(x, targets, truth, task.measure, test_x[0], seed)
    return task.measure(found, test_truth[0])


def _songs(task: Task, split: Split, songs: list[list[int]]) -> tuple[list[Matrix], list[NDArray[Any]]]:
    x, truth = [], []
    per_piece = split.rows.of(task)
    for song in songs:
        labelled = [(per_piece[p], t) for p in song if (t := task.truth(split.collection, p)) is not None]
        if labelled:
            x.append(np.concatenate([a for a, _ in labelled]))
            truth.append(np.concatenate([t for _, t in labelled]))
    return x, truth
