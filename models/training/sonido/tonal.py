"""A tonal spectrum: magnitudes of windowed sinusoids at logarithmically spaced frequencies (Brown 1991).

The learned filterbank at hop 128 resolves 172 Hz, less than an octave in the bass, so pitch reached the codes only as
far as the network rebuilt it from sixteen frames. These bins, a quarter tone apart, tell it. Windows are as
long as a constant Q asks for, up to a bound; written as one matrix product over shifted chunks, which exports as is.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn
from torch.nn import functional as F

LOWEST_HERTZ = 55.0
BINS_PER_OCTAVE = 24
OCTAVES = 7
BINS = BINS_PER_OCTAVE * OCTAVES
"""55 Hz to 6.9 kHz."""
Q = 1 / (2 ** (1 / BINS_PER_OCTAVE) - 1)
SAMPLE_RATE = 44_100


def tonal_basis(window: int) -> Tensor:
    """[window, 2 * BINS]: cosines, then sines, each under its own centred Hann window; a full-scale sine gives 1."""
    centre = (window - 1) / 2
    offset = torch.arange(window, dtype=torch.float64) - centre
    columns = []
    for part in (torch.cos, torch.sin):
        for index in range(BINS):
            frequency = LOWEST_HERTZ * 2 ** (index / BINS_PER_OCTAVE)
            length = min(float(window), Q * SAMPLE_RATE / frequency)
            hann = 0.5 + 0.5 * torch.cos(2 * math.pi * offset / length)
            hann = torch.where(offset.abs() < length / 2, hann, torch.zeros_like(hann))
            columns.append(part(2 * math.pi * frequency / SAMPLE_RATE * offset) * hann * (2 / hann.sum()))
    return torch.stack(columns, dim=1).float()


class TonalSpectrum(nn.Module):
    """Audio [batch, time] -> [batch, time / hop, BINS], logarithmic, 0 for silence and about 2.3 for full scale.

    The frame's window of `chunks` x hop samples is centred on the frame; beyond the ends there is silence.
    """

    def __init__(self, hop: int, chunks: int) -> None:
        super().__init__()
        if chunks % 2:
            raise ValueError(f"a window of {chunks} hops has no centred frame, expected an even number")
        self.hop, self.chunks = hop, chunks
        self.register_buffer("basis", tonal_basis(hop * chunks), persistent=False)
        self.basis: Tensor

    def forward(self, audio: Tensor) -> Tensor:
        batch, time = audio.shape
        frames = time // self.hop
        beside = (self.chunks - 1) * self.hop // 2
        padded = F.pad(audio.float(), (beside, beside)).reshape(batch, frames + self.chunks - 1, self.hop)
        with torch.autocast(audio.device.type, enabled=False):  # bfloat16 would hide what is 45 dB down
            windows = torch.cat([padded[:, i : i + frames] for i in range(self.chunks)], dim=-1)
            parts = windows @ self.basis
            power = parts[..., :BINS].square() + parts[..., BINS:].square()
            return torch.log1p(1000 * torch.sqrt(power + 1e-12)) / 3
