"""Random segments of the prepared audio; what a step sees depends on (seed, step) alone, so resuming is exact."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soundfile
import torch
from numpy.typing import NDArray
from torch import Tensor

from sonido.data.augmentation import Augmentation, augment

MINIMAL_FRAMES = 5 * 44_100
"""Shorter items (drum fills) would mostly be padding."""


@dataclass(frozen=True)
class Item:
    path: Path
    frames: int
    kind: str
    """'rendered', 'module', 'soundtrack' or 'eir'."""


def read_index(root: Path, split: str) -> list[Item]:
    """Items of one split from the per-item sidecars. Raises ValueError when there are none."""
    items: list[Item] = []
    for sidecar in sorted((root / split).rglob("item.json")):
        document = json.loads(sidecar.read_text())
        if document["frames"] < MINIMAL_FRAMES:
            continue
        items.append(Item(sidecar.parent / "mix.flac", document["frames"], document["kind"]))
    if not items:
        raise ValueError(f"no prepared audio under {root / split}; run `python -m sonido prepare` first")
    return items


def read_segment(item: Item, start: int, frames: int) -> NDArray[np.float32]:
    """[2, frames]; zeros after the end."""
    audio, _ = soundfile.read(str(item.path), start=start, frames=frames, dtype="float32", always_2d=True)
    out = np.zeros((2, frames), np.float32)
    out[:, : len(audio)] = audio.T[:, :frames]
    return out


class RandomSegments:
    """`at(step)` -> [batch, 2, segment]. Kinds are drawn in proportion to the square root of their hours."""

    def __init__(
        self, items: list[Item], batch: int, segment: int, seed: int, augmentation: Augmentation | None
    ) -> None:
        self.items, self.batch, self.segment, self.seed = items, batch, segment, seed
        self.augmentation = augmentation
        kinds = sorted({item.kind for item in items})
        totals = {kind: sum(item.frames for item in items if item.kind == kind) for kind in kinds}
        weights = np.array([item.frames / np.sqrt(totals[item.kind]) for item in items])
        self._cumulative = np.cumsum(weights / weights.sum())

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
        item = self.items[min(len(self.items) - 1, int(np.searchsorted(self._cumulative, random.uniform())))]
        start = int(random.integers(max(1, item.frames - self.segment)))
        return read_segment(item, start, self.segment)


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
