"""The project's own clip embedding: the global condition of the priors, in the place of CLAP.

A small pooled network over the frozen stage-1 encoder's coarse features, trained contrastively (InfoNCE, both
directions) against what the renderer knows about a clip: instrument families, drums, voice, key and tempo.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F

FAMILIES = 16
TAGS = FAMILIES + 2 + 24 + 8
"""General MIDI families, drums, voice, keys, tempo classes."""
TONICS = ("C", "C#", "D", "D#", "E", "F", "F#", "G", "G#", "A", "A#", "B")


class ClipEmbedding(nn.Module):
    def __init__(self, feature_width: int, dimension: int) -> None:
        super().__init__()
        self.norm = nn.LayerNorm(feature_width)
        self.inner = nn.Linear(feature_width, 2 * dimension)
        self.out = nn.Linear(4 * dimension, dimension)

    def forward(self, features: Tensor) -> Tensor:
        """Coarse encoder features [batch, time, width] -> unit vectors [batch, dimension] times sqrt(dimension)."""
        hidden = F.gelu(self.inner(self.norm(features.to(self.inner.weight.dtype))))
        mean = hidden.mean(1)
        spread = (hidden.square().mean(1) - mean.square()).clamp_min(1e-5).sqrt()
        joined: Tensor = self.out(torch.cat([mean, spread], dim=-1))
        scaled: Tensor = F.normalize(joined, dim=-1) * joined.shape[-1] ** 0.5
        return scaled


class TagEncoder(nn.Module):
    """Tags [batch, TAGS] in 0..1 -> [batch, dimension]; used in training only."""

    def __init__(self, dimension: int) -> None:
        super().__init__()
        self.inner = nn.Linear(TAGS, 2 * dimension)
        self.out = nn.Linear(2 * dimension, dimension)
        self.log_scale = nn.Parameter(torch.tensor(2.0))

    def forward(self, tags: Tensor) -> Tensor:
        encoded: Tensor = self.out(F.gelu(self.inner(tags)))
        return F.normalize(encoded, dim=-1)


def contrastive_loss(clip: Tensor, tags: Tensor, tag_vectors: Tensor, log_scale: Tensor) -> Tensor:
    """Symmetric InfoNCE; pairs of clips with equal tags are no negatives of each other."""
    logits = log_scale.exp().clamp(max=100) * F.normalize(clip, dim=-1) @ tag_vectors.t()
    same = (tags[:, None] - tags[None]).abs().sum(-1) < 1e-6
    same.fill_diagonal_(False)
    logits = logits.masked_fill(same, -1e4)
    target = torch.arange(len(clip), device=clip.device)
    return (F.cross_entropy(logits, target) + F.cross_entropy(logits.t(), target)) / 2


def tags_of(truth: dict[str, object], start: float, end: float) -> Tensor:
    """[TAGS] from a truth.json for the span [start, end) in seconds: what sounds there, its key and its tempo."""
    tags = torch.zeros(TAGS)
    stems = truth.get("stems", [])
    assert isinstance(stems, list)
    for stem in stems:
        if not any(n[0] < end and n[0] + n[1] > start for n in stem["notes"]):
            continue
        if stem["drums"]:
            tags[FAMILIES] = 1
        else:
            tags[stem["program"] // 8] = 1
        if stem["voice"]:
            tags[FAMILIES + 1] = 1
    keys = truth.get("keys", [])
    assert isinstance(keys, list)
    current = [name for time, name in keys if time <= end]
    if current:
        tonic, _, mode = current[-1].partition(":")
        if tonic in TONICS:
            tags[FAMILIES + 2 + 2 * TONICS.index(tonic) + (mode == "min")] = 1
    beats = truth.get("beats", [])
    assert isinstance(beats, list)
    inside = [time for time, _ in beats if start <= time < end]
    if len(inside) >= 3:
        tempo = 60 * (len(inside) - 1) / (inside[-1] - inside[0])
        tags[FAMILIES + 2 + 24 + int(min(7, max(0, (tempo - 50) // 20)))] = 1
    return tags
