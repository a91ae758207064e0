"""Did stage 2 learn music? Statistics of pitch, rhythm and spectrum of samples, held-out music and shuffled tokens.

Music and both controls go through the same codec, so only the order of tokens differs: held-out clips encoded and
decoded, the same tokens permuted in time (each level on its own), and the same coarse frames with all their finer
tokens in random order. A prior that learnt nothing but frequencies sounds like the second.
"""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

SAMPLE_RATE = 44_100
WINDOW, HOP = 4096, 512
FRAMES_PER_SECOND = SAMPLE_RATE / HOP
Statistics = dict[str, float]


def statistics(audio: Tensor) -> Statistics:
    """Of [2, time], at least two seconds; every value is independent of the loudness."""
    mono = audio.mean(0).double().numpy()
    power = _power(mono / max(1e-6, float(np.sqrt(np.mean(mono**2)))))
    level = np.log10(power + 1e-3)
    chroma = _chroma(power)
    flux = np.maximum(0, np.diff(level, axis=1)).mean(0)
    centroid = (power * np.arange(len(power))[:, None]).sum(0) / (power.sum(0) + 1e-9)
    return {
        "spectral centroid (octaves re 1 kHz)": float(np.log2(centroid.mean() * SAMPLE_RATE / WINDOW / 1000 + 1e-3)),
        "spectral flatness (dB)": float(10 * np.mean(np.log10(power + 1e-6).mean(0) - np.log10(power.mean(0) + 1e-6))),
        "peaks over neighbours (dB)": float(10 * _peakiness(power)),
        "energy in the three strongest pitch classes": float(np.sort(chroma, axis=0)[-3:].sum(0).mean()),
        "pitch classes alike after 0.5 s": _alike(chroma - chroma.mean(0), 0.5),
        "spectrum alike after 0.1 s": _alike(level - level.mean(1, keepdims=True), 0.1),
        "spectrum alike after 0.5 s": _alike(level - level.mean(1, keepdims=True), 0.5),
        "onset contrast": float(flux.std() / (flux.mean() + 1e-9)),
        "onset periodicity": _periodicity(flux),
        "level spread (dB)": float(10 * np.log10(power.sum(0) + 1e-3).std()),
    }


def _power(mono: NDArray[np.float64]) -> NDArray[np.float64]:
    count = max(1, (len(mono) - WINDOW) // HOP + 1)
    grid = np.arange(WINDOW)[None] + HOP * np.arange(count)[:, None]
    spectrum: NDArray[np.float64] = np.abs(np.fft.rfft(mono[grid] * np.hanning(WINDOW), axis=-1)).T ** 2 / WINDOW
    return spectrum


def _chroma(power: NDArray[np.float64]) -> NDArray[np.float64]:
    """[12, frames], shares of the energy from 110 Hz to 3.5 kHz, averaged over a quarter of a second."""
    hertz = np.arange(len(power)) * SAMPLE_RATE / WINDOW
    inside = (hertz > 110) & (hertz < 3520)
    classes = np.round(12 * np.log2(hertz[inside] / 440)).astype(int) % 12
    sums = np.zeros((12, power.shape[1]))
    np.add.at(sums, classes, power[inside])
    width = round(0.25 * FRAMES_PER_SECOND)
    smooth = np.stack([np.convolve(row, np.ones(width) / width, "valid") for row in sums])
    shares: NDArray[np.float64] = smooth / (smooth.sum(0) + 1e-9)
    return shares


def _peakiness(power: NDArray[np.float64]) -> float:
    """Mean of log10 of each frame's ten highest bins below 5 kHz over the median of the bins around them."""
    low = np.log10(power[: round(5000 * WINDOW / SAMPLE_RATE)] + 1e-6)
    around = np.median(np.stack([np.roll(low, shift, axis=0) for shift in (-8, -6, -4, 4, 6, 8)]), axis=0)
    return float(np.sort(low - around, axis=0)[-10:].mean())


def _alike(rows: NDArray[np.float64], seconds: float) -> float:
    """Mean cosine between frames this far apart."""
    lag = round(seconds * FRAMES_PER_SECOND)
    a, b = rows[:, lag:], rows[:, :-lag]
    return float(np.mean((a * b).sum(0) / (np.linalg.norm(a, axis=0) * np.linalg.norm(b, axis=0) + 1e-9)))


def _periodicity(flux: NDArray[np.float64]) -> float:
    """Highest autocorrelation of the onset strength at a lag of 0.2 to 1 s."""
    centred = flux - flux.mean()
    full = np.correlate(centred, centred, "full")[len(centred) - 1 :]
    return float(full[round(0.2 * FRAMES_PER_SECOND) : round(FRAMES_PER_SECOND)].max() / (full[0] + 1e-9))


def shuffled(tokens: list[Tensor], generator: torch.Generator) -> list[Tensor]:
    """Each level's tokens [batch, time] in random order: what a model of token frequencies alone would give."""
    return [level[:, torch.randperm(level.shape[1], generator=generator)] for level in tokens]


def frames_shuffled(tokens: list[Tensor], generator: torch.Generator) -> list[Tensor]:
    """Coarse frames with all their finer tokens in random order."""
    tops = tokens[0].shape[1]
    order = torch.randperm(tops, generator=generator)
    return [t.reshape(len(t), tops, -1)[:, order].flatten(1) for t in tokens]


def distances(music: list[Statistics], others: list[Statistics]) -> Statistics:
    """Per statistic: how many of the music's standard deviations the others' mean lies from the music's."""
    found: Statistics = {}
    for name in music[0]:
        reference = np.array([s[name] for s in music])
        mean = np.mean([s[name] for s in others])
        found[name] = float(abs(mean - reference.mean()) / (reference.std() + 1e-9))
    return found


def table(groups: dict[str, list[Statistics]]) -> list[str]:
    """Markdown: the mean of each statistic per group; in brackets, and averaged last, the distance to the first."""
    names = list(groups)
    music = groups[names[0]]
    rows = [f"| | {' | '.join(names)} |", "|---|" + "---|" * len(names)]
    apart = {name: distances(music, groups[name]) for name in names[1:]}
    for statistic in music[0]:
        values = [f"{np.mean([s[statistic] for s in music]):.3f} ± {np.std([s[statistic] for s in music]):.3f}"]
        for name in names[1:]:
            mean = np.mean([s[statistic] for s in groups[name]])
            values.append(f"{mean:.3f} ({apart[name][statistic]:.2f})")
        rows.append(f"| {statistic} | {' | '.join(values)} |")
    means = [f"{np.mean(list(apart[name].values())):.2f}" for name in names[1:]]
    rows.append(f"| **mean distance in standard deviations** | 0 | {' | '.join(means)} |")
    return rows
