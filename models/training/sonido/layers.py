"""Building blocks on channels-last sequences [batch, time, channels].

Convolutions over time are written as a concatenation of shifted copies and one matrix product: the same arithmetic as a
1-D convolution with kernel 3, but the fast path (bf16 matrix products) on CPUs without a GPU's convolution kernels.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Generic, TypeVar, cast

import torch
from torch import Tensor, nn
from torch.nn import functional as F

Item = TypeVar("Item", bound=nn.Module)


class ModuleSequence(nn.ModuleList, Generic[Item]):
    """A ModuleList whose items keep their type for the type checker."""

    def __init__(self, modules: Iterable[Item]) -> None:
        super().__init__(modules)

    def __iter__(self) -> Iterator[Item]:
        return cast(Iterator[Item], super().__iter__())

    def __getitem__(self, index: int) -> Item:  # type: ignore[override]
        return cast(Item, super().__getitem__(index))


def shifted(x: Tensor, offset: int) -> Tensor:
    """x[t + offset] with zeros outside; same shape as x [batch, time, channels]."""
    if offset == 0:
        return x
    length = x.shape[1]
    if offset > 0:
        return F.pad(x, (0, 0, 0, offset))[:, offset : offset + length]
    return F.pad(x, (0, 0, -offset, 0))[:, :length]


class ResidualBlock(nn.Module):
    """x + W2 gelu(W1 [x(t-d), x(t), x(t+d)]) after a layer norm; sees d positions to both sides."""

    def __init__(self, width: int, dilation: int, expansion: int = 2) -> None:
        super().__init__()
        self.dilation = dilation
        self.norm = nn.LayerNorm(width)
        self.inner = nn.Linear(3 * width, expansion * width)
        self.outer = nn.Linear(expansion * width, width)
        # A residual branch that starts small keeps deep stacks close to the identity at step 0.
        with torch.no_grad():
            self.outer.weight.mul_(0.1)

    def forward(self, x: Tensor) -> Tensor:
        y = self.norm(x)
        y = torch.cat([shifted(y, -self.dilation), y, shifted(y, self.dilation)], dim=-1)
        out: Tensor = x + self.outer(F.gelu(self.inner(y)))
        return out


class Stack(nn.Module):
    """`count` residual blocks with dilations 1, 3, 1, 3, ..."""

    def __init__(self, width: int, count: int, expansion: int = 2) -> None:
        super().__init__()
        self.blocks = ModuleSequence(ResidualBlock(width, 3 if index % 2 else 1, expansion) for index in range(count))

    @property
    def reach(self) -> int:
        """Positions seen to each side."""
        return sum(3 if index % 2 else 1 for index in range(len(self.blocks)))

    def forward(self, x: Tensor) -> Tensor:
        for block in self.blocks:
            x = block(x)
        return x


class Down(nn.Module):
    """Four positions into one: [b, 4t, c] -> [b, t, c]."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.project = nn.Linear(4 * width, width)

    def forward(self, x: Tensor) -> Tensor:
        batch, time, width = x.shape
        joined: Tensor = self.project(x.reshape(batch, time // 4, 4 * width))
        return joined


class Up(nn.Module):
    """One position into four: [b, t, c] -> [b, 4t, c]."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.project = nn.Linear(width, 4 * width)

    def forward(self, x: Tensor) -> Tensor:
        batch, time, width = x.shape
        lifted: Tensor = self.project(x)
        return lifted.reshape(batch, time * 4, width)
