"""The front end of the clip embedding: log spectra on a musical and on a mel scale, by fixed matrices alone.

Per coarse frame (2048 samples at 44.1 kHz, mono):
- `pitch` [168]: two bands a semitone from C1 (32.7 Hz), of the audio decimated by four. A band is a Hann-windowed
  complex exponential of 34 periods, no shorter than 93 ms and no longer than 371 ms, centred on the frame.
- `colour` [96]: two frames of 1024 samples, each the power in 48 mel bands from 60 Hz to 16 kHz.
Both are (log10(power + 1e-7) + 4) / 2, where a full-scale sine has power 1. A product with a matrix is what every ONNX
runtime does fast, and the products here cost about a millisecond per second of audio.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn
from torch.nn import functional as F

SAMPLE_RATE = 44_100
TOP = 2048
DECIMATION = 4
FRAME = TOP // DECIMATION
LONGEST, SHORTEST = 4096, 1024
"""Samples of a band's window after decimation."""
PERIODS = 34
LOWEST_HERTZ = 440 * 2 ** ((24 - 69) / 12)
BANDS_PER_OCTAVE, OCTAVES = 24, 7
PITCH = BANDS_PER_OCTAVE * OCTAVES
COLOUR_WINDOW, MEL_BANDS = 1024, 48
COLOUR = MEL_BANDS * TOP // COLOUR_WINDOW
FLOOR = 1e-7
LOWEST_VALUE = (math.log10(FLOOR) + 4) / 2


def hann_exponentials(time: Tensor, hertz: list[float], lengths: list[float], rate: float) -> Tensor:
    """[samples, 2 * bands]: cosines, then sines, each in a Hann window of its length about `time` 0 (in samples).

    The product with a full-scale sine at a band's frequency has magnitude 1 (Brown 1991 for constant Q).
    """
    columns: list[Tensor] = []
    for frequency, length in zip(hertz, lengths, strict=True):
        window = torch.where(time.abs() < length / 2, torch.cos(math.pi * time / length).square(), 0.0)
        columns.append(window * (2 / window.sum()) * torch.exp(2j * math.pi * frequency / rate * time))
    kernels = torch.stack(columns, dim=1)
    return torch.cat([kernels.real, kernels.imag], dim=1).float()


def centred_frames(audio: Tensor, hop: int, reach: int) -> Tensor:
    """[batch, frames * hop] -> [batch, frames, reach * hop] about each frame, by shifted chunks, which exports as is.

    `reach` hops centre on a frame when the margin of (reach - 1) / 2 hops is whole samples; beyond the ends is silence.
    """
    batch, samples = audio.shape
    count = samples // hop
    margin = (reach - 1) * hop // 2
    chunks = F.pad(audio, (margin, margin)).reshape(batch, count + reach - 1, hop)
    return torch.cat([chunks[:, i : i + count] for i in range(reach)], dim=-1)


def band_kernels() -> Tensor:
    """[LONGEST, 2 * PITCH]: cosines, then sines."""
    time = torch.arange(LONGEST, dtype=torch.float64) - LONGEST / 2
    rate = SAMPLE_RATE / DECIMATION
    hertz = [LOWEST_HERTZ * 2 ** (band / BANDS_PER_OCTAVE) for band in range(PITCH)]
    lengths = [min(LONGEST, max(SHORTEST, PERIODS * rate / frequency)) for frequency in hertz]
    return hann_exponentials(time, hertz, lengths, rate)


def low_pass() -> Tensor:
    """[1, 1, 64] windowed sinc below 5 kHz."""
    time = torch.arange(64, dtype=torch.float64) - 31.5
    taps = torch.sinc(2 * 5000 / SAMPLE_RATE * time) * torch.hann_window(64, periodic=False, dtype=torch.float64)
    return (taps / taps.sum()).float()[None, None]


def mel_matrices() -> tuple[Tensor, Tensor]:
    """Fourier kernels [1024, 2 * bins] and triangular bands [bins, 48] over the bins up to 16 kHz."""
    time = torch.arange(COLOUR_WINDOW, dtype=torch.float64)
    bins = torch.arange(1, math.ceil(16_000 * COLOUR_WINDOW / SAMPLE_RATE) + 1, dtype=torch.float64)
    window = torch.hann_window(COLOUR_WINDOW, dtype=torch.float64)
    angle = 2 * math.pi / COLOUR_WINDOW * time[:, None] * bins[None]
    fourier = torch.cat([torch.cos(angle), torch.sin(angle)], dim=1) * (window * 2 / window.sum())[:, None]

    def mel(hertz: Tensor) -> Tensor:
        return 2595 * torch.log10(1 + hertz / 700)

    position = mel(bins * SAMPLE_RATE / COLOUR_WINDOW)
    low, high = mel(torch.tensor(60.0)).item(), mel(torch.tensor(16_000.0)).item()
    spacing = (high - low) / (MEL_BANDS + 1)
    centres = low + spacing * torch.arange(1, MEL_BANDS + 1)
    # At the low end bands are narrower than a bin: they are widened to one, so that none is empty.
    width = torch.clamp(mel(700 * (10 ** (centres / 2595) - 1) + SAMPLE_RATE / COLOUR_WINDOW) - centres, min=spacing)
    bands = (1 - (position[:, None] - centres[None]).abs() / width[None]).clamp_min(0)
    return fourier.float(), bands.float()


class Spectrum(nn.Module):
    """Audio [batch, 2, frames * 2048] -> pitch [batch, frames, 168], colour [batch, frames, 96], level [batch, frames].

    `level` is the mean square of a frame's mono samples.
    """

    kernels: Tensor
    taps: Tensor
    fourier: Tensor
    bands: Tensor

    def __init__(self) -> None:
        super().__init__()
        fourier, bands = mel_matrices()
        # Fixed, and the same for every run: they are no part of a checkpoint.
        for name, matrix in (("kernels", band_kernels()), ("taps", low_pass()), ("fourier", fourier), ("bands", bands)):
            self.register_buffer(name, matrix, persistent=False)

    def forward(self, audio: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        mono = audio.mean(1)
        batch, samples = mono.shape
        count = samples // TOP
        low = F.conv1d(F.pad(mono, (30, 30))[:, None], self.taps, stride=DECIMATION)[:, 0]
        pitch = _log_power(centred_frames(low, FRAME, LONGEST // FRAME) @ self.kernels)
        columns = mono.reshape(batch, count * TOP // COLOUR_WINDOW, COLOUR_WINDOW) @ self.fourier
        real, imaginary = columns.chunk(2, dim=-1)
        colour = _log((real.square() + imaginary.square()) @ self.bands)
        level = mono.reshape(batch, count, TOP).square().mean(-1)
        return pitch, colour.reshape(batch, count, COLOUR), level


def _log(power: Tensor) -> Tensor:
    return (torch.log(power + FLOOR) / math.log(10) + 4) / 2


def _log_power(columns: Tensor) -> Tensor:
    real, imaginary = columns.chunk(2, dim=-1)
    return _log(real.square() + imaginary.square())
