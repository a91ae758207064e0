"""Training windows of stage 2, drawn by (seed, step) alone."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from sonido.clip_grid import clip_of
from sonido.config import PriorConfig
from sonido.tokenisation import TokenItem


@dataclass
class Window:
    tokens: Tensor
    """[batch, context]"""
    upper: Tensor | None
    """[batch, context / ratio]"""
    clip: Tensor
    """The clip embedding nearest to the window [batch, dimension]."""

    def to(self, device: torch.device) -> Window:
        upper = None if self.upper is None else self.upper.to(device)
        return Window(self.tokens.to(device), upper, self.clip.to(device))


class Windows:
    """Windows start at coarse-token borders, so that all levels line up.

    Every second of the items is as likely as any other; with `recorded_share`, that part of the windows is of items
    that were not rendered, however many hours there are of them.
    """

    def __init__(
        self, items: list[TokenItem], config: PriorConfig, batch: int, seed: int, recorded_share: float | None = None
    ) -> None:
        self.config, self.batch, self.seed = config, batch, seed
        self.per_top = config.upper_ratio**config.level
        self.tops = -(-config.context // self.per_top)
        self.items = [i for i in items if len(i.tokens[0]) >= self.tops]
        if not self.items:
            raise ValueError(f"no item is as long as a window of {self.tops} coarse tokens; prepare longer audio")
        lengths = np.array([len(i.tokens[0]) for i in self.items], dtype=np.float64)
        weights = lengths / lengths.sum()
        if recorded_share is not None:
            rendered = np.array([i.rendered for i in self.items])
            if rendered.all() or not rendered.any():
                raise ValueError("a share of recorded items needs both recorded and rendered ones among the tokens")
            weights *= np.where(rendered, (1 - recorded_share) / weights[rendered].sum(),
                                recorded_share / weights[~rendered].sum())  # fmt: skip
        self._cumulative = np.cumsum(weights)

    def at(self, step: int) -> Window:
        random = np.random.default_rng([self.seed, step])
        picks = []
        for _ in range(self.batch):
            item = self.items[min(len(self.items) - 1, int(np.searchsorted(self._cumulative, random.uniform())))]
            picks.append((item, int(random.integers(len(item.tokens[0]) - self.tops + 1))))
        return self.gather(picks)

    def all_in_order(self, limit: int) -> list[Window]:
        """Non-overlapping windows, spread over the items, at most `limit` batches: the held-out measurement."""
        places = [
            (item, start) for item in self.items for start in range(0, len(item.tokens[0]) - self.tops + 1, self.tops)
        ]
        wanted = limit * self.batch
        chosen = [places[int(i)] for i in np.linspace(0, len(places) - 1, min(wanted, len(places)))]
        return [self.gather(chosen[i : i + self.batch]) for i in range(0, len(chosen), self.batch)]

    def gather(self, picks: list[tuple[TokenItem, int]]) -> Window:
        level, config = self.config.level, self.config
        rows, uppers, clips = [], [], []
        for item, start in picks:
            first = start * self.per_top
            rows.append(item.tokens[level][first : first + config.context])
            if level > 0:
                above = first // config.upper_ratio
                uppers.append(item.tokens[level - 1][above : above + config.context // config.upper_ratio])
            clips.append(item.clips[clip_of(first, config.context, self.per_top, len(item.clips))])
        upper = torch.from_numpy(np.stack(uppers)) if uppers else None
        return Window(torch.from_numpy(np.stack(rows)), upper, torch.from_numpy(np.stack(clips)))
