"""The stochastic quantiser's limits and its KL sums against a slow reference."""

import math

import torch

from sonido.config import CodecConfig
from sonido.hqvae import TopDownLevel
from sonido.quantiser import Mode, RunningCentre, StochasticQuantiser, perplexity


def make(codes: int = 16, dimension: int = 4, variance: float = 1.0) -> StochasticQuantiser:
    torch.manual_seed(0)
    return StochasticQuantiser(codes, dimension, variance, maximal_log_variance=50.0)


def test_variance_to_zero_is_the_nearest_code() -> None:
    quantiser = make(variance=1e-6)
    z = torch.randn(2, 10, 4)
    out = quantiser(z, temperature=1.0, mode="stochastic")
    nearest = torch.cdist(z, quantiser.codebook[None]).argmin(-1)
    assert torch.equal(out.tokens, nearest)
    assert torch.allclose(out.code, quantiser.lookup(nearest), atol=1e-5)
    assert out.entropy.item() < 1e-3


def test_variance_to_infinity_is_uniform() -> None:
    quantiser = make(variance=1e12)
    z = torch.randn(1, 50, 4)
    posterior = quantiser.posterior_logits(z).softmax(-1)
    assert torch.allclose(posterior, torch.full_like(posterior, 1 / 16), atol=1e-6)
    assert abs(quantiser(z, 1.0, "stochastic").entropy.item() - 50 * math.log(16)) < 1e-2


def test_log_variance_is_clamped() -> None:
    quantiser = StochasticQuantiser(8, 2, math.exp(9.0), maximal_log_variance=5.0)
    assert abs(quantiser.variance.item() - math.exp(5.0)) < 1e-3


def test_hard_mode_returns_codes_and_passes_gradients() -> None:
    quantiser = make()
    z = torch.randn(2, 6, 4, requires_grad=True)
    out = quantiser(z, 1.0, "hard")
    assert torch.allclose(out.code, quantiser.lookup(out.tokens))
    codebook = quantiser.codebook
    codebook.retain_grad()
    torch.autograd.backward(torch.nn.functional.embedding(out.tokens, codebook).square().sum())
    torch.autograd.backward(out.code.square().sum())
    assert z.grad is not None
    assert (z.grad.abs().sum(-1) > 0).all()
    used = torch.zeros(16, dtype=torch.bool)
    used[out.tokens.flatten()] = True
    assert codebook.grad is not None
    assert torch.equal(codebook.grad.abs().sum(-1) > 0, used)
    assert quantiser.places.grad is not None


def test_the_codebook_is_centred_and_codes_can_be_replaced() -> None:
    quantiser = make()
    quantiser.places.data += 5
    assert quantiser.codebook.mean(0).abs().max() < 1e-5
    target = quantiser.codebook[3].detach() + 0.5
    quantiser.replace(torch.tensor([3]), target[None])
    assert (quantiser.codebook[3] - target).abs().max() < 0.5 / 16 + 1e-5  # the mean moves by a sixteenth of the step


def test_running_centre_converges_to_zero_mean_and_unit_deviation() -> None:
    torch.manual_seed(0)
    centre = RunningCentre(4, momentum=0.1).train()
    for _ in range(200):
        centre(3 + 2 * torch.randn(8, 50, 4))
    centre.eval()
    out = centre(3 + 2 * torch.randn(64, 50, 4)).flatten(0, 1)
    assert out.mean(0).abs().max() < 0.1
    assert (out.std(0) - 1).abs().max() < 0.1


def test_gumbel_samples_follow_the_posterior() -> None:
    quantiser = make(codes=5)
    z = torch.randn(1, 1, 4).expand(1, 20_000, 4)
    expected = quantiser.posterior_logits(z[:, :1]).softmax(-1)[0, 0]
    code = quantiser(z, 0.01, "stochastic").code[0]
    drawn = torch.cdist(code, quantiser.codebook).argmin(-1)
    observed = torch.bincount(drawn, minlength=5) / 20_000
    assert torch.allclose(observed, expected, atol=0.02)


def test_rate_of_a_residual_group_equals_the_slow_sum() -> None:
    """Gaussian term once with the summed variance, entropy of every layer; loops instead of tensor sums."""
    torch.manual_seed(1)
    config = CodecConfig(
        width=12, code_dimension=3, codebooks=(7, 7, 7), residual_layers=(1, 0, 0), initial_variance=2.0
    )
    level = TopDownLevel(config, 0)
    z = torch.randn(2, 5, 3)
    _, tokens, rate = level.quantise(z, 1.0, "hard")
    first, second = level.quantisers
    assert isinstance(first, StochasticQuantiser)
    assert isinstance(second, StochasticQuantiser)
    expected = 0.0
    for b in range(2):
        for t in range(5):
            rest = z[b, t]
            for number, quantiser in enumerate((first, second)):
                s2 = quantiser.variance.item()
                weights = [math.exp(-float(((rest - e) ** 2).sum()) / (2 * s2)) for e in quantiser.codebook.detach()]
                total = sum(weights)
                expected += sum(w / total * math.log(w / total) for w in weights)
                token = int(tokens[b, 2 * t + number])
                assert token == max(range(7), key=weights.__getitem__)
                rest = rest - quantiser.codebook.detach()[token]
            expected += float((rest**2).sum()) / (2 * (first.variance.item() + second.variance.item()))
    assert abs(rate.item() - expected / 2) < 1e-3


def test_encoding_gives_the_codes_and_tokens_of_hard_steps() -> None:
    torch.manual_seed(0)
    level = TopDownLevel(CodecConfig(16, 8, (32, 32, 32), residual_layers=(1, 1, 1)), 0)
    z = torch.randn(2, 50, 8)
    codes, tokens, _ = level.quantise(z, 1.0, "hard")
    encoded, encoded_tokens = level.encode(z)
    assert torch.equal(encoded_tokens, tokens)
    assert torch.allclose(encoded, codes, atol=1e-6)


def test_perplexity() -> None:
    assert abs(perplexity(torch.ones(10)) - 10) < 1e-6
    assert abs(perplexity(torch.tensor([5, 0, 0])) - 1) < 1e-6


def test_hard_steps_do_not_train_the_variance() -> None:
    cases: list[tuple[Mode, bool]] = [("stochastic", True), ("hard", False)]
    torch.manual_seed(0)
    quantiser = StochasticQuantiser(8, 4, 0.5, 5.0)
    z = torch.randn(2, 5, 4)
    for mode, trained in cases:
        quantiser.zero_grad()
        quantised = quantiser(z, 0.5, mode)
        (quantised.code.square().sum() + quantised.entropy).backward()
        assert (quantiser.log_variance.grad is not None) == trained
        assert quantiser.places.grad is not None
