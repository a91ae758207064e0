"""Data-dependent codebooks: after a short continuous warm-up, each codebook starts at the k-means centres of what it is
to quantise, and each variance at the spread about them. Levels and layers are done in order, since each depends on the
codes before it.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from sonido.flat_codec import FlatCodec
from sonido.hqvae import HQVAE
from sonido.quantiser import StochasticQuantiser, squared_distances
from sonido.stereo import to_mid_side

LLOYD_STEPS = 8
MOST_POINTS = 60_000
"""That centres are sought among."""


def k_means(points: Tensor, codes: int) -> tuple[Tensor, float]:
    """[n, d] -> ([codes, d], mean squared distance to the nearest centre per dimension)."""
    points = points.float()
    if len(points) > MOST_POINTS:
        points = points[torch.randperm(len(points))[:MOST_POINTS]]
    if len(points) < codes:
        points = points.repeat(-(-codes // len(points)), 1)
    centres = points[torch.randperm(len(points))[:codes]].clone()
    distances = torch.zeros(len(points), device=points.device)
    for _ in range(LLOYD_STEPS):
        best, index = squared_distances(points[None], centres)[0].min(-1)
        distances = best
        counts = torch.bincount(index, minlength=codes)
        sums = torch.zeros_like(centres).index_add_(0, index, points)
        used = counts > 0
        centres[used] = sums[used] / counts[used, None]
        dead = int((~used).sum())
        if dead:
            centres[~used] = points[distances.topk(dead).indices]
    # Equal centres would share their tokens for ever.
    centres += 1e-3 * points.std() * torch.randn_like(centres)
    return centres, float(distances.mean() / points.shape[1])


@torch.no_grad()
def start_codebooks(model: nn.Module, audio: list[Tensor]) -> None:
    """In place, from a list of batches [batch, 2, time]."""
    if isinstance(model, HQVAE):
        _start_hierarchy(model, audio)
    elif isinstance(model, FlatCodec):
        rest = torch.cat([model.target(part).flatten(0, 1) for part in audio])
        for codebook in model.codebooks:
            centres, _ = k_means(rest, codebook.shape[0])
            codebook.copy_(centres)
            rest = rest - centres[squared_distances(rest[None], centres)[0].argmin(-1)]
    else:
        raise TypeError(f"no codebook start for {type(model).__name__}")


@torch.no_grad()
def revive_codes(model: nn.Module, audio: list[Tensor]) -> int:
    """Codes of a hierarchy that none of the batches uses move onto random targets; returns how many moved."""
    if not isinstance(model, HQVAE):
        return 0
    return _start_hierarchy(model, audio, only_dead=True)


def _revive(quantiser: StochasticQuantiser, rest: Tensor) -> int:
    index = squared_distances(rest[None], quantiser.codebook)[0].argmin(-1)
    dead = (torch.bincount(index, minlength=quantiser.codebook.shape[0]) == 0).nonzero().flatten()
    chosen = rest[torch.randint(len(rest), (len(dead),), device=rest.device)]
    quantiser.replace(dead, chosen + 0.05 * rest.std() * torch.randn_like(chosen))
    return len(dead)


def _start_hierarchy(model: HQVAE, audio: list[Tensor], only_dead: bool = False) -> int:
    moved = 0
    features = [model.encoder(to_mid_side(part)) for part in audio]
    states: list[Tensor | None] = [None] * len(audio)
    for number, level in enumerate(model.levels):
        prepared = [level.prepare(state) for state in states]
        targets = [level.target(p, f[number]).float() for p, f in zip(prepared, features, strict=True)]
        rest = torch.cat([t.flatten(0, 1) for t in targets])
        for quantiser in level.quantisers:
            if only_dead:
                moved += _revive(quantiser, rest)
            else:
                centres, variance = k_means(rest, quantiser.codebook.shape[0])
                quantiser.places.copy_(centres)
                quantiser.log_variance.fill_(max(variance, 1e-4)).log_()
            rest = rest - quantiser.codebook[squared_distances(rest[None], quantiser.codebook)[0].argmin(-1)]
        for index, (target, before) in enumerate(zip(targets, prepared, strict=True)):
            code = level.quantise(target, 1.0, "hard")[0].to(target.dtype)
            states[index] = code if before is None else before + code
    return moved
