"""Hidden states of all depths for a short piece: windows, shift and clip condition as in `sonido.features`."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor

from sonido.clip_embedding import ClipEmbedding
from sonido.clip_grid import clip_of
from sonido.clip_stage import embed_long, load_clip
from sonido.config import PriorConfig, model_config
from sonido.hqvae import HQVAE
from sonido.pipeline import load_codec, load_priors
from sonido.prior import Prior
from sonido.shipped import ShippedModel
from sonido.tokenisation import TOP, encode_chunk

MEDIUM_PER_TOP = 4
FINE_PER_MEDIUM = 4


@dataclass(frozen=True)
class Extractor:
    codec: HQVAE
    clip: ClipEmbedding | None
    """None leaves the condition out."""
    priors: list[Prior]

    def fingerprint(self) -> str:
        """Eight digits that follow from the weights, so that no cache is taken for another network's."""
        digest = hashlib.sha256()
        for module in (self.codec, *([] if self.clip is None else [self.clip]), *self.priors):
            for name, tensor in module.state_dict().items():
                digest.update(name.encode())
                digest.update(tensor.contiguous().numpy().tobytes())
        return digest.hexdigest()[:8]


AnyExtractor = Extractor | ShippedModel


def named(label: str, extractor: AnyExtractor) -> str:
    """The folder of a cache for an extractor: `label` (a run folder's name, say) and its fingerprint."""
    return f"{re.sub(r'[^A-Za-z0-9.]+', '-', label)}-{extractor.fingerprint()}"


@dataclass(frozen=True)
class States:
    """Per level [frames, depths, width]; the fine level is averaged to the medium one's rate (86.13 Hz)."""

    coarse: Tensor
    medium: Tensor
    fine: Tensor
    encoder: tuple[Tensor, ...]
    """Stage 1's features of the three levels, [frames, width], the fine one averaged too; a pack gives none."""
    clips: Tensor
    """Clip embeddings on their grid [count, dimension]; none without the condition."""


def trained(run: Path, size: str, conditioned: bool = True) -> Extractor:
    config = model_config(size)
    clip = load_clip(run, config) if conditioned else None
    return Extractor(load_codec(run, size), clip, load_priors(run, config))


def untrained(size: str, seed: int) -> Extractor:
    """The architecture of a size as drawn from `seed`: stage 1, clip embedding and priors."""
    config = model_config(size)
    torch.manual_seed(seed)
    clip = ClipEmbedding(config.clip_dimension).eval()
    return Extractor(HQVAE(config.codec).eval(), clip, [Prior(c).eval() for c in config.priors])


StatesOfWindows = Callable[[Tensor, Tensor | None, Tensor, Tensor], Tensor]
"""Tokens [batch, context], those above, clips and whether they count -> [batch, context - 1, depths, width]."""


@torch.no_grad()
def prior_states(prior: Prior, tokens: Tensor, upper: Tensor | None, clips: Tensor) -> Tensor:
    """[length, depths, width] of all `tokens` [length]; row i has seen token i. Depth 0 is before the first layer.

    clips [count, dimension] of the whole piece; of length 0 to leave the condition out.
    """

    def states(windows: Tensor, above: Tensor | None, given: Tensor, keep: Tensor) -> Tensor:
        return torch.stack(prior.hidden_states(windows, above, given, keep), dim=2)[:, 1:]

    return in_windows(prior.config, states, tokens, upper, clips)


def in_windows(
    c: PriorConfig, states_of_windows: StatesOfWindows, tokens: Tensor, upper: Tensor | None, clips: Tensor
) -> Tensor:
    """As `prior_states`, from whatever computes the states of a prior's windows."""
    half, length = c.context // 2, len(tokens)
    starts = [0]
    while starts[-1] + c.context - 1 < length:
        starts.append(starts[-1] + half)
    end = starts[-1] + c.context
    padded = torch.cat([tokens, torch.full((end - length,), c.vocabulary)])
    windows = torch.stack([padded[s : s + c.context] for s in starts])
    above: Tensor | None = None
    if upper is not None and c.upper_vocabulary is not None:
        r = c.upper_ratio
        filled = torch.cat([upper, torch.full((max(0, end // r - len(upper)),), c.upper_vocabulary)])
        above = torch.stack([filled[s // r : (s + c.context) // r] for s in starts])
    batch = len(starts)
    given, keep = torch.zeros(batch, c.clip_dimension), torch.zeros(batch, 1)
    if len(clips):
        keep = torch.ones(batch, 1)
        given = torch.stack([clips[clip_of(s, c.context, c.upper_ratio**c.level, len(clips))] for s in starts])
    stacked = states_of_windows(windows, above, given, keep)
    pieces, first = [], 0
    for number, start in enumerate(starts):
        last = min(length, start + c.context - 1)
        pieces.append(stacked[number, first - start : last - start])
        first = last
    return torch.cat(pieces)


def averaged(x: Tensor, count: int) -> Tensor:
    """[count * n, ...] -> [n, ...]"""
    mean: Tensor = x.reshape(-1, count, *x.shape[1:]).mean(1)
    return mean


@torch.no_grad()
def states_of(extractor: AnyExtractor, audio: Tensor) -> States:
    """audio [2, time] with time a multiple of 2048. What is shipped has one depth."""
    if audio.shape[1] % TOP:
        raise ValueError(f"audio has {audio.shape[1]} samples, expected a multiple of {TOP}; pad it")
    if isinstance(extractor, ShippedModel):
        return _shipped_states(extractor, audio)
    levels, from_encoder = encode_chunk(extractor.codec, audio[None])
    coarse, medium, fine = (t[0] for t in levels)
    upper = (None, coarse, medium)
    clips = torch.zeros(0, 0) if extractor.clip is None else embed_long(extractor.clip, audio)
    states = [
        prior_states(prior, tokens, above, clips)
        for prior, tokens, above in zip(extractor.priors, (coarse, medium, fine), upper, strict=True)
    ]
    encoder = (from_encoder[0][0], from_encoder[1][0], averaged(from_encoder[2][0], FINE_PER_MEDIUM))
    return States(states[0], states[1], averaged(states[2], FINE_PER_MEDIUM), encoder, clips)


def _shipped_states(model: ShippedModel, audio: Tensor) -> States:
    levels = [level[0] for level in model.encode(audio[None])]
    embedded = model.clips(audio)
    clips = torch.zeros(0, 0) if embedded is None else torch.from_numpy(embedded)
    coarse, medium, fine = (
        in_windows(config, states, tokens, upper, clips)
        for config, states, tokens, upper in zip(
            model.priors, model.states_of_windows, levels, (None, *levels[:2]), strict=True
        )
    )
    return States(coarse, medium, averaged(fine, FINE_PER_MEDIUM), (), clips)
