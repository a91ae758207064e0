"""Stochastic quantisation with a self-annealed variance (SQ-VAE, Takida et al., ICML 2022).

Posterior over codes: softmax of -||z - e_k||^2 / (2 s^2). The learned s^2 shrinks by itself while training; no moving
averages, no commitment weight. Distances, posteriors and KL sums are kept in float32 whatever the precision of z.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import torch
from torch import Tensor, nn
from torch.nn import functional as F

Mode = Literal["continuous", "stochastic", "hard"]


@dataclass
class Quantised:
    code: Tensor
    """[batch, time, dimension]: a mixture of codes while training stochastically, else one code."""
    tokens: Tensor
    """[batch, time] int64: nearest codes."""
    squared_error: Tensor
    """Scalar: sum of ||z - code||^2 over positions, mean over the batch."""
    entropy: Tensor
    """Scalar: entropy of the posterior in nats, summed over positions, mean over the batch."""


def squared_distances(z: Tensor, codebook: Tensor) -> Tensor:
    """[batch, time, dimension] and [codes, dimension] -> [batch, time, codes], never negative."""
    cross = z @ codebook.t()
    return (z.square().sum(-1, keepdim=True) - 2 * cross + codebook.square().sum(-1)).clamp_min(0)


class StochasticQuantiser(nn.Module):
    def __init__(self, codes: int, dimension: int, initial_variance: float, maximal_log_variance: float) -> None:
        super().__init__()
        self.places = nn.Parameter(torch.randn(codes, dimension))
        self.log_variance = nn.Parameter(torch.tensor(math.log(initial_variance)))
        self.maximal_log_variance = maximal_log_variance

    @property
    def codebook(self) -> Tensor:
        """[codes, dimension] with mean zero, like the running-centred z: neither can chase the other's mean."""
        return self.places - self.places.mean(0)

    @torch.no_grad()
    def replace(self, index: Tensor, codes: Tensor) -> None:
        """Moves some codes (before centring) in place."""
        self.places[index] = codes + self.places.mean(0)

    @property
    def variance(self) -> Tensor:
        return self.log_variance.clamp(max=self.maximal_log_variance).exp()

    def variance_in(self, mode: Mode) -> Tensor:
        """The variance, not trained by hard steps: no noise answers for it there, and the entropy term alone would let
        it grow until nothing holds z near its code."""
        return self.variance.detach() if mode == "hard" else self.variance

    def posterior_logits(self, z: Tensor, mode: Mode = "stochastic") -> Tensor:
        return -squared_distances(z.float(), self.codebook) / (2 * self.variance_in(mode))

    def nearest(self, z: Tensor) -> Tensor:
        """[batch, time, dimension] -> the tokens that `forward` gives, without the posterior."""
        return squared_distances(z.float(), self.codebook).argmin(-1)

    def forward(self, z: Tensor, temperature: float, mode: Mode) -> Quantised:
        """z [batch, time, dimension]. Gumbel-softmax mixture at `temperature`, or the nearest code (`hard`)."""
        z32 = z.float()
        codebook = self.codebook
        logits = self.posterior_logits(z32, mode)
        tokens = logits.argmax(-1)
        log_posterior = F.log_softmax(logits, dim=-1)
        entropy = -(log_posterior.exp() * log_posterior).sum((1, 2)).mean()
        if mode == "stochastic":
            weights = F.softmax((logits + gumbel_like(logits)) / temperature, dim=-1)
            code = weights @ codebook
            error = (z32 - code).square().sum((1, 2)).mean()
        else:
            nearest = F.embedding(tokens, codebook)
            error = (z32 - nearest).square().sum((1, 2)).mean()
            # Gradient to z as if unquantised, and to the chosen code.
            code = nearest + (z32 - z32.detach())
            entropy = entropy.detach()  # no noise is drawn: its pull would only crowd z and codes where codes are dense
        return Quantised(code, tokens, error, entropy)

    def lookup(self, tokens: Tensor) -> Tensor:
        """[batch, time] -> [batch, time, dimension]."""
        return F.embedding(tokens, self.codebook)


class RunningCentre(nn.Module):
    """(z - running mean) / running deviation per channel, the same while training and evaluating.

    Without it the encoder's mean wanders off within a hundred steps, faster than the codebook can follow, and all z
    fall on the few codes at that side. (Lancucki et al. 2020 use batch normalisation against this; statistics of a
    small batch would remove what makes one clip differ from the next.)
    """

    def __init__(self, dimension: int, momentum: float = 0.03) -> None:
        super().__init__()
        self.momentum = momentum
        self.register_buffer("mean", torch.zeros(dimension))
        self.register_buffer("deviation", torch.ones(dimension))
        self.mean: Tensor
        self.deviation: Tensor

    def forward(self, z: Tensor) -> Tensor:
        if self.training:
            with torch.no_grad():
                flat = z.float().flatten(0, 1)
                self.mean.lerp_(flat.mean(0), self.momentum)
                self.deviation.lerp_((flat - self.mean).square().mean(0).sqrt(), self.momentum)
        return (z.float() - self.mean) / self.deviation.clamp_min(1e-2)


def gumbel_like(x: Tensor) -> Tensor:
    uniform = torch.rand_like(x).clamp_(1e-9, 1 - 1e-7)
    return -torch.log(-torch.log(uniform))


def perplexity(counts: Tensor) -> float:
    """exp(entropy) of code usage counts [codes]."""
    p = counts.double() / counts.sum().clamp_min(1)
    return float(torch.exp(-(p * p.clamp_min(1e-12).log()).sum()))
