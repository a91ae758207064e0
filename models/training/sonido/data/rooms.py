"""Synthetic rooms: a few early reflections, then decorrelated noise whose decay is faster at high frequencies."""

from __future__ import annotations

import functools
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.signal import lfilter, oaconvolve

SAMPLE_RATE = 44_100


@dataclass(frozen=True)
class Room:
    seconds: float
    """Time to -60 dB."""
    predelay: float
    damping: float
    """0 bright .. 1 dark."""
    seed: int


def random_room(random: np.random.Generator) -> Room:
    seconds = float(np.exp(random.uniform(np.log(0.25), np.log(2.5))))
    return Room(seconds, float(random.uniform(0, 0.03)), float(random.uniform(0.1, 0.8)), int(random.integers(1 << 31)))


@functools.lru_cache(maxsize=2)
def impulse_response(room: Room) -> NDArray[np.float32]:
    """[2, samples], unit energy per channel."""
    random = np.random.default_rng(room.seed)
    length = int(min(room.seconds, 2.0) * SAMPLE_RATE)
    time = np.arange(length) / SAMPLE_RATE
    noise = random.standard_normal((2, length)) * np.exp(-6.91 * time / room.seconds)
    dark = lfilter([1 - room.damping], [1, -room.damping], noise, axis=1)
    for _ in range(6):
        dark[:, int(random.uniform(0.002, 0.05) * SAMPLE_RATE) % length] += random.uniform(-4, 4, 2)
    delayed = np.pad(dark, ((0, 0), (int(room.predelay * SAMPLE_RATE), 0)))
    response: NDArray[np.float32] = (delayed / np.sqrt((delayed**2).sum(1, keepdims=True))).astype(np.float32)
    return response


def reverberate(audio: NDArray[np.float32], room: Room, send_db: float) -> NDArray[np.float32]:
    """The wet signal of a [2, samples] stem, same length."""
    response = impulse_response(room)
    wet = oaconvolve(audio, response, axes=1)[:, : audio.shape[1]]
    scaled: NDArray[np.float32] = (wet * 10 ** (send_db / 20)).astype(np.float32)
    return scaled
