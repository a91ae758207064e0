"""Training of the clip embedding: excerpts of rendered songs against their tags and against each other.

What a step sees depends on (seed, step) alone. Labels come from the scores, so they cost nothing; each excerpt is
heard in another key (its spectrum and its label turned together), at another level and through another filter.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import soundfile
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional as F

from sonido.clip_embedding import (
    FAMILIES,
    SILENT,
    TAGS,
    ClipEmbedding,
    TagEncoder,
    contrastive_loss,
    masked_mean,
    tags_of,
)
from sonido.clip_grid import WINDOW
from sonido.config import TrainConfig
from sonido.data.clips import SAMPLE_RATE, Item
from sonido.probe.measures import mean_average_precision, mean_key_score
from sonido.spectrum import BANDS_PER_OCTAVE, COLOUR, LOWEST_VALUE, PITCH, TOP, Spectrum
from sonido.stage2 import run_loop
from sonido.whole_files import write_arrays

SHORTEST = 128
"""Coarse frames of a crop at least."""
HALF_OCTAVE = 6
"""Semitones by which an excerpt is turned at most."""
KEYS_FROM, TEMPI_FROM = FAMILIES + 2, FAMILIES + 2 + 24


@dataclass(frozen=True)
class Heard:
    """Spectra of one rendered item."""

    pitch: NDArray[np.float16]
    colour: NDArray[np.float16]
    level: NDArray[np.float32]
    truth: dict[str, Any]

    def tags(self, start: int, count: int) -> Tensor:
        return tags_of(self.truth, start * TOP / SAMPLE_RATE, (start + count) * TOP / SAMPLE_RATE)


@torch.no_grad()
def hear(items: list[Item], folder: Path) -> list[Heard]:
    """Spectra of the items that have a truth with stems, cached in `folder` (1.1 MB a minute of audio).

    Raises ValueError when none of them has.
    """
    folder.mkdir(parents=True, exist_ok=True)
    spectrum = Spectrum()
    found: list[Heard] = []
    for item in items:
        truth_file = item.path.with_name("truth.json")
        if item.kind != "rendered" or not truth_file.exists():
            continue
        path = folder / f"{item.path.parent.name}.npz"
        if not path.exists():
            audio, _ = soundfile.read(str(item.path), dtype="float32", always_2d=True)
            whole = torch.from_numpy(np.ascontiguousarray(audio[: len(audio) // TOP * TOP].T))
            pitch, colour, level = (x[0].numpy() for x in spectrum(whole[None]))
            spectra = {"pitch": pitch.astype(np.float16), "colour": colour.astype(np.float16), "level": level}
            write_arrays(path, spectra)
        with np.load(path) as arrays:
            truth = json.loads(truth_file.read_text())
            found.append(Heard(arrays["pitch"], arrays["colour"], arrays["level"], truth))
    if not found:
        raise ValueError("no rendered item with a truth.json for the clip embedding; run `sonido prepare` first")
    return found


@dataclass(frozen=True)
class Crops:
    pitch: Tensor
    colour: Tensor
    keyed: Tensor
    """The pitch turned by some semitones."""
    mask: Tensor
    tags: Tensor
    """As heard: the key is that of `keyed`."""


def crop(heard: Heard, start: int, count: int) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """(pitch, colour, mask, tags) of WINDOW frames, silence after the first `count` from `start`."""
    end = min(len(heard.level), start + count)
    pitch, colour = torch.full((WINDOW, PITCH), LOWEST_VALUE), torch.full((WINDOW, COLOUR), LOWEST_VALUE)
    mask = torch.zeros(WINDOW)
    pitch[: end - start] = torch.from_numpy(heard.pitch[start:end].astype(np.float32))
    colour[: end - start] = torch.from_numpy(heard.colour[start:end].astype(np.float32))
    mask[: end - start] = torch.from_numpy((heard.level[start:end] > SILENT).astype(np.float32))
    return pitch, colour, mask, heard.tags(start, end - start)


def turned(pitch: Tensor, semitones: int) -> Tensor:
    """Spectra [time, 168] moved up; silence comes in at the edge."""
    places = semitones * BANDS_PER_OCTAVE // 12
    moved = pitch.roll(places, -1)
    if places > 0:
        moved[:, :places] = LOWEST_VALUE
    elif places < 0:
        moved[:, places:] = LOWEST_VALUE
    return moved


def turned_tags(tags: Tensor, semitones: int) -> Tensor:
    keys = tags[KEYS_FROM:TEMPI_FROM].roll(2 * semitones)
    return torch.cat([tags[:KEYS_FROM], keys, tags[TEMPI_FROM:]])


def smooth_curve(random: np.random.Generator, width: int) -> Tensor:
    """[width] of a random filter: a line through five points with a deviation of 5 dB."""
    points = random.normal(0, 0.25, 5)
    return torch.from_numpy(np.interp(np.linspace(0, 4, width), np.arange(5), points).astype(np.float32))


def varied(heard: Heard, semitones: int, random: np.random.Generator) -> tuple[Tensor, Tensor, Tensor, Tensor, Tensor]:
    """A crop of `heard` at a random place, of random length, level and colour: (pitch, colour, keyed, mask, tags)."""
    count = int(random.integers(SHORTEST, WINDOW + 1)) if random.uniform() < 0.5 else WINDOW
    start = int(random.integers(max(1, len(heard.level) - count + 1)))
    pitch, colour, mask, tags = crop(heard, start, count)
    gain = random.normal(0, 0.3)
    filtered = torch.clamp(pitch + gain + smooth_curve(random, PITCH), min=LOWEST_VALUE)
    bands = COLOUR // 2
    colour = torch.clamp(colour + gain + smooth_curve(random, bands).repeat(2), min=LOWEST_VALUE)
    return filtered, colour, turned(filtered, semitones), mask, turned_tags(tags, semitones)


class ClipTrainer(nn.Module):
    """The embedding with what only its training needs."""

    def __init__(self, dimension: int) -> None:
        super().__init__()
        self.clip = ClipEmbedding(dimension)
        self.tags = TagEncoder(dimension)
        self.labels = nn.Linear(dimension, TAGS)
        self.colours = nn.Linear(dimension, 2 * COLOUR)
        self.between = nn.Parameter(torch.tensor(2.0))

    def loss(self, first: Crops, second: Crops) -> Tensor:
        total = torch.zeros(())
        embedded = []
        for crops in (first, second):
            vector, keys = self.clip.embed(crops.pitch, crops.colour, crops.keyed, crops.mask)
            vector, keys = vector.float(), keys.float()
            embedded.append(F.normalize(vector, dim=-1))
            total = total + contrastive_loss(vector, crops.tags, self.tags(crops.tags).float(), self.tags.log_scale)
            labels = self.labels(vector).float()
            total = total + 3 * F.binary_cross_entropy_with_logits(labels[:, :KEYS_FROM], crops.tags[:, :KEYS_FROM])
            total = total + among(keys, crops.tags[:, KEYS_FROM:TEMPI_FROM])
            total = total + among(labels[:, KEYS_FROM:TEMPI_FROM], crops.tags[:, KEYS_FROM:TEMPI_FROM])
            total = total + 0.3 * among(labels[:, TEMPI_FROM:], crops.tags[:, TEMPI_FROM:])
            total = total + 2 * F.mse_loss(self.colours(vector).float(), colour_statistics(crops.colour, crops.mask))
        scores = self.between.exp().clamp(max=50) * embedded[0] @ embedded[1].t()
        target = torch.arange(len(scores), device=scores.device)
        return total / 2 + 0.25 * (F.cross_entropy(scores, target) + F.cross_entropy(scores.t(), target))


def colour_statistics(colour: Tensor, mask: Tensor) -> Tensor:
    """Mean and deviation of each band over the frames that sound [batch, 2 * COLOUR]: what a clip sounds like beyond
    the labels that the renderer has names for."""
    sounding = mask[:, :, None]
    mean = masked_mean(colour, sounding)
    spread = (masked_mean(colour.square(), sounding) - mean.square()).clamp_min(1e-5).sqrt()
    return torch.cat([mean, spread], dim=-1)


def among(logits: Tensor, one_hot: Tensor) -> Tensor:
    """Cross-entropy over the rows that have a label."""
    known = one_hot.sum(-1) > 0
    if not bool(known.any()):
        return logits.sum() * 0
    return F.cross_entropy(logits[known], one_hot[known].argmax(-1), label_smoothing=0.05)


def stacked(rows: list[tuple[Tensor, Tensor, Tensor, Tensor, Tensor]], device: str) -> Crops:
    pitch, colour, keyed, mask, tags = (torch.stack(list(column)).to(device) for column in zip(*rows, strict=True))
    return Crops(pitch, colour, keyed, mask, tags)


def pair_at(heard: list[Heard], config: TrainConfig, step: int, device: str) -> tuple[Crops, Crops]:
    """Two crops each of `config.batch` items, in the same key."""
    random = np.random.default_rng([config.seed, step])
    rows: tuple[list[Any], list[Any]] = ([], [])
    for _ in range(config.batch):
        item = heard[int(random.integers(len(heard)))]
        semitones = int(random.integers(-HALF_OCTAVE + 1, HALF_OCTAVE + 1))
        for side in rows:
            side.append(varied(item, semitones, random))
    return stacked(rows[0], device), stacked(rows[1], device)


@dataclass(frozen=True)
class Quality:
    top1: float
    """Share of clips whose own tags rank first among those of 32 clips."""
    key: float
    """MIREX score of the key read off the embedding by a linear layer."""
    instruments: float
    """Mean average precision, read off likewise."""


@torch.no_grad()
def quality(trainer: ClipTrainer, heard: list[Heard], device: str = "cpu") -> Quality:
    """Of the beginnings of items."""
    vectors, tags = [], []
    for item in heard:
        pitch, colour, mask, truth = crop(item, 0, WINDOW)
        vectors.append(trainer.clip.embed(*(x[None].to(device) for x in (pitch, colour, pitch, mask)))[0][0].cpu())
        tags.append(truth)
    x, truth = torch.stack(vectors), torch.stack(tags)
    trainer_tags = trainer.tags.to("cpu")(truth)
    labels = trainer.labels.to("cpu")(x).numpy()
    trainer.to(device)
    hits: list[bool] = []
    for start in range(0, len(x), 32):
        scores = x[start : start + 32] @ trainer_tags[start : start + 32].t()
        if len(scores) == min(32, len(x)):
            hits += (scores.argmax(1) == torch.arange(len(scores))).tolist()
    keys = truth[:, KEYS_FROM:TEMPI_FROM]
    known = (keys.sum(1) > 0).numpy()
    found = labels[:, KEYS_FROM:TEMPI_FROM][known]
    key = mean_key_score(found, keys[known].argmax(1).numpy()) if known.any() else float("nan")
    fewest = 3 if len(x) >= 30 else 1
    instruments = mean_average_precision(labels[:, :KEYS_FROM], truth[:, :KEYS_FROM].numpy() > 0.5, fewest)
    return Quality(float(np.mean(hits)), key, instruments)


def train_clip(
    trainer: ClipTrainer,
    heard: list[Heard],
    held_out: list[Heard],
    config: TrainConfig,
    directory: Path,
    deadline: float | None = None,
    device: str = "cpu",
) -> int:
    def loss_at(step: int) -> Tensor:
        return trainer.loss(*pair_at(heard, config, step, device))

    def validate() -> dict[str, float]:
        return vars(quality(trainer, held_out, device))

    return run_loop(trainer, loss_at, validate, config, directory, "clip", deadline, device)
