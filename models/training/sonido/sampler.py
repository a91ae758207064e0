"""Ancestral sampling through the three priors to tokens of a few seconds of audio."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from sonido.incremental import IncrementalPrior
from sonido.prior import Prior


@dataclass(frozen=True)
class Sampling:
    """How tokens are drawn, per level from coarse to fine."""

    temperatures: tuple[float, float, float] = (1.0, 1.0, 1.0)
    top_p: tuple[float, float, float] = (1.0, 1.0, 1.0)
    """Only the likeliest tokens that together have this probability are drawn (nucleus sampling)."""

    def describe(self) -> str:
        listed = [" / ".join(f"{v:g}" for v in values) for values in (self.temperatures, self.top_p)]
        return f"temperature {listed[0]} and top-p {listed[1]} (coarse / medium / fine)"


def draw(logits: Tensor, temperature: float, top_p: float, generator: torch.Generator) -> Tensor:
    """[batch] tokens from logits [batch, vocabulary]."""
    probability = (logits.float() / temperature).softmax(-1)
    if not torch.isfinite(probability).all():
        raise FloatingPointError("the prior's probabilities are not finite; the checkpoint is broken")
    if top_p < 1:
        ordered, index = probability.sort(-1, descending=True)
        likelier = ordered.cumsum(-1) - ordered
        probability = torch.zeros_like(probability).scatter(-1, index, ordered * (likelier < top_p))
    return torch.multinomial(probability, 1, generator=generator)[:, 0]


@torch.no_grad()
def sample_level(
    prior: Prior, length: int, upper: Tensor | None, clip: Tensor, sampling: Sampling, generator: torch.Generator
) -> Tensor:
    """[batch, length] tokens. Longer than the context: the window slides on by half of it, keeping the newer half.

    upper [batch, >= length / ratio] tokens of the level above, or None at the top.
    """
    context, ratio, level, batch = prior.config.context, prior.config.upper_ratio, prior.config.level, len(clip)
    temperature, top_p = sampling.temperatures[level], sampling.top_p[level]
    tokens = torch.zeros(batch, length, dtype=torch.long)
    done = 0
    while done < length:
        start = 0 if done < context else (done - context // 2) // ratio * ratio
        above: Tensor | None = None
        if upper is not None:
            left_out = prior.config.upper_vocabulary
            assert left_out is not None
            above = torch.full((batch, context // ratio), left_out)  # beyond the end nothing is known
            part = upper[:, start // ratio : start // ratio + context // ratio]
            above[:, : part.shape[1]] = part
        window = IncrementalPrior(prior, above, clip, torch.ones(batch, 1))
        for position in range(start, min(start + context, length)):
            logits = window.step(None if position == start else tokens[:, position - 1])
            if position >= done:
                tokens[:, position] = draw(logits, temperature, top_p, generator)
        done = min(start + context, length)
    return tokens


@torch.no_grad()
def sample(priors: list[Prior], top_tokens: int, clip: Tensor, sampling: Sampling, seed: int) -> list[Tensor]:
    """Tokens of all levels for `top_tokens` coarse tokens (2048 samples each), coarse to fine."""
    generator = torch.Generator().manual_seed(seed)
    tokens: list[Tensor] = []
    length = top_tokens
    for prior in priors:
        prior.eval()
        upper = tokens[-1] if tokens else None
        tokens.append(sample_level(prior, length, upper, clip, sampling, generator))
        length *= prior.config.upper_ratio
    return tokens
