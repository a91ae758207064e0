"""Mid/side stereo with an orthonormal rotation, so that errors weigh the same in both forms."""

from __future__ import annotations

import math

import torch
from torch import Tensor


def to_mid_side(audio: Tensor) -> Tensor:
    """[batch, 2 (left, right), time] -> [batch, 2 (mid, side), time]."""
    left, right = audio[:, 0], audio[:, 1]
    return torch.stack([left + right, left - right], dim=1) / math.sqrt(2.0)


def to_left_right(audio: Tensor) -> Tensor:
    """Inverse of `to_mid_side` (the rotation is its own inverse)."""
    return to_mid_side(audio)
