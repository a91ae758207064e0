"""Each pattern equals dense attention with its mask, and gradients flow along the mask only."""

import math

import pytest
import torch
from torch import Tensor

from sonido.config import PriorConfig
from sonido.incremental import IncrementalPrior
from sonido.prior import Prior, grow, token_out
from sonido.sampler import Sampling, draw, sample, sample_level
from sonido.sparse_attention import PATTERNS, Pattern, SparseAttention, dense_mask

BLOCKS, LENGTH = 4, 6


def dense(attention: SparseAttention, x: Tensor, mask: Tensor) -> Tensor:
    """The same weights, full attention with a mask; rows that see nothing give zero before the output projection."""
    batch, time, width = x.shape
    heads = attention.heads
    q, k, v = attention.project(x).reshape(batch, time, 3, heads, width // heads).permute(2, 0, 3, 1, 4)
    scores = q @ k.transpose(-1, -2) / math.sqrt(width // heads)
    weights = scores.masked_fill(~mask, -math.inf).softmax(-1).nan_to_num(0.0)
    out: Tensor = attention.out((weights @ v).transpose(1, 2).reshape(batch, time, width))
    return out


@pytest.mark.parametrize("pattern", PATTERNS)
def test_equals_dense_attention_with_the_mask(pattern: Pattern) -> None:
    torch.manual_seed(0)
    attention = SparseAttention(16, 4, BLOCKS, LENGTH, pattern)
    x = torch.randn(3, BLOCKS * LENGTH, 16)
    assert torch.allclose(attention(x), dense(attention, x, dense_mask(pattern, BLOCKS, LENGTH)), atol=1e-6)


@pytest.mark.parametrize("pattern", PATTERNS)
def test_gradients_follow_the_mask(pattern: Pattern) -> None:
    torch.manual_seed(0)
    attention = SparseAttention(8, 2, BLOCKS, LENGTH, pattern)
    mask = dense_mask(pattern, BLOCKS, LENGTH)
    for query in range(BLOCKS * LENGTH):
        x = torch.randn(1, BLOCKS * LENGTH, 8, requires_grad=True)
        torch.autograd.backward(attention(x)[0, query].square().sum())
        assert x.grad is not None
        seen = x.grad[0].abs().sum(-1) > 0
        expected = mask[query].clone()
        if expected.any():
            # The query itself matters through its own projection, unless it sees a single key (weight 1 whatever q).
            expected[query] |= int(mask[query].sum()) > 1
        assert torch.equal(seen, expected), (pattern, query)


def config(level: int = 1, layers: int = 3) -> PriorConfig:
    return PriorConfig(level, 16, layers, 2, 11, LENGTH, BLOCKS, None if level == 0 else 9, 4, 5)


def inputs(batch: int = 2) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    torch.manual_seed(1)
    tokens = torch.randint(11, (batch, 24))
    return tokens, torch.randint(9, (batch, 6)), torch.randn(batch, 5), torch.ones(batch, 1)


def test_prior_is_causal_and_sees_everything_before() -> None:
    """Logits at t move with token s exactly when s < t (three layers: row, column, previous reach all of the past)."""
    torch.manual_seed(0)
    prior = Prior(config(layers=6)).eval()
    for p in prior.parameters():
        p.data.add_(0.3 * torch.randn_like(p))
    tokens, upper, clip, keep = inputs(1)
    base = prior(tokens, upper, clip, keep)[0]
    for s in range(24):
        changed = tokens.clone()
        changed[0, s] = (changed[0, s] + 1) % 11
        moved = (prior(changed, upper, clip, keep)[0] - base).abs().sum(-1)[0] > 1e-7
        assert not moved[: s + 1].any(), s
        assert moved[s + 1 :].all(), s


def test_prior_depends_on_the_level_above_and_on_the_clip_unless_dropped() -> None:
    torch.manual_seed(0)
    prior = Prior(config()).eval()
    tokens, upper, clip, keep = inputs()
    base = prior(tokens, upper, clip, keep)[0]
    assert not torch.allclose(prior(tokens, (upper + 1) % 9, clip, keep)[0], base)
    assert not torch.allclose(prior(tokens, upper, clip + 1, keep)[0], base)
    dropped = prior(tokens, upper, clip, 0 * keep)[0]
    assert torch.equal(prior(tokens, upper, clip + 1, 0 * keep)[0], dropped)
    with pytest.raises(ValueError, match="level above"):
        prior(tokens, None, clip, keep)


def test_gradients_reach_every_parameter() -> None:
    torch.manual_seed(0)
    prior = Prior(config()).train()
    tokens, upper, clip, _ = inputs(16)
    torch.autograd.backward(prior.loss(tokens, upper, clip))
    for name, parameter in prior.named_parameters():
        assert parameter.grad is not None, name
        assert parameter.grad.abs().sum() > 0, name


def test_hidden_states_and_feature_layer() -> None:
    prior = Prior(config()).eval()
    states = prior.hidden_states(*inputs())
    assert len(states) == 4
    assert torch.equal(prior(*inputs())[1], states[prior.feature_layer])


def test_token_out_rate() -> None:
    torch.manual_seed(0)
    out = token_out(torch.zeros(100, 100, dtype=torch.long), 0.1, 7)
    assert set(out.flatten().tolist()) == {0, 7}
    assert 0.08 < (out == 7).float().mean() < 0.12


@pytest.mark.parametrize("level", [0, 1])
def test_one_token_at_a_time_equals_the_whole_window(level: int) -> None:
    torch.manual_seed(0)
    prior = Prior(config(level)).eval()
    tokens, upper, clip, keep = inputs()
    above = upper if level else None
    with torch.no_grad():
        whole = prior(tokens, above, clip, keep)[0]
        steps = IncrementalPrior(prior, above, clip, keep)
        for position in range(tokens.shape[1]):
            logits = steps.step(tokens[:, position - 1] if position else None)
            assert torch.allclose(logits, whole[:, position], atol=1e-5), position


def test_nucleus_keeps_the_likeliest_tokens_and_their_proportions() -> None:
    logits = torch.tensor([0.5, 0.3, 0.15, 0.05]).log().repeat(20_000, 1)
    generator = torch.Generator().manual_seed(0)
    share = torch.bincount(draw(logits, 1.0, 0.7, generator), minlength=4) / 20_000
    assert share[2:].sum() == 0
    assert abs(float(share[0]) - 0.5 / 0.8) < 0.02
    cold = torch.bincount(draw(logits, 0.5, 1.0, generator), minlength=4) / 20_000
    expected = torch.tensor([0.25, 0.09, 0.0225, 0.0025]) / 0.365
    assert torch.allclose(cold, expected, atol=0.02)


def test_a_grown_prior_starts_as_the_smaller_one() -> None:
    torch.manual_seed(0)
    small = Prior(config(layers=2)).eval()
    grown = Prior(config()).eval()
    assert not torch.allclose(small(*inputs())[0], grown(*inputs())[0])
    grow(grown, small.state_dict())
    assert torch.equal(small(*inputs())[0], grown(*inputs())[0])
    with pytest.raises(ValueError, match="does not fit"):
        grow(grown, {f"{name}.x": weight for name, weight in small.state_dict().items()})


def test_sampling_is_repeatable_and_slides_past_the_context() -> None:
    torch.manual_seed(0)
    prior = Prior(config())
    _, _, clip, _ = inputs()
    upper = torch.randint(9, (2, 12))
    once = sample_level(prior, 46, upper, clip, Sampling(), torch.Generator().manual_seed(5))
    again = sample_level(prior, 46, upper, clip, Sampling(), torch.Generator().manual_seed(5))
    assert once.shape == (2, 46)
    assert torch.equal(once, again)
    assert int(once.max()) < 11


def test_sampling_follows_the_probabilities() -> None:
    """A prior whose head is fixed to one token samples only that token, on all levels with the right lengths."""
    torch.manual_seed(0)
    priors = [Prior(config(0)), Prior(config(1))]
    for prior in priors:
        prior.head.weight.data.zero_()
        prior.head.bias.data.fill_(-50)
        prior.head.bias.data[3] = 50
    tokens = sample(priors, 8, torch.zeros(1, 5), Sampling(), seed=0)
    assert [t.shape[1] for t in tokens] == [8, 32]
    assert all(bool((t == 3).all()) for t in tokens)
