"""The learned analysis and synthesis filterbanks at the finest hop, started at the MDCT.

The MDCT with a sine window is a perfect-reconstruction transform (Princen and Bradley 1987), so training starts from an
exact time-frequency front end instead of from noise and is free to leave it.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn
from torch.nn import functional as F


def mdct_basis(hop: int) -> Tensor:
    """[hop, 2 * hop]: windowed cosines; rows are orthonormal atoms."""
    n = torch.arange(2 * hop, dtype=torch.float64)
    k = torch.arange(hop, dtype=torch.float64)[:, None]
    window = torch.sin(math.pi / (2 * hop) * (n + 0.5))
    cosines = torch.cos(math.pi / hop * (n + 0.5 + hop / 2) * (k + 0.5))
    return (math.sqrt(2 / hop) * window * cosines).float()


class Analysis(nn.Module):
    """Audio [batch, 2, time] -> [batch, time / hop, 2 * hop], both channels beside each other."""

    def __init__(self, hop: int) -> None:
        super().__init__()
        self.hop = hop
        self.weight = nn.Parameter(mdct_basis(hop).t()[None].repeat(2, 1, 1))
        """[channel, 2 * hop, hop]"""

    def forward(self, audio: Tensor) -> Tensor:
        batch, channels, time = audio.shape
        padded = F.pad(audio, (self.hop // 2, self.hop // 2))
        chunks = padded.reshape(batch, channels, time // self.hop + 1, self.hop)
        frames = torch.cat([chunks[:, :, :-1], chunks[:, :, 1:]], dim=-1) @ self.weight
        return frames.permute(0, 2, 1, 3).flatten(2)


class Synthesis(nn.Module):
    """[batch, frames, 2 * hop] -> audio [batch, 2, frames * hop]; the inverse of `Analysis` at the start."""

    def __init__(self, hop: int) -> None:
        super().__init__()
        self.hop = hop
        self.weight = nn.Parameter(mdct_basis(hop)[None].repeat(2, 1, 1))
        """[channel, hop, 2 * hop]"""

    def forward(self, frames: Tensor) -> Tensor:
        batch, count, _ = frames.shape
        atoms = frames.reshape(batch, count, 2, self.hop).permute(0, 2, 1, 3) @ self.weight
        first, second = atoms[..., : self.hop], atoms[..., self.hop :]
        overlapped = F.pad(first, (0, 0, 0, 1)) + F.pad(second, (0, 0, 1, 0))
        return overlapped.flatten(2)[:, :, self.hop // 2 : -(self.hop // 2)]


def compress(x: Tensor) -> Tensor:
    """asinh(30 x) / 3: linear for quiet coefficients, logarithmic for loud ones, so one net serves all loudnesses."""
    # Written out because the ONNX exporter has no asinh.
    scaled = 30.0 * x
    magnitude = scaled.abs()
    return torch.sign(scaled) * torch.log(magnitude + torch.sqrt(magnitude.square() + 1)) / 3.0


def expand(y: Tensor) -> Tensor:
    """Inverse of `compress`; limited so that an untrained net cannot overflow (asinh(30 * 30) = 7.5)."""
    limited = torch.clamp(3.0 * y, -7.5, 7.5)
    return (torch.exp(limited) - torch.exp(-limited)) / 60.0
