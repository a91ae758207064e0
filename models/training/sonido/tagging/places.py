"""Places of a recording: read, measured and chosen by their level."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import soundfile
import soxr
from numpy.typing import NDArray

from sonido.data.clips import fitted
from sonido.data.splits import refuse_reserved
from sonido.tokenisation import TOP

SAMPLE_RATE = 44_100
ACTIVE_DB = -35.0
"""A stem sounds where its level is at most this far below its loudest second."""


def read_at(path: Path, seconds: float, samples: int) -> NDArray[np.float32]:
    """[2, samples] at 44.1 kHz from a place of a file of any rate, zeros after its end."""
    refuse_reserved(str(path))
    with soundfile.SoundFile(str(path)) as file:
        file.seek(min(file.frames, round(seconds * file.samplerate)))
        audio = file.read(round(samples * file.samplerate / SAMPLE_RATE), dtype="float32", always_2d=True)
        rate = file.samplerate
    if rate != SAMPLE_RATE and len(audio):
        audio = soxr.resample(audio, rate, SAMPLE_RATE)
    stereo = np.repeat(audio, 2, axis=1)[:, :2] if audio.shape[1] == 1 else audio[:, :2]
    return fitted(stereo.T, samples)


def levels(path: Path) -> NDArray[np.float32]:
    """Mean square in each second of a file."""
    with soundfile.SoundFile(str(path)) as file:
        blocks = file.blocks(file.samplerate, dtype="float32")
        return np.array([float(np.mean(block**2)) for block in blocks], np.float32)


def loudest_places(power: NDArray[np.float32], length: int, most: int) -> list[int]:
    """Starts in seconds of up to `most` stretches of `length` seconds, loudest first, none overlapping another."""
    sums = np.convolve(power, np.ones(length), "valid") if len(power) >= length else power[:1] * 0 + power.sum()
    places: list[int] = []
    for start in np.argsort(-sums):
        if len(places) == most or sums[start] < 1e-6 or sums[start] < 0.01 * sums.max():
            break
        if all(abs(int(start) - p) >= length for p in places):
            places.append(int(start))
    return places


def active_frames(audio: NDArray[np.float32], loudest: float) -> NDArray[np.bool_]:
    """[coarse frames]; `loudest` is the mean square of the stem's loudest second."""
    power = (audio**2).mean(0).reshape(-1, TOP).mean(1)
    smooth = np.convolve(power, np.ones(5) / 5, "same")
    found: NDArray[np.bool_] = smooth > max(1e-9, loudest * 10 ** (ACTIVE_DB / 10))
    return found
