"""Unigram and bigram yardsticks for the priors, in bits per token on held-out tokens."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from sonido.whole_files import write_arrays

Tokens = NDArray[np.int64]
COUNTS = "ngrams.npz"
"""Counts of the priors' training tokens: beside them in a run, among what is kept of it, in `weights/SIZE`."""


@dataclass(frozen=True)
class Counts:
    """What the yardsticks know of the training tokens of one level."""

    single: NDArray[np.int64]
    """[vocabulary]"""
    pairs: NDArray[np.int64]
    """[vocabulary, vocabulary]: how often a column's token follows a row's."""

    @classmethod
    def of(cls, train: list[Tokens], vocabulary: int) -> Counts:
        single, pairs = np.zeros(vocabulary, np.int64), np.zeros(vocabulary * vocabulary, np.int64)
        for sequence in train:
            single += np.bincount(sequence, minlength=vocabulary)
            pairs += np.bincount(sequence[:-1] * vocabulary + sequence[1:], minlength=vocabulary * vocabulary)
        return cls(single, pairs.reshape(vocabulary, vocabulary))


def save_counts(levels: list[Counts], path: Path) -> None:
    """Compressed, of the pairs only those that occurred."""
    arrays: dict[str, NDArray[np.uint32]] = {}
    for level, counts in enumerate(levels):
        flat = counts.pairs.ravel()
        places = np.flatnonzero(flat)
        arrays[f"single{level}"] = counts.single.astype(np.uint32)
        arrays[f"steps{level}"] = np.diff(places, prepend=0).astype(np.uint32)
        arrays[f"counts{level}"] = flat[places].astype(np.uint32)
    write_arrays(path, arrays, compressed=True)


def read_counts(path: Path) -> list[Counts]:
    levels = []
    with np.load(path) as arrays:
        for level in range(3):
            single = arrays[f"single{level}"].astype(np.int64)
            pairs = np.zeros(len(single) ** 2, np.int64)
            pairs[np.cumsum(arrays[f"steps{level}"].astype(np.int64))] = arrays[f"counts{level}"]
            levels.append(Counts(single, pairs.reshape(len(single), len(single))))
    return levels


def unigram_bits(known: Counts, held_out: list[Tokens]) -> float:
    """Add-one smoothed frequencies."""
    joined = np.concatenate(held_out)
    return float(-np.log2(_unigram(known)[joined]).mean())


def bigram_bits(known: Counts, held_out: list[Tokens]) -> float:
    """p(b | a) = (count(ab) + m p(b)) / (count(a) + m) with the m of 1..1000 that serves the held-out set best.

    Choosing m there favours the yardstick, not the priors. The first token of a sequence counts with the unigram.
    """
    base = _unigram(known)
    totals = known.pairs.sum(1)
    best = np.inf
    count = sum(len(s) for s in held_out)
    for strength in (1, 3, 10, 30, 100, 300, 1000):
        bits = 0.0
        for s in held_out:
            before, after = s[:-1], s[1:]
            conditional = (known.pairs[before, after] + strength * base[after]) / (totals[before] + strength)
            bits -= float(np.log2(conditional).sum() + np.log2(base[s[0]]))
        best = min(best, bits / count)
    return best


def _unigram(known: Counts) -> NDArray[np.float64]:
    counts = known.single + 1.0
    probability: NDArray[np.float64] = counts / counts.sum()
    return probability
