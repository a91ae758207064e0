"""Ancestral sampling through the three priors to tokens of a few seconds of audio."""

from __future__ import annotations

import torch
from torch import Tensor

from sonido.prior import Prior


@torch.no_grad()
def sample_level(
    prior: Prior, length: int, upper: Tensor | None, clip: Tensor, temperature: float, generator: torch.Generator
) -> Tensor:
    """[batch, length] tokens. Longer than the context: the window slides on by half of it, keeping the newer half.

    upper [batch, >= length / ratio] tokens of the level above, or None at the top.
    """
    context, batch = prior.config.context, len(clip)
    ratio = prior.config.upper_ratio
    keep = torch.ones(batch, 1)
    tokens = torch.zeros(batch, 0, dtype=torch.long)
    while tokens.shape[1] < length:
        done = tokens.shape[1]
        start = 0 if done < context else (done - context // 2) // ratio * ratio
        window = torch.zeros(batch, context, dtype=torch.long)
        window[:, : done - start] = tokens[:, start:]
        above: Tensor | None = None
        if upper is not None:
            above = torch.zeros(batch, context // ratio, dtype=torch.long)
            part = upper[:, start // ratio : start // ratio + context // ratio]
            above[:, : part.shape[1]] = part
        for position in range(done - start, min(context, length - start)):
            logits, _ = prior(window, above, clip, keep)
            probability = (logits[:, position].float() / temperature).softmax(-1)
            window[:, position] = torch.multinomial(probability, 1, generator=generator)[:, 0]
            if not torch.isfinite(probability).all():
                raise FloatingPointError("the prior's probabilities are not finite; the checkpoint is broken")
        tokens = torch.cat([tokens[:, :start], window[:, : min(context, length - start)]], dim=1)
    return tokens


@torch.no_grad()
def sample(priors: list[Prior], top_tokens: int, clip: Tensor, temperature: float, seed: int) -> list[Tensor]:
    """Tokens of all levels for `top_tokens` coarse tokens (2048 samples each), coarse to fine."""
    generator = torch.Generator().manual_seed(seed)
    tokens: list[Tensor] = []
    length = top_tokens
    for prior in priors:
        prior.eval()
        upper = tokens[-1] if tokens else None
        tokens.append(sample_level(prior, length, upper, clip, temperature, generator))
        length *= prior.config.upper_ratio
    return tokens
