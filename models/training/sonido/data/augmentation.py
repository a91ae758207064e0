"""Augmentation on the fly: gain, polarity, stereo swap and width, EQ, noise, codec, stem remixing.

Pitch and time are in `pitch_time`, what a loader applies in `clips` and `labelled_clips`.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import Any

import numpy as np
import soundfile
from numpy.typing import NDArray
from scipy.signal import sosfilt

from sonido.data.console import equaliser, random_strip

SAMPLE_RATE = 44_100
MOST_STEMS = 5
"""Of different songs in one remix."""
Audio = NDArray[np.float32]


@dataclass(frozen=True)
class Augmentation:
    """Probabilities unless a range is named."""

    gain_db: float = 8.0
    polarity: float = 0.5
    swap: float = 0.5
    width: float = 0.2
    eq: float = 0.25
    noise: float = 0.05
    codec: float = 0.05
    speed: float = 0.2
    """Pitch and time together, as tape speed; the labelled loader changes each on its own."""
    semitones: float = 2.0
    """Largest change of pitch."""
    tempo: float = 0.15
    """Largest change of tempo as a share."""
    remix: float = 0.2
    """A mix of stems of several songs instead of one song, where the shards keep stems."""


def augment(audio: Audio, config: Augmentation, random: np.random.Generator) -> Audio:
    """[2, samples] -> the same shape, never above full scale."""
    out: NDArray[np.floating[Any]] = audio
    if random.uniform() < config.swap:
        out = out[::-1]
    if random.uniform() < config.polarity:
        out = -out
    if random.uniform() < config.width:
        middle, side = out.mean(0), (out[0] - out[1]) / 2 * random.uniform(0, 1.5)
        out = np.stack([middle + side, middle - side])
    if random.uniform() < config.eq:
        sections = equaliser(random_strip(random))
        out = sosfilt(sections, out, axis=1) if len(sections) else out
    out = out * 10 ** (random.uniform(-config.gain_db, config.gain_db) / 20)
    if random.uniform() < config.noise:
        out = out + random.standard_normal(out.shape) * 10 ** (random.uniform(-75, -45) / 20)
    out = np.ascontiguousarray(out / max(1.0, float(np.abs(out).max()) / 0.99), np.float32)
    return vorbis(out, float(random.uniform(0.2, 0.95))) if random.uniform() < config.codec else out


def vorbis(audio: Audio, compression: float) -> Audio:
    """Encoded and decoded by Ogg Vorbis, which keeps sample alignment; compression 0 (best) .. 1 (worst)."""
    buffer = io.BytesIO()
    soundfile.write(buffer, audio.T, SAMPLE_RATE, format="OGG", subtype="VORBIS", compression_level=compression)
    buffer.seek(0)
    decoded, _ = soundfile.read(buffer, dtype="float32", always_2d=True)
    out = np.zeros_like(audio)
    count = min(audio.shape[1], len(decoded))
    out[:, :count] = decoded.T[:, :count]
    return out


def remix(stems: list[Audio], random: np.random.Generator, spread_db: float = 6.0) -> tuple[Audio, list[Audio]]:
    """Stems, possibly of different songs and lengths, with new gains: (mix, scaled stems), mix below full scale."""
    length = min(stem.shape[1] for stem in stems)
    scaled = [s[:, :length] * np.float32(10 ** (random.uniform(-spread_db, spread_db) / 20)) for s in stems]
    peak = float(np.abs(np.sum(scaled, axis=0)).max())
    gain = np.float32(min(1.0, 0.99 / max(peak, 1e-9)))
    scaled = [s * gain for s in scaled]
    return np.sum(scaled, axis=0, dtype=np.float32), scaled
