"""SoniDo features: hidden states of the priors at one depth, aligned to the tokens, and the graphs that compute them.

The feature of frame i is the state that has seen token i: the prior's inputs are shifted by one, so it is the state at
position i + 1. The clip condition is left out (the learned `no_clip` vector, a fifth of the training): the states then
depend on nothing but the tokens before, and on the tokens above that the conditioner sees.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from sonido.hqvae import HQVAE
from sonido.onnx_export import Graph, QuantiserGraph
from sonido.prior import Prior
from sonido.stereo import to_mid_side
from sonido.tokenisation import CONTEXT, TOP


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
    """A window of tokens [batch, context] (and the tokens above) as float32 -> features [batch, context - 1, width]."""

    def __init__(self, prior: Prior, layer: int | None = None) -> None:
        super().__init__()
        self.prior = prior
        self.layer = prior.feature_layer if layer is None else layer

    def forward(self, tokens: Tensor, upper: Tensor | None = None) -> Tensor:
        batch = tokens.shape[0]
        clip = tokens.new_zeros(batch, self.prior.config.clip_dimension)
        above = None if upper is None else upper.long()
        states = self.prior.hidden_states(tokens.long(), above, clip, tokens.new_zeros(batch, 1))
        return states[self.layer][:, 1:]


def feature_graphs(model: HQVAE, priors: list[Prior], layers: list[int] | None = None) -> list[Graph]:
    """`tokenise` and `features0..2`; `layers` is the depth per level (default: the middle of each prior)."""
    generator = torch.Generator().manual_seed(0)
    audio = 0.1 * torch.randn(2, 2, (4 * CONTEXT) * TOP, generator=generator)
    names = ("coarse", "medium", "fine")
    result = [Graph("tokenise", TokeniseGraph(model), {"audio": audio}, names, ((2, "samples"),))]
    for prior in priors:
        c = prior.config
        inputs = {"tokens": torch.randint(c.vocabulary, (2, c.context), generator=generator).float()}
        if c.upper_vocabulary is not None:
            shape = (2, c.context // c.upper_ratio)
            inputs["upper"] = torch.randint(c.upper_vocabulary, shape, generator=generator).float()
        layer = prior.feature_layer if layers is None else layers[c.level]
        result.append(Graph(f"features{c.level}", FeatureGraph(prior, layer), inputs, ("features",)))
    return result


@torch.no_grad()
def level_features(prior: Prior, tokens: Tensor, upper: Tensor | None, layer: int | None = None) -> Tensor:
    """Features [length, width] of all `tokens` [length] of a piece; upper [>= length / ratio] are the tokens above.

    Windows of the prior's context at every half of it; each gives the frames that have seen at least that much past
    (the first one all). Beyond the end of the piece stands the token that was left out.
    """
    c = prior.config
    graph, half, length = FeatureGraph(prior, layer), c.context // 2, len(tokens)
    pieces: list[Tensor] = []
    start = first = 0
    while first < length:
        window = _window(tokens, start, c.context, c.vocabulary)
        above: Tensor | None = None
        if upper is not None and c.upper_vocabulary is not None:
            ratio = c.upper_ratio
            above = _window(upper, start // ratio, c.context // ratio, c.upper_vocabulary)
        end = min(length, start + c.context - 1)
        pieces.append(graph(window, above)[0, first - start : end - start])
        first, start = end, start + half
    return torch.cat(pieces)


def _window(tokens: Tensor, start: int, count: int, left_out: int) -> Tensor:
    window = torch.full((1, count), float(left_out))
    part = tokens[start : start + count]
    window[0, : len(part)] = part
    return window
