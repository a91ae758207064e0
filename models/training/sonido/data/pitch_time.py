"""Pitch and tempo changed on their own: a phase vocoder (Flanagan and Golden 1966) and resampling."""

from __future__ import annotations

import numpy as np
import soxr
from numpy.typing import NDArray

SAMPLE_RATE = 44_100
WINDOW = 2048
HOP = WINDOW // 4
ATTACK = 1.5
"""Rise of the summed magnitudes within a hop that counts as the beginning of a sound."""
Audio = NDArray[np.float32]


def source_length(samples: int, tempo: float) -> int:
    """How much audio `change` needs to give `samples` at `tempo`."""
    return int(np.ceil(samples * tempo)) + 2


def change(audio: Audio, tempo: float, semitones: float) -> Audio:
    """[2, n] -> [2, about n / tempo], `semitones` higher. Equal ratios of both are a change of tape speed."""
    pitch = 2.0 ** (semitones / 12)
    stretched = stretch(audio, tempo / pitch)
    if abs(pitch - 1) < 1e-6:
        return stretched
    shifted = soxr.resample(stretched.T, SAMPLE_RATE * pitch, SAMPLE_RATE).T
    return np.ascontiguousarray(shifted, np.float32)


def _phases(now: NDArray[np.complex128], before: NDArray[np.complex128]) -> NDArray[np.float64]:
    """Phases to synthesise [frames, bins] from the frames and those a hop earlier.

    Where a sound begins its own phases count: carried on from what was there before, they would smear the attack.
    """
    own, advance = np.angle(now), np.angle(now * np.conj(before))
    begins = np.abs(now).sum(1) > ATTACK * np.abs(before).sum(1)
    begins[0] = True
    phase = np.empty_like(own)
    for frame, attack in enumerate(begins.tolist()):
        phase[frame] = own[frame] if attack else phase[frame - 1] + advance[frame]
    return phase


def stretch(audio: Audio, speed: float) -> Audio:
    """[2, n] -> [2, round(n / speed)] at the same pitch.

    Both channels get the phases of their sum, and keep their phase to it, so the stereo image stays.
    """
    if abs(speed - 1) < 1e-6:
        return audio
    length = round(audio.shape[1] / speed)
    frames = length // HOP + 5
    starts = np.round((np.arange(frames) - 2) * HOP * speed).astype(int)
    edge = WINDOW + HOP - starts[0]
    padded = np.pad(audio, ((0, 0), (edge, max(0, starts[-1] + 2 * WINDOW - audio.shape[1]))))
    window = np.hanning(WINDOW + 1)[:-1].astype(np.float32)
    grid = np.arange(WINDOW)[None] + (starts + edge - WINDOW // 2)[:, None]
    now = np.fft.rfft(padded[:, grid] * window, axis=-1)
    middle, before = now.sum(0), np.fft.rfft(padded.sum(0)[grid - HOP] * window, axis=-1)
    phase = _phases(middle, before)
    spectrum = now * np.exp(1j * (phase - np.angle(middle)))
    pieces = np.fft.irfft(spectrum, axis=-1) * window
    out = np.zeros((2, (frames - 1) * HOP + WINDOW))
    for frame in range(frames):
        out[:, frame * HOP : frame * HOP + WINDOW] += pieces[:, frame]
    # Four squared Hann windows overlap to 1.5.
    first = 2 * HOP + WINDOW // 2
    return np.ascontiguousarray(out[:, first : first + length] / 1.5, np.float32)
