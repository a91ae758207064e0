"""Random segments of the prepared audio; what a step sees depends on (seed, step) alone, so resuming is exact."""

from __future__ import annotations

import json
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import soundfile
import torch
from numpy.typing import NDArray
from torch import Tensor

from sonido.data import pitch_time
from sonido.data.augmentation import MOST_STEMS, Augmentation, augment, remix

SAMPLE_RATE = 44_100
MINIMAL_FRAMES = 5 * SAMPLE_RATE
"""Shorter items (drum fills) would mostly be padding."""


PARTIAL = ".partial"
"""Ends the names of shards that are being made."""


@dataclass(frozen=True)
class Item:
    path: Path
    frames: int
    kind: str
    """'rendered', 'module', 'soundtrack' or 'eir'."""
    stems: tuple[str, ...] = field(default=())
    """Names under stems/; empty where the shards were made without."""


def read_index(root: Path, split: str) -> list[Item]:
    """Items of one split from the per-item sidecars. Raises ValueError when there are none."""
    items: list[Item] = []
    for sidecar in sorted((root / split).rglob("item.json")):
        if sidecar.parent.suffix == PARTIAL:
            continue
        document = json.loads(sidecar.read_text())
        if document["frames"] < MINIMAL_FRAMES:
            continue
        stems = tuple(document["stems"])
        items.append(Item(sidecar.parent / "mix.flac", document["frames"], document["kind"], stems))
    if not items:
        raise ValueError(f"no prepared audio under {root / split}; run `python -m sonido prepare` first")
    return items


def read_segment(item: Item, start: int, frames: int, stem: str | None = None) -> NDArray[np.float32]:
    """[2, frames] of the mix or of one stem; zeros after the end. Raises ValueError where the file is damaged."""
    path = item.path if stem is None else item.path.parent / "stems" / f"{stem}.flac"
    try:
        audio, _ = soundfile.read(str(path), start=start, frames=frames, dtype="float32", always_2d=True)
    except soundfile.LibsndfileError as error:
        raise ValueError(f"{path} cannot be read ({error}); remove its folder and run `prepare` again") from error
    return fitted(audio.T, frames)


def fitted(audio: NDArray[np.float32], frames: int) -> NDArray[np.float32]:
    """[2, n] -> [2, frames], cut or with zeros after the end."""
    out = np.zeros((2, frames), np.float32)
    out[:, : audio.shape[1]] = audio[:, :frames]
    return out


class RandomSegments:
    """`at(step)` -> [batch, 2, segment]. Kinds are drawn in proportion to their hours to the power of `balance`."""

    def __init__(
        self, items: list[Item], batch: int, segment: int, seed: int, augmentation: Augmentation | None,
        balance: float = 0.5,
    ) -> None:  # fmt: skip
        self.items, self.batch, self.segment, self.seed = items, batch, segment, seed
        self.augmentation = augmentation
        kinds = sorted({item.kind for item in items})
        totals = {kind: sum(item.frames for item in items if item.kind == kind) for kind in kinds}
        weights = np.array([item.frames * totals[item.kind] ** (balance - 1.0) for item in items])
        self._cumulative = np.cumsum(weights / weights.sum())
        self._stems = [(item, stem) for item in items for stem in item.stems]

    def at(self, step: int) -> Tensor:
        random = np.random.default_rng([self.seed, step])
        rows = []
        for _ in range(self.batch):
            row = self._draw(random)
            for _ in range(4):  # long rests teach little
                if float(np.abs(row).max()) > 1e-3:
                    break
                row = self._draw(random)
            rows.append(row if self.augmentation is None else augment(row, self.augmentation, random))
        return torch.from_numpy(np.stack(rows))

    def _draw(self, random: np.random.Generator) -> NDArray[np.float32]:
        config = self.augmentation
        if config is None:
            return self._mix(self.segment, random)
        semitones = random.uniform(-config.semitones, config.semitones) if random.uniform() < config.speed else 0.0
        tempo = float(2 ** (semitones / 12))
        frames = pitch_time.source_length(self.segment, tempo) if semitones else self.segment
        remixed = bool(self._stems) and random.uniform() < config.remix
        audio = self._remixed(frames, random) if remixed else self._mix(frames, random)
        return fitted(pitch_time.change(audio, tempo, semitones), self.segment) if semitones else audio

    def _remixed(self, frames: int, random: np.random.Generator) -> NDArray[np.float32]:
        parts = []
        for _ in range(int(random.integers(2, MOST_STEMS + 1))):
            item, stem = self._stems[int(random.integers(len(self._stems)))]
            parts.append(read_segment(item, int(random.integers(max(1, item.frames - frames))), frames, stem))
        return remix(parts, random)[0]

    def _mix(self, frames: int, random: np.random.Generator) -> NDArray[np.float32]:
        item = self.items[min(len(self.items) - 1, int(np.searchsorted(self._cumulative, random.uniform())))]
        return read_segment(item, int(random.integers(max(1, item.frames - frames))), frames)


class Prefetched:
    """The same batches; the one after the last asked for is read meanwhile in a thread of its own."""

    def __init__(self, batches: RandomSegments) -> None:
        self._batches = batches
        self._reader = ThreadPoolExecutor(1)
        self._next: tuple[int, Future[Tensor]] | None = None

    def at(self, step: int) -> Tensor:
        batch = self._next[1].result() if self._next and self._next[0] == step else self._batches.at(step)
        self._next = (step + 1, self._reader.submit(self._batches.at, step + 1))
        return batch


def fixed_segments(items: list[Item], count: int, segment: int, seed: int) -> Tensor:
    """[count, 2, segment] for validation: items in turn, loud enough places, the same on every call."""
    random = np.random.default_rng(seed)
    order = random.permutation(len(items))
    rows = []
    for number in range(count):
        item = items[int(order[number % len(items)])]
        row = read_segment(item, 0, segment)
        for _ in range(8):
            row = read_segment(item, int(random.integers(max(1, item.frames - segment))), segment)
            if float(np.sqrt(np.mean(row**2))) > 0.01:
                break
        rows.append(row)
    return torch.from_numpy(np.stack(rows))
