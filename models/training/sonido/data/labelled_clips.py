"""Random clips with their labels: pitch, tempo and stems change, and the labels with them. By (seed, step) alone."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from sonido.data import labels, pitch_time
from sonido.data.augmentation import MOST_STEMS, Augmentation, augment, remix
from sonido.data.clips import SAMPLE_RATE, Item, fitted, read_segment
from sonido.data.labels import Labels


class LabelledSegments:
    """`at(step)` -> ([batch, 2, segment], one Labels an item). Items need a truth.json; stem remixing needs stems."""

    def __init__(self, items: list[Item], batch: int, segment: int, seed: int, augmentation: Augmentation) -> None:
        self.items = [item for item in items if _truth(item).exists()]
        if not self.items:
            raise ValueError("none of the items has a truth.json; prepare rendered corpora or tracker modules")
        self.stems = [(item, number) for item in self.items for number in range(len(item.stems))]
        self.batch, self.segment, self.seed, self.augmentation = batch, segment, seed, augmentation

    def at(self, step: int) -> tuple[Tensor, list[Labels]]:
        random = np.random.default_rng([self.seed, step])
        clips = [self._clip(random) for _ in range(self.batch)]
        return torch.from_numpy(np.stack([audio for audio, _ in clips])), [truth for _, truth in clips]

    def _clip(self, random: np.random.Generator) -> tuple[NDArray[np.float32], Labels]:
        config = self.augmentation
        largest = int(config.semitones)
        semitones = int(random.integers(-largest, largest + 1))
        tempo = float(np.exp(random.uniform(-config.tempo, config.tempo)))
        frames = pitch_time.source_length(self.segment, tempo)
        if self.stems and random.uniform() < config.remix:
            audio, truth = self._remixed(frames, random)
        else:
            item = self.items[int(random.integers(len(self.items)))]
            start = int(random.integers(max(1, item.frames - frames)))
            audio = read_segment(item, start, frames)
            truth = labels.read(_truth(item)).span(start / SAMPLE_RATE, frames / SAMPLE_RATE)
        if semitones or abs(tempo - 1) > 1e-6:
            audio, truth = pitch_time.change(audio, tempo, semitones), truth.moved(tempo, semitones)
        return augment(fitted(audio, self.segment), config, random), truth.span(0.0, self.segment / SAMPLE_RATE)

    def _remixed(self, frames: int, random: np.random.Generator) -> tuple[NDArray[np.float32], Labels]:
        """Stems of different songs side by side: what sounds together was never played together."""
        parts: list[NDArray[np.float32]] = []
        notes: list[labels.LabelledNote] = []
        for _ in range(int(random.integers(2, MOST_STEMS + 1))):
            item, number = self.stems[int(random.integers(len(self.stems)))]
            start = int(random.integers(max(1, item.frames - frames)))
            parts.append(read_segment(item, start, frames, item.stems[number]))
            truth = _stem_labels(item, number)
            notes += truth.span(start / SAMPLE_RATE, frames / SAMPLE_RATE).notes
        mix, _ = remix(parts, random)
        return mix, Labels(tuple(sorted(notes, key=lambda n: (n.start, n.pitch))))


def _stem_labels(item: Item, number: int) -> Labels:
    if item.kind == "module":
        return labels.read_channel(_truth(item), int(item.stems[number]))
    return labels.read(_truth(item), (number,))


def _truth(item: Item) -> Path:
    return item.path.with_name("truth.json")
