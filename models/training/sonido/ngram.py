"""Unigram and bigram yardsticks for the priors, in bits per token on held-out tokens."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Tokens = NDArray[np.int64]


def unigram_bits(train: list[Tokens], held_out: list[Tokens], vocabulary: int) -> float:
    """Add-one smoothed frequencies."""
    probability = _unigram(train, vocabulary)
    joined = np.concatenate(held_out)
    return float(-np.log2(probability[joined]).mean())


def bigram_bits(train: list[Tokens], held_out: list[Tokens], vocabulary: int) -> float:
    """p(b | a) = (count(ab) + m p(b)) / (count(a) + m) with the m of 1..1000 that serves the held-out set best.

    Choosing m there favours the yardstick, not the priors. The first token of a sequence counts with the unigram.
    """
    base = _unigram(train, vocabulary)
    pairs = np.zeros((vocabulary, vocabulary))
    for sequence in train:
        np.add.at(pairs, (sequence[:-1], sequence[1:]), 1)
    totals = pairs.sum(1, keepdims=True)
    best = np.inf
    count = sum(len(s) for s in held_out)
    for strength in (1, 3, 10, 30, 100, 300, 1000):
        conditional = (pairs + strength * base) / (totals + strength)
        bits = sum(-np.log2(conditional[s[:-1], s[1:]]).sum() - np.log2(base[s[0]]) for s in held_out)
        best = min(best, float(bits) / count)
    return best


def _unigram(train: list[Tokens], vocabulary: int) -> NDArray[np.float64]:
    counts = sum((np.bincount(s, minlength=vocabulary) for s in train), np.zeros(vocabulary)) + 1.0
    probability: NDArray[np.float64] = counts / counts.sum()
    return probability
