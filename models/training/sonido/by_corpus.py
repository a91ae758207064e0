"""`python -m sonido.by_corpus`: how well the shipped priors know each corpus, on songs that nothing was trained on.

Equal excerpts from the middle of held-out items of every corpus in the shards; bits per token of each level beside the
bigram's, which was counted on the priors' training tokens. A corpus with fewer bits than its bigram is known; what
matters is the difference, since easy tokens (a solo piano's) need fewer bits of both.
"""

from __future__ import annotations

import argparse
import datetime
from pathlib import Path

import numpy as np
import torch

from sonido.config import SIZES
from sonido.data.clips import Item, read_segment
from sonido.ngram import COUNTS, bigram_bits, read_counts
from sonido.pipeline import held_out_items
from sonido.results import LEVELS, commit, write_section
from sonido.shipped import ShippedModel
from sonido.tokenisation import TOP, TokenItem

TOPS = 512
"""Coarse tokens of an excerpt: 23.8 s, two windows of the coarse prior at least."""


def by_corpus(items: list[Item]) -> dict[str, list[Item]]:
    """Items that are long enough, by the folder of their corpus, in a fixed order that is not the alphabet's."""
    found: dict[str, list[Item]] = {}
    for item in items:
        if item.frames >= TOPS * TOP:
            found.setdefault(item.path.parent.parent.name, []).append(item)
    random = np.random.default_rng(0)
    return {name: [found[name][i] for i in random.permutation(len(found[name]))] for name in sorted(found)}


def tokens_of(model: ShippedModel, item: Item) -> TokenItem:
    start = (item.frames - TOPS * TOP) // 2
    return model.tokens_of(torch.from_numpy(read_segment(item, start, TOPS * TOP)))


def table(model: ShippedModel, items: list[Item], most: int) -> list[str]:
    counts = read_counts(model.folder / COUNTS)
    lines = [
        f"Of each corpus up to {most} held-out items, {TOPS * TOP / 44_100:.1f} s from the middle of each. "
        "Bits per token of the prior / of the bigram.",
        "",
        "| corpus | items | " + " | ".join(LEVELS) + " |",
        "|---" * (2 + len(LEVELS)) + "|",
    ]
    for name, all_of_it in by_corpus(items).items():
        chosen = [tokens_of(model, item) for item in all_of_it[:most]]
        cells = []
        for level in range(len(LEVELS)):
            own = float(np.mean([model.bits_per_token(item, level) for item in chosen]))
            bigram = bigram_bits(counts[level], [item.tokens[level] for item in chosen])
            cells.append(f"{own:.2f} / {bigram:.2f}")
        lines.append(f"| {name} | {len(chosen)} | " + " | ".join(cells) + " |")
        print(lines[-1], flush=True)
    return lines


def main() -> None:
    parser = argparse.ArgumentParser(prog="sonido.by_corpus", description=__doc__)
    parser.add_argument("--shards", required=True)
    parser.add_argument("--size", choices=list(SIZES), default="S")
    parser.add_argument("--weights", help="a release's weights/ instead of those in the repository")
    parser.add_argument("--pack", help="a release's pack instead of that in the repository")
    parser.add_argument("--items", type=int, default=6, help="at most so many of each corpus")
    parser.add_argument("--results", help="Markdown file that takes the table")
    a = parser.parse_args()
    torch.set_num_threads(1)
    model = ShippedModel(a.size, Path(a.weights) if a.weights else None, Path(a.pack) if a.pack else None)
    lines = table(model, held_out_items(Path(a.shards)), a.items)
    if a.results:
        about = f"{datetime.date.today().isoformat()}, commit {commit()}, seed 0."
        title = f"## What the priors of `{a.size}` know of each corpus"
        write_section(Path(a.results), f"corpora-{a.size}", [title, "", about, "", *lines])


if __name__ == "__main__":
    main()
