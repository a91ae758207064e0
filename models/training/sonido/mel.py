"""The log-mel front end of the heads and of the mel baselines, exactly as the product computes it.

Mono = mean of the channels. Frame i of hop 512 at 44.1 kHz: 2048 samples centred on sample 512 i, silence before the
start and after the end, periodic Hann window, magnitude of the DFT times 4/2048 (a full-scale sine gives 1). 96
triangular bands whose centres lie evenly on the mel scale 2595 log10(1 + f / 700) between 30 Hz and 16 kHz, weights 1
at the centre, read at the bins' frequencies; a band without a bin takes its nearest bin. Power summed, then
(log10(power + 1e-8) + 4) / 2.
At other sample rates frames lie at the same times, the window is the nearest power of two to 46.4 ms.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor

SAMPLE_RATE = 44_100
HOP = 512
WINDOW = 2048
BANDS = 96
LOWEST, HIGHEST = 30.0, 16_000.0


def to_mel(hertz: float) -> float:
    return 2595 * math.log10(1 + hertz / 700)


def band_weights(bins: int = WINDOW // 2 + 1, bin_hertz: float = SAMPLE_RATE / WINDOW) -> Tensor:
    """[bins, BANDS]"""
    low, high = to_mel(LOWEST), to_mel(HIGHEST)
    edges = [700 * (10 ** ((low + (high - low) * k / (BANDS + 1)) / 2595) - 1) for k in range(BANDS + 2)]
    frequency = torch.arange(bins, dtype=torch.float64) * bin_hertz
    weights = torch.zeros(bins, BANDS, dtype=torch.float64)
    for band in range(BANDS):
        left, centre, right = edges[band : band + 3]
        rising, falling = (frequency - left) / (centre - left), (right - frequency) / (right - centre)
        weights[:, band] = torch.minimum(rising, falling).clamp_min(0)
        if not bool(weights[:, band].any()):
            weights[round(centre / bin_hertz), band] = 1
    return weights.float()


_WEIGHTS = band_weights()


def log_mel(audio: Tensor) -> Tensor:
    """audio [2, time] at 44.1 kHz -> [ceil(time / 512), 96]."""
    mono = audio.mean(0)
    count = -(-mono.shape[0] // HOP)
    padded = torch.nn.functional.pad(mono, (WINDOW // 2, WINDOW // 2 + count * HOP - mono.shape[0]))
    frames = padded.unfold(0, WINDOW, HOP)[:count] * torch.hann_window(WINDOW, periodic=True)
    power = (torch.fft.rfft(frames).abs() * (4 / WINDOW)).square()
    compressed: Tensor = ((power @ _WEIGHTS + 1e-8).log10() + 4) / 2
    return compressed
