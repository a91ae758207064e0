"""SoniDo features: hidden states of the priors at one depth, aligned to the tokens, and the graphs that compute them.

The feature of frame i is the state that has seen token i: the prior's inputs are shifted by one, so it is the state at
position i + 1. A state depends on the tokens before, on those above that the conditioner sees, and on the clip
embedding.

The condition follows from the file alone, however it is cut into chunks. With T = ceil(samples / 2048) coarse tokens of
audio at 44.1 kHz (after the last sample: silence):
- clip k covers the coarse tokens [128 k, 128 k + 256), that is the samples [262144 k, 262144 k + 524288);
- there are K = floor((T - 256) / 128) + 1 of them when T >= 256, and else one, with silence after the end of the file;
- the window of a prior of level l that begins at its token s (a multiple of half its context) takes the clip
  k = clamp(floor((c - 128 + 64) / 128), 0, K - 1), where c = (s + context / 2) / 4^l is the window's nominal centre in
  coarse tokens, a whole number, also where the window reaches beyond the end of the file.
`sonido.clip_grid` holds these rules. The embedding hears 11.9 s around the window's centre: so far features see ahead.
"""

from __future__ import annotations

from pathlib import Path

import torch
from torch import Tensor, nn

from sonido.clip_embedding import ClipEmbedding
from sonido.clip_grid import clip_of
from sonido.hqvae import HQVAE
from sonido.onnx_export import Graph, QuantiserGraph, clip_graph
from sonido.onnx_parity import session
from sonido.prior import Prior
from sonido.results import LEVELS
from sonido.stereo import to_mid_side
from sonido.tokenisation import CONTEXT, TOP, Encode


class TokeniseGraph(nn.Module):
    """Stage 1's encoder and quantiser: audio [batch, 2, time] -> tokens per level as float32 [batch, tokens].

    Whole numbers in float32 are exact and are what every execution provider takes.
    """

    def __init__(self, model: HQVAE) -> None:
        super().__init__()
        self.encoder = model.encoder
        self.quantiser = QuantiserGraph(model)

    def forward(self, audio: Tensor) -> tuple[Tensor, ...]:
        tokens = self.quantiser(*self.encoder(to_mid_side(audio)))
        return tuple(level.float() for level in tokens)


class FeatureGraph(nn.Module):
    """Window of tokens [batch, context] (and those above) as float32, clip embedding -> [batch, context - 1, width]."""

    def __init__(self, prior: Prior, layer: int | None = None) -> None:
        super().__init__()
        self.prior = prior
        self.layer = prior.feature_layer if layer is None else layer

    def forward(self, tokens: Tensor, *rest: Tensor) -> Tensor:
        """`rest` is (clip) at the top and (upper, clip) below."""
        above = rest[0].long() if len(rest) == 2 else None
        states = self.prior.hidden_states(tokens.long(), above, rest[-1], tokens.new_ones(tokens.shape[0], 1))
        return states[self.layer][:, 1:]


def tokenise_graph(model: HQVAE) -> Graph:
    """Of audio of any length in whole coarse tokens."""
    audio = 0.1 * torch.randn(2, 2, (4 * CONTEXT) * TOP, generator=torch.Generator().manual_seed(0))
    return Graph("tokenise", TokeniseGraph(model), {"audio": audio}, LEVELS, ((2, "samples"),))


def in_onnxruntime(graph: Path) -> Encode:
    """The tokens of each level by an exported `tokenise` graph: on one core twice as fast as PyTorch (LOG.md)."""
    run = session(graph)
    return lambda audio: [torch.from_numpy(level).long() for level in run.run(list(LEVELS), {"audio": audio.numpy()})]


def feature_graphs(
    model: HQVAE, clip: ClipEmbedding, priors: list[Prior], layers: list[int] | None = None
) -> list[Graph]:
    """`tokenise`, `clip` and `features0..2`; `layers` is the depth per level (default: the middle of each prior)."""
    generator = torch.Generator().manual_seed(0)
    result = [tokenise_graph(model), clip_graph(clip)]
    for prior in priors:
        c = prior.config
        inputs = {"tokens": torch.randint(c.vocabulary, (2, c.context), generator=generator).float()}
        if c.upper_vocabulary is not None:
            shape = (2, c.context // c.upper_ratio)
            inputs["upper"] = torch.randint(c.upper_vocabulary, shape, generator=generator).float()
        inputs["clip"] = torch.randn(2, c.clip_dimension, generator=generator)
        layer = prior.feature_layer if layers is None else layers[c.level]
        result.append(Graph(f"features{c.level}", FeatureGraph(prior, layer), inputs, ("features",)))
    return result


@torch.no_grad()
def level_features(
    prior: Prior, tokens: Tensor, upper: Tensor | None, clips: Tensor, layer: int | None = None
) -> Tensor:
    """Features [length, width] of all `tokens` [length] of a piece; upper [>= length / ratio] are the tokens above.

    clips [count, dimension] are the clip embeddings of the whole piece.

    Windows of the prior's context at every half of it; each gives the frames that have seen at least that much past
    (the first one all). Beyond the end of the piece stands the token that was left out.
    """
    c = prior.config
    graph, half, length = FeatureGraph(prior, layer), c.context // 2, len(tokens)
    pieces: list[Tensor] = []
    start = first = 0
    while first < length:
        window = _window(tokens, start, c.context, c.vocabulary)
        given = [clips[clip_of(start, c.context, c.upper_ratio**c.level, len(clips))][None]]
        if upper is not None and c.upper_vocabulary is not None:
            ratio = c.upper_ratio
            given.insert(0, _window(upper, start // ratio, c.context // ratio, c.upper_vocabulary))
        end = min(length, start + c.context - 1)
        pieces.append(graph(window, *given)[0, first - start : end - start])
        first, start = end, start + half
    return torch.cat(pieces)


def _window(tokens: Tensor, start: int, count: int, left_out: int) -> Tensor:
    window = torch.full((1, count), float(left_out))
    part = tokens[start : start + count]
    window[0, : len(part)] = part
    return window
