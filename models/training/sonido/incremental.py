"""A prior one token at a time: keys and values of the positions before are kept, so a step costs one position.

The arithmetic is that of `Prior.forward` (tested); n tokens cost n positions in the place of n whole windows.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor
from torch.nn import functional as F

from sonido.prior import Prior
from sonido.sparse_attention import SparseAttention


class IncrementalPrior:
    """One window of `prior`'s context; call `step` with the token before each position, in order."""

    def __init__(self, prior: Prior, upper: Tensor | None, clip: Tensor, keep_clip: Tensor) -> None:
        """upper [batch, context / ratio] or None at the top; clip [batch, clip dimension]; keep_clip [batch, 1]."""
        self.prior, config = prior, prior.config
        self.position = 0
        self.prefix, self.everywhere = prior.condition(clip, keep_clip)
        self.fixed = (prior.row_position + prior.column_position).flatten(0, 1)[None]
        if prior.conditioner is not None:
            if upper is None:
                raise ValueError(f"the prior of level {config.level} needs the tokens of the level above")
            self.fixed = self.fixed + prior.conditioner(upper)
        shape = (len(clip), config.heads, config.context, config.width // config.heads)
        self.keys = [torch.zeros(shape) for _ in prior.layers]
        self.values = [torch.zeros(shape) for _ in prior.layers]

    def step(self, before: Tensor | None) -> Tensor:
        """Logits [batch, vocabulary] of the next position; `before` [batch] is the token before it, None at first."""
        prior = self.prior
        x = (self.prefix if before is None else prior.embed(before) + self.everywhere) + self.fixed[:, self.position]
        for index, layer in enumerate(prior.layers):
            x = x + self._attend(index, layer.attention, layer.norm1(x))
            x = x + layer.outer(F.gelu(layer.inner(layer.norm2(x))))
        self.position += 1
        logits: Tensor = prior.head(prior.norm(x))
        return logits

    def _attend(self, index: int, attention: SparseAttention, x: Tensor) -> Tensor:
        """x [batch, width] at the current position."""
        batch, width = x.shape
        query, key, value = attention.project(x).reshape(batch, 3, attention.heads, 1, -1).unbind(1)
        at = self.position
        self.keys[index][:, :, at : at + 1], self.values[index][:, :, at : at + 1] = key, value
        seen = _seen(attention, at)
        if seen is None:
            return F.linear(torch.zeros(batch, width), attention.out.weight, attention.out.bias)
        scores = query @ self.keys[index][:, :, seen].transpose(-1, -2) / math.sqrt(query.shape[-1])
        mixed = scores.softmax(-1) @ self.values[index][:, :, seen]
        out: Tensor = attention.out(mixed.reshape(batch, width))
        return out


def _seen(attention: SparseAttention, at: int) -> slice | None:
    """Positions that position `at` sees, None for none: `dense_mask` as a slice."""
    length = attention.block_length
    row, column = divmod(at, length)
    if attention.pattern == "row":
        return slice(row * length, at + 1)
    if attention.pattern == "column":
        return slice(column, at + 1, length)
    return slice((row - 1) * length, row * length) if row else None
