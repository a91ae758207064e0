"""Row, column and previous-row attention over fixed blocks (Jukebox, Dhariwal et al. 2020, section 3.2 and appendix A).

A sequence of blocks x block_length tokens is a matrix with one block a row. Per pattern, a token sees
- row: itself and the earlier tokens of its own block;
- column: the tokens of the same offset in its own and all earlier blocks;
- previous: every token of the block before (nothing in the first block, whose output is zero).

All of it is reshapes and one slice: fixed blocks, no masks of the full size, and it exports to ONNX as is.
"""

from __future__ import annotations

import math
from typing import Literal

import torch
from torch import Tensor, nn
from torch.nn import functional as F

Pattern = Literal["row", "column", "previous"]
PATTERNS: tuple[Pattern, ...] = ("row", "column", "previous")


def dense_mask(pattern: Pattern, blocks: int, block_length: int) -> Tensor:
    """[tokens, tokens] bool, [query, key]; the definition that the fast forms are tested against."""
    position = torch.arange(blocks * block_length)
    row, column = position // block_length, position % block_length
    query, key = position[:, None], position[None]
    if pattern == "row":
        return (row[:, None] == row[None]) & (key <= query)
    if pattern == "column":
        return (column[:, None] == column[None]) & (key <= query)
    return row[None] == row[:, None] - 1


def attend(query: Tensor, key: Tensor, value: Tensor, causal: bool) -> Tensor:
    """softmax(q k / sqrt(d)) v over the last two dimensions, with a causal mask if asked."""
    scores = query @ key.transpose(-1, -2) / math.sqrt(query.shape[-1])
    if causal:
        length = scores.shape[-1]
        future = torch.ones(length, length, dtype=torch.bool, device=scores.device).triu(1)
        scores = scores.masked_fill(future, -1e4)
    return scores.softmax(-1) @ value


class SparseAttention(nn.Module):
    def __init__(self, width: int, heads: int, blocks: int, block_length: int, pattern: Pattern) -> None:
        super().__init__()
        self.heads, self.blocks, self.block_length, self.pattern = heads, blocks, block_length, pattern
        self.project = nn.Linear(width, 3 * width)
        self.out = nn.Linear(width, width)
        first = torch.ones(blocks, 1, 1)
        first[0] = 0
        self.register_buffer("not_first", first, persistent=False)
        self.not_first: Tensor

    def forward(self, x: Tensor) -> Tensor:
        """x [batch, blocks * block_length, width] -> the same shape."""
        batch, length, width = x.shape
        shape = (batch, self.blocks, self.block_length, 3, self.heads, width // self.heads)
        # [3, batch, heads, blocks, block_length, head width]
        query, key, value = self.project(x).reshape(shape).permute(3, 0, 4, 1, 2, 5).unbind(0)
        if self.pattern == "row":
            mixed = attend(query, key, value, causal=True)
        elif self.pattern == "column":
            query, key, value = (t.transpose(2, 3) for t in (query, key, value))
            mixed = attend(query, key, value, causal=True).transpose(2, 3)
        else:
            key, value = (F.pad(t, (0, 0, 0, 0, 1, 0))[:, :, :-1] for t in (key, value))
            mixed = attend(query, key, value, causal=False) * self.not_first
        joined = mixed.permute(0, 2, 3, 1, 4).reshape(batch, length, width)
        projected: Tensor = self.out(joined)
        return projected


class Layer(nn.Module):
    """Pre-norm transformer layer with one of the patterns."""

    def __init__(self, width: int, heads: int, blocks: int, block_length: int, pattern: Pattern, depth: int) -> None:
        super().__init__()
        self.norm1 = nn.LayerNorm(width)
        self.attention = SparseAttention(width, heads, blocks, block_length, pattern)
        self.norm2 = nn.LayerNorm(width)
        self.inner = nn.Linear(width, 4 * width)
        self.outer = nn.Linear(4 * width, width)
        with torch.no_grad():  # residual branches scaled by depth (GPT-2)
            self.attention.out.weight.mul_(1 / math.sqrt(2 * depth))
            self.outer.weight.mul_(1 / math.sqrt(2 * depth))

    def forward(self, x: Tensor) -> Tensor:
        x = x + self.attention(self.norm1(x))
        out: Tensor = x + self.outer(F.gelu(self.inner(self.norm2(x))))
        return out
