"""Distances between audio: the training distortion and the reported metrics."""

from __future__ import annotations

import math

import torch
from torch import Tensor

WINDOWS = (2048, 1024, 512)


def magnitudes(audio: Tensor, window: int, overlap: int) -> Tensor:
    """|STFT| of [batch, channels, time], Hann window, hop = window / overlap: [batch * channels, bins, frames]."""
    flat = audio.float().flatten(0, 1)
    hann = torch.hann_window(window, device=audio.device)
    spectrum = torch.stft(flat, window, window // overlap, window=hann, return_complex=True)
    return torch.sqrt(spectrum.real.square() + spectrum.imag.square() + 1e-9)


def multi_resolution_stft(
    estimate: Tensor, reference: Tensor, overlap: int = 4, windows: tuple[int, ...] = WINDOWS
) -> Tensor:
    """Spectral convergence + L1 of log magnitudes, mean over the windows (Yamamoto et al. 2020). Scalar."""
    total = estimate.new_zeros((), dtype=torch.float32)
    for window in windows:
        a, b = magnitudes(estimate, window, overlap), magnitudes(reference, window, overlap)
        convergence = (a - b).norm(dim=(1, 2)) / b.norm(dim=(1, 2)).clamp_min(0.1)
        # The floor keeps digital silence from dominating: -60 dB of a full-scale sine in this window.
        floor = window * 2.5e-4
        log_distance = ((a + floor).log() - (b + floor).log()).abs().mean()
        total = total + convergence.mean() + log_distance
    return total / len(windows)


def training_error(
    estimate: Tensor, reference: Tensor, waveform_weight: float, longest_window: int = WINDOWS[0]
) -> tuple[Tensor, Tensor, Tensor]:
    """(error, time MSE, STFT distance); error = weight times the MSE relative to each item's power + STFT distance.

    Relative to the batch's power the loudest item would be the only one whose phases count.
    """
    squared = (estimate.float() - reference.float()).square().mean((1, 2))
    power = reference.float().square().mean((1, 2)).clamp_min(1e-4)
    # Half the frames of the reported metric: twice as fast, and still every sample is covered.
    windows = (longest_window, *WINDOWS) if longest_window > WINDOWS[0] else WINDOWS
    stft = multi_resolution_stft(estimate, reference, overlap=2, windows=windows)
    return waveform_weight * (squared / power).mean() + stft, squared.mean(), stft


def si_sdr(estimate: Tensor, reference: Tensor) -> Tensor:
    """Scale-invariant SDR in dB per item over both channels (Le Roux et al. 2019): [batch]."""
    e, r = estimate.double().flatten(1), reference.double().flatten(1)
    scale = (e * r).sum(1, keepdim=True) / r.square().sum(1, keepdim=True).clamp_min(1e-9)
    target = scale * r
    noise = e - target
    return (10 * torch.log10(target.square().sum(1).clamp_min(1e-12) / noise.square().sum(1).clamp_min(1e-12))).float()


def log_likelihood_scale(audio: Tensor) -> float:
    """D / 2 of the Gaussian likelihood with a free variance: half the number of samples of one item."""
    return math.prod(audio.shape[1:]) / 2
