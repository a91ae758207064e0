"""A tonal spectrum: magnitudes of windowed sinusoids at logarithmically spaced frequencies (Brown 1991).

The learned filterbank at hop 128 resolves 172 Hz, less than an octave in the bass, so pitch reached the codes only as
far as the network rebuilt it from sixteen frames. These bins, a quarter tone apart, tell it. Windows are as
long as a constant Q asks for, up to a bound; written as one matrix product over shifted chunks, which exports as is.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from sonido.spectrum import SAMPLE_RATE, centred_frames, hann_exponentials

LOWEST_HERTZ = 55.0
BINS_PER_OCTAVE = 24
OCTAVES = 7
BINS = BINS_PER_OCTAVE * OCTAVES
"""55 Hz to 6.9 kHz."""
Q = 1 / (2 ** (1 / BINS_PER_OCTAVE) - 1)


def tonal_basis(window: int) -> Tensor:
    """[window, 2 * BINS]: cosines, then sines, each under its own centred Hann window; a full-scale sine gives 1."""
    time = torch.arange(window, dtype=torch.float64) - (window - 1) / 2
    hertz = [LOWEST_HERTZ * 2 ** (index / BINS_PER_OCTAVE) for index in range(BINS)]
    return hann_exponentials(time, hertz, [min(window, Q * SAMPLE_RATE / f) for f in hertz], SAMPLE_RATE)


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
        windows = centred_frames(audio.float(), self.hop, self.chunks)
        with torch.autocast(audio.device.type, enabled=False):  # bfloat16 would hide what is 45 dB down
            parts = windows @ self.basis
            power = parts[..., :BINS].square() + parts[..., BINS:].square()
            return torch.log1p(1000 * torch.sqrt(power + 1e-12)) / 3
