"""The cached pieces in memory, as the matrices that probes read."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sonido.probe.ridge import Matrix

PER_TOP = 4
"""Frames of the medium level (86.13 Hz, the rate of the frame tasks) per coarse frame."""
STEP = 4
"""Frame tasks read every fourth frame."""
Depths = tuple[int | None, int | None, int | None]
"""A depth per level, coarse to fine; None leaves the level out."""


@dataclass(frozen=True)
class Collection:
    """Pieces of one split by name, in the same order for all of their arrays."""

    songs: list[str]
    names: list[str]
    labels: list[dict[str, NDArray[Any]]]
    mel: list[Matrix]
    folder: Path

    def of_states(self, extractor: str, part: str) -> list[NDArray[np.float16]]:
        """One array of every piece: 'coarse', 'medium', 'fine' [frames, depths, width], 'encoder0..2' or 'clips'."""
        split = self.folder.name
        found = []
        for name in self.names:
            with np.load(self.folder.parent.parent / extractor / split / f"{name}.npz") as arrays:
                found.append(arrays[part])
        return found


def read_collection(cache: Path, split: str, extractors: tuple[str, ...]) -> Collection:
    """Pieces that have mel, labels and the states of all `extractors`. Raises ValueError when there are none."""
    folder = cache / "mel" / split
    names = sorted(p.stem for p in folder.glob("*.npz"))
    names = [n for n in names if all((cache / e / split / f"{n}.npz").exists() for e in extractors)]
    if not names:
        raise ValueError(f"no pieces with states of {', '.join(extractors)} in {cache}; cache them first")
    songs, labels, mel = [], [], []
    for name in names:
        with np.load(folder / f"{name}.npz") as arrays:
            songs.append(str(arrays["song"]))
            labels.append({k: arrays[k] for k in ("pitch", "onset", "activity", "instruments", "key")})
            mel.append(arrays["mel"].astype(np.float32))
    return Collection(songs, names, labels, mel, folder)


def beside(frames: Matrix) -> Matrix:
    """The frame before, the frame and the next: mel at the width of three levels."""
    padded = np.pad(frames, ((1, 1), (0, 0)), mode="edge")
    return np.concatenate([padded[:-2], padded[1:-1], padded[2:]], axis=1)


def level_frames(collection: Collection, extractor: str, depths: Depths) -> list[list[Matrix]]:
    """The chosen depth of each level at 86.13 Hz: per level the pieces' [frames, width]."""
    return [
        [s[:, depth].astype(np.float32).repeat(repeat, axis=0) for s in collection.of_states(extractor, name)]
        for name, depth, repeat in zip(("coarse", "medium", "fine"), depths, (PER_TOP, 1, 1), strict=True)
        if depth is not None
    ]


def encoder_frames(collection: Collection, extractor: str) -> list[list[Matrix]]:
    """Stage 1: the encoder's features of the three levels, as `level_frames`."""
    return [
        [s.astype(np.float32).repeat(repeat, axis=0) for s in collection.of_states(extractor, f"encoder{level}")]
        for level, repeat in enumerate((PER_TOP, 1, 1))
    ]


def clip_frames(collection: Collection, extractor: str) -> list[Matrix]:
    """The piece's first clip embedding on every frame: [frames, dimension]."""
    clips = collection.of_states(extractor, "clips")
    return [c[:1].astype(np.float32).repeat(len(m), axis=0) for c, m in zip(clips, collection.mel, strict=True)]


def of_frames(frames: list[Matrix]) -> list[Matrix]:
    return [f[STEP // 2 :: STEP] for f in frames]


def of_pieces(frames: list[Matrix]) -> list[Matrix]:
    """Mean and deviation over a piece: [1, 2 * width]."""
    return [np.concatenate([f.mean(0), f.std(0)])[None] for f in frames]
