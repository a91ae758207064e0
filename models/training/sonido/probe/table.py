"""Runs the probes: the choice of depths on training songs alone, and the table on held-out songs and sound sources."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sonido.probe.collection import (
    Collection,
    Depths,
    beside,
    clip_frames,
    encoder_levels,
    levels,
    of_frames,
    of_pieces,
)
from sonido.probe.projection import WIDTH, fit_projection
from sonido.probe.ridge import Matrix, probe
from sonido.probe.tasks import TASKS, Task

FRACTIONS = (1.0, 0.5, 0.25, 0.1)


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
    """Rows of all `collections`, the training one first; what is wider than WIDTH is projected as that one says."""
    frames = [frames_of(c, name, depths) for c in collections]
    # What joins two representations on purpose is told apart as wider.
    projection = fit_projection(frames[0], WIDTH * (1 + name.count(" + ")))
    return [rows(pieces if projection is None else [projection(p) for p in pieces]) for pieces in frames]


def frames_of(collection: Collection, name: str, depths: Depths) -> list[Matrix]:
    """'mel', 'clip: EXTRACTOR', 'stage 1: EXTRACTOR' or 'stage 2: EXTRACTOR'; several joined by ' + '."""
    parts: list[list[Matrix]] = []
    for part in name.split(" + "):
        kind, _, extractor = part.partition(": ")
        if kind == "mel":
            parts.append([beside(m) for m in collection.mel])
        elif kind == "clip":
            parts.append(clip_frames(collection, extractor))
        elif kind == "stage 1":
            parts.append(encoder_levels(collection, extractor))
        else:
            parts.append(levels(collection, extractor, depths))
    return [np.concatenate(piece, axis=1) for piece in zip(*parts, strict=True)]


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


def choose(
    train: Collection, other: Collection, extractor: str, candidates: list[Depths], seed: int, fraction: float
) -> Iterator[tuple[Depths, list[float]]]:
    """Scores of all tasks for each candidate: probes on a share of the training songs, measured on `other`."""
    for depths in candidates:
        known = representations([train, other], f"stage 2: {extractor}", depths)
        sides = [Split(c, r) for c, r in zip((train, other), known, strict=True)]
        yield depths, [score(task, sides[0], sides[1], fraction, seed) for task in TASKS]
