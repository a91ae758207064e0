"""Temperatures that make the head's probabilities honest: one per output, fitted on songs it has not been trained on.

Guo et al., On Calibration of Modern Neural Networks, 2017: logits divided by one number leave every ranking as it was.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional as F

from sonido.tagging.examples import Example
from sonido.tagging.head import TaggingHead

GRID = tuple(float(t) for t in np.exp(np.linspace(np.log(0.4), np.log(4), 47)))
BINS = 10


@dataclass(frozen=True)
class Temperatures:
    instruments: float = 1.0
    key: float = 1.0
    role: float = 1.0
    activity: float = 1.0


@dataclass
class Logits:
    """Of all examples that have the label: logits and truth (class numbers, or 0 and 1 for what may sound together)."""

    instruments: tuple[Tensor, Tensor]
    key: tuple[Tensor, Tensor]
    role: tuple[Tensor, Tensor]
    activity: tuple[Tensor, Tensor]


@torch.no_grad()
def logits_of(head: TaggingHead, examples: list[Example]) -> Logits:
    found: dict[str, list[tuple[Tensor, Tensor]]] = {n: [] for n in ("instruments", "key", "role", "activity")}
    for e in examples:
        instruments, key, role, activity = head(e.mel[None], e.extra[None], e.mask[None])
        known = e.known > 0
        found["instruments"].append((instruments[0][known], e.instruments[known]))
        found["activity"].append((activity[0][e.mask > 0].flatten(), e.activity[e.mask > 0].flatten()))
        if e.key >= 0:
            found["key"].append((key, torch.tensor([e.key])))
        if e.role >= 0:
            found["role"].append((role, torch.tensor([e.role])))

    def joined(name: str) -> tuple[Tensor, Tensor]:
        pairs = found[name]
        if not pairs:
            return torch.zeros(0), torch.zeros(0)
        return torch.cat([x for x, _ in pairs]), torch.cat([y for _, y in pairs])

    return Logits(joined("instruments"), joined("key"), joined("role"), joined("activity"))


def best_temperature(logits: Tensor, truth: Tensor) -> float:
    """The temperature of GRID with the smallest cross-entropy; 1 without examples."""
    if not len(logits):
        return 1.0

    def cost(temperature: float) -> float:
        scaled = logits / temperature
        if logits.ndim == 1:
            return F.binary_cross_entropy_with_logits(scaled, truth).item()
        return F.cross_entropy(scaled, truth).item()

    return min(GRID, key=cost)


def fit_temperatures(head: TaggingHead, examples: list[Example]) -> Temperatures:
    found = logits_of(head, examples)
    return Temperatures(*(best_temperature(*getattr(found, n)) for n in ("instruments", "key", "role", "activity")))


def confidence_error(confidence: NDArray[np.float32], right: NDArray[np.bool_]) -> float:
    """Expected calibration error: distance of confidence and share of hits in ten bins, weighted by their counts."""
    bins = np.minimum(BINS - 1, (confidence * BINS).astype(int))
    gaps = [
        (bins == b).mean() * abs(confidence[bins == b].mean() - right[bins == b].mean()) for b in set(bins.tolist())
    ]
    return float(np.sum(gaps))


def errors(head: TaggingHead, examples: list[Example], temperatures: Temperatures) -> dict[str, float]:
    """Confidence error of each output that has labels among `examples`."""
    found = logits_of(head, examples)
    result: dict[str, float] = {}
    for name in ("instruments", "key", "role", "activity"):
        logits, truth = getattr(found, name)
        if not len(logits):
            continue
        scaled = logits / getattr(temperatures, name)
        if logits.ndim == 1:
            probability = scaled.sigmoid()
            result[name] = confidence_error(probability.numpy(), truth.numpy() > 0.5)
        else:
            confidence, index = scaled.softmax(-1).max(-1)
            result[name] = confidence_error(confidence.numpy(), (index == truth).numpy())
    return result
