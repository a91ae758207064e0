"""A larger codec that begins where a smaller one ended.

Widths: every channel is doubled and what reads it is shared between the copies in random parts, so the function stays
the same and the copies part ways (Net2WiderNet, Chen et al. 2016; layer norms keep their mean and variance).
Codebooks: every code is split into four by k-means within its own cell (Linde, Buzo and Gray 1980); code k becomes
4k .. 4k + 3, so a prior of the smaller codec knows the new tokens, too.
"""

from __future__ import annotations

import torch
from torch import Tensor

from sonido.codebook_start import k_means
from sonido.hqvae import HQVAE
from sonido.quantiser import squared_distances
from sonido.stereo import to_mid_side

MOST_TARGETS = 60_000
"""Per level, to split codes by."""


def _segments(size: int, width: int, dimension: int) -> list[int]:
    """Sizes of the parts that a dimension of a weight is joined from."""
    if size == width + dimension:
        return [dimension, width]  # the order of `TopDownLevel.target`
    return [width] * (size // width) if size % width == 0 else [size]


def sources(size: int, wanted: int, width: int, dimension: int) -> Tensor:
    """For each of `wanted` positions the position of the smaller dimension that it copies."""
    if size == wanted:
        return torch.arange(size)
    if wanted != 2 * size:
        raise ValueError(f"a dimension of {size} cannot grow to {wanted}, expected {2 * size}")
    parts, first = [], 0
    for part in _segments(size, width, dimension):
        parts.append(torch.arange(first, first + part).repeat(2))
        first += part
    return torch.cat(parts)


def widened(old: Tensor, shape: torch.Size, width: int, dimension: int) -> Tensor:
    """`old` brought to `shape`: rows (what is computed) copied, columns (what is read) shared."""
    maps = [sources(o, n, width, dimension) for o, n in zip(old.shape, shape, strict=True)]
    new = old
    for axis, index in enumerate(maps):
        new = new.index_select(axis, index)
    if old.dim() != 2 or old.shape[1] == shape[1]:
        return new
    share = torch.full_like(new, 0.0)
    drawn = 0.5 + 0.15 * torch.randn(shape[0], old.shape[1]).clamp(-2, 2)
    seen = torch.zeros(old.shape[1], dtype=torch.bool)
    for column, source in enumerate(maps[1].tolist()):
        share[:, column] = 1 - drawn[:, source] if seen[source] else drawn[:, source]
        seen[source] = True
    return new * share


@torch.no_grad()
def grow_codec(larger: HQVAE, smaller: HQVAE, audio: list[Tensor]) -> None:
    """Weights of `larger` in place; `audio` is a list of batches [batch, 2, time] that show how codes are used."""
    width, dimension = smaller.config.width, smaller.config.code_dimension
    known = smaller.state_dict()
    grown = larger.state_dict()
    for name, old in known.items():
        if name.endswith(".places"):
            continue
        grown[name] = widened(old, grown[name].shape, width, dimension)
        if name.endswith(".log_variance") and larger.config.code_dimension == 2 * dimension:
            grown[name] = old + torch.log(torch.tensor(2.0))  # squared distances double
    for number, targets in enumerate(_targets(smaller, audio)):
        codebook = smaller.levels[number].quantisers[0].codebook
        name = f"levels.{number}.quantisers.0.places"
        codes, size = grown[name].shape
        split = split_codes(codebook, targets, codes // len(codebook))
        grown[name] = split.index_select(1, sources(dimension, size, width, dimension))
    larger.load_state_dict(grown)


def split_codes(codebook: Tensor, targets: Tensor, parts: int) -> Tensor:
    """[codes, dimension] -> [codes * parts, dimension]: per cell the centres of the targets [n, dimension] in it."""
    nearest = squared_distances(targets[None], codebook)[0].argmin(-1)
    spread = (targets - codebook[nearest]).square().mean().sqrt()
    pieces = []
    for index, code in enumerate(codebook):
        inside = targets[nearest == index]
        if len(inside) < 2 * parts:
            pieces.append(code + 0.3 * spread * torch.randn(parts, codebook.shape[1]))
        else:
            pieces.append(k_means(inside, parts)[0])
    return torch.cat(pieces)


def _targets(model: HQVAE, audio: list[Tensor]) -> list[Tensor]:
    """What each level of the codec is asked to quantise, [n, dimension] per level."""
    found: list[list[Tensor]] = [[] for _ in model.levels]
    for part in audio:
        features = model.encoder(to_mid_side(part))
        state: Tensor | None = None
        for number, (level, feature) in enumerate(zip(model.levels, features, strict=True)):
            prepared = level.prepare(state)
            target = level.target(prepared, feature)
            found[number].append(target.float().flatten(0, 1))
            code = level.quantise(target, 1.0, "hard")[0]
            state = code if prepared is None else prepared + code
    joined = [torch.cat(parts) for parts in found]
    return [t[torch.randperm(len(t))[:MOST_TARGETS]] for t in joined]
