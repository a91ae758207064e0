"""Runs the probes: the choice of depths on training songs alone, and the table on held-out songs and sound sources."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sonido.probe.collection import Collection, Depths, beside, encoder_levels, levels, of_frames, of_pieces
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


def representation(collection: Collection, name: str, depths: Depths) -> Rows:
    """'mel', 'stage 1: EXTRACTOR' or 'stage 2: EXTRACTOR'; several joined by ' + '."""
    parts: list[list[Matrix]] = []
    for part in name.split(" + "):
        kind, _, extractor = part.partition(": ")
        if kind == "mel":
            parts.append([beside(m) for m in collection.mel])
        elif kind == "stage 1":
            parts.append(encoder_levels(collection, extractor))
        else:
            parts.append(levels(collection, extractor, depths))
    return rows([np.concatenate(piece, axis=1) for piece in zip(*parts, strict=True)])


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


def part_of(split: Split, keep: list[int]) -> Split:
    """Some pieces of a split."""
    c = split.collection
    pick = Collection([c.songs[k] for k in keep], [c.names[k] for k in keep], [c.labels[k] for k in keep],
                      [c.mel[k] for k in keep], c.folder)  # fmt: skip
    return Split(pick, Rows([split.rows.frames[k] for k in keep], [split.rows.pieces[k] for k in keep]))


def choose(
    collection: Collection, extractor: str, candidates: list[Depths], seed: int
) -> Iterator[tuple[Depths, list[float]]]:
    """Scores of all tasks for each candidate: probes on four fifths of the training songs, measured on the rest."""
    songs = by_song(collection)
    order = np.random.default_rng(seed).permutation(len(songs))
    held = {p for s in order[: len(songs) // 5] for p in songs[s]}
    for depths in candidates:
        whole = Split(collection, representation(collection, f"stage 2: {extractor}", depths))
        train = part_of(whole, [p for p in range(len(collection.names)) if p not in held])
        test = part_of(whole, sorted(held))
        yield depths, [score(task, train, test, 1.0, seed) for task in TASKS]
