"""The tagging head: frames at 21.53 Hz -> instruments, key, role and the course of voice and drums.

Input per coarse frame (2048 samples): `mel` [4 x 96], the log-mel frames 4i .. 4i + 3, and `extra`. With features
`extra` is the states of the three levels beside each other (the finer ones averaged over the frame) and the embedding
of the clip with the nearest centre, brought to 288 columns by a fixed matrix where they are wider; the head without
features is as large and gets mean, deviation and change of the mel frames there, so that only what these columns say
differs. Where a voice sounds is heard without `extra`: of sung music there are four songs, and features tell songs
apart too well to learn from so few (RESULTS.md, LOG.md).
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from sonido.layers import shifted
from sonido.mel import BANDS
from sonido.tagging.labels import ACTIVITIES, INSTRUMENTS, KEYS, ROLES

PER_FRAME = 4
MEL_WIDTH = PER_FRAME * BANDS
EXTRA = 3 * BANDS
"""Columns beside mel that the head learns from; wider features are brought to so many principal components."""
GROUPS = (len(INSTRUMENTS), len(KEYS), len(ROLES))
"""Outputs of a whole piece, each with its own attention over time."""
SILENT = -1.0
"""A frame counts when a mel band reaches this (-60 dB below a full-scale sine in it)."""


class TaggingHead(nn.Module):
    def __init__(self, extra_width: int, width: int = 64, dropout: float = 0.2) -> None:
        super().__init__()
        inputs = MEL_WIDTH + extra_width
        self.register_buffer("mean", torch.zeros(inputs))
        self.register_buffer("deviation", torch.ones(inputs))
        self.mean: Tensor
        self.deviation: Tensor
        components = torch.zeros(extra_width, EXTRA) if extra_width > EXTRA else None
        self.register_buffer("components", components)
        self.components: Tensor | None
        self.dropout = nn.Dropout(dropout)
        self.project = nn.Linear(MEL_WIDTH + min(extra_width, EXTRA), width)
        self.mix = nn.Linear(3 * width, width)
        self.norm = nn.LayerNorm(width)
        self.activity = nn.Linear(width, len(ACTIVITIES))
        self.attention = nn.Linear(width, len(GROUPS))
        self.inner = nn.ModuleList(nn.Linear(width, width) for _ in GROUPS)
        self.outer = nn.ModuleList(nn.Linear(width, count) for count in GROUPS)
        self.direct = nn.Linear(min(extra_width, EXTRA), sum(GROUPS), bias=False)
        """From the mean of the extra columns: what a linear probe reads of them needs no more."""

    @torch.no_grad()
    def standardise(self, rows: Tensor) -> None:
        """Statistics of the training frames [frames, inputs], and the principal components of wide features."""
        self.mean.copy_(rows.mean(0))
        self.deviation.copy_(rows.std(0).clamp_min(1e-2))
        if self.components is not None:
            extra = ((rows - self.mean) / self.deviation)[:, MEL_WIDTH:]
            values, vectors = torch.linalg.eigh(extra.T @ extra / len(extra))  # rising
            self.components.copy_(vectors[:, -EXTRA:] / values[-EXTRA:].clamp_min(1e-3).sqrt())

    def forward(self, mel: Tensor, extra: Tensor, mask: Tensor) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        """mel [batch, frames, 384], extra [batch, frames, extra width], mask [batch, frames] 1 where a frame counts.

        Logits: instruments [batch, 18], key [batch, 24], role [batch, 18], activity [batch, frames, 2].
        """
        x = (torch.cat([mel, extra], dim=-1) - self.mean) / self.deviation
        heard, beside = x[..., :MEL_WIDTH], x[..., MEL_WIDTH:]
        if self.components is not None:
            beside = beside @ self.components
        mean = (beside * mask[..., None]).sum(1) / mask.sum(1, keepdim=True).clamp_min(1)
        direct = self.direct(self.dropout(mean)).split(GROUPS, dim=-1)
        h = self._encoded(torch.cat([heard, beside], dim=-1))
        voice = self.activity(self._encoded(torch.cat([heard, torch.zeros_like(beside)], dim=-1)))[..., :1]
        weights = (self.attention(h) + (mask[..., None] - 1) * 1e4).softmax(1)
        logits = []
        for group, (inner, outer) in enumerate(zip(self.inner, self.outer, strict=True)):
            pooled = (weights[..., group : group + 1] * h).sum(1)
            logits.append(outer(F.gelu(inner(self.dropout(pooled)))) + direct[group])
        return logits[0], logits[1], logits[2], torch.cat([voice, self.activity(h)[..., 1:]], dim=-1)

    def _encoded(self, x: Tensor) -> Tensor:
        """[batch, frames, inputs] -> [batch, frames, width]"""
        h = F.gelu(self.project(self.dropout(x)))
        h = h + F.gelu(self.mix(torch.cat([shifted(h, -1), h, shifted(h, 1)], dim=-1)))
        normed: Tensor = self.norm(h)
        return normed


def stacked(mel: Tensor) -> Tensor:
    """[4 n, 96] -> [n, 384]"""
    return mel.reshape(-1, MEL_WIDTH)


def mel_statistics(mel: Tensor) -> Tensor:
    """[4 n, 96] -> [n, 288]: mean, deviation and change of the mean since the frame before (0 in the first)."""
    frames = mel.reshape(-1, PER_FRAME, BANDS)
    mean = frames.mean(1)
    deviation = (frames.square().mean(1) - mean.square()).clamp_min(0).sqrt()
    change = mean - torch.cat([mean[:1], mean[:-1]])
    return torch.cat([mean, deviation, change], dim=1)


def sounding(mel: Tensor) -> Tensor:
    """[4 n, 96] -> [n] bool"""
    return mel.reshape(-1, MEL_WIDTH).amax(1) > SILENT
