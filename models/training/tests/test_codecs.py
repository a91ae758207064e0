"""HQ-VAE and baselines: exact lengths, zero delay, gradients everywhere, receptive field, hard-code validation."""

import pytest
import torch
from torch import Tensor

from sonido.config import HOPS, SIZES, CodecConfig, model_config
from sonido.filterbank import Analysis, Synthesis, compress, expand
from sonido.flat_codec import FlatCodec, flat_config
from sonido.hqvae import HQVAE
from sonido.stage1_evaluation import evaluate
from sonido.stereo import to_left_right, to_mid_side

torch.set_num_threads(1)
SMALL = CodecConfig(width=16, code_dimension=8, codebooks=(32, 32, 32), blocks=(2, 2, 2))


def hqvae(**changes: object) -> HQVAE:
    torch.manual_seed(0)
    return HQVAE(CodecConfig(**{**vars(SMALL), **changes}))


@pytest.mark.parametrize("name", ["hqvae", "vq", "rvq"])
def test_lengths_and_round_trip_through_tokens(name: str) -> None:
    torch.manual_seed(0)
    model = HQVAE(SMALL) if name == "hqvae" else FlatCodec(flat_config(name, SMALL))
    model.eval()
    for blocks in (1, 3):
        audio = 0.1 * torch.randn(2, 2, blocks * 2048)
        out = model(audio)
        assert out.audio.shape == audio.shape
        tokens = model.encode(audio)
        assert torch.allclose(model.decode(tokens), out.audio, atol=1e-5)
    if name == "hqvae":
        assert [t.shape[1] for t in tokens] == [3 * 2048 // hop for hop in HOPS]


def test_wrong_length_is_refused() -> None:
    with pytest.raises(ValueError, match="multiple of 2048"):
        hqvae()(torch.zeros(1, 2, 2047))


def test_gradients_reach_every_parameter_and_every_level() -> None:
    model = hqvae(residual_layers=(0, 1, 1), level_dropout=0.0).train()
    out = model(0.3 * torch.randn(4, 2, 8192), 1.0, "stochastic")
    (out.audio.square().sum() + out.rate).backward()
    for name, parameter in model.named_parameters():
        assert parameter.grad is not None, name
        assert torch.isfinite(parameter.grad).all(), name
        assert parameter.grad.abs().sum() > 0, name
        if name.endswith("places"):
            assert (parameter.grad.abs().sum(-1) > 0).all(), f"{name}: a code got no gradient"


def test_decoder_reads_only_the_finest_state() -> None:
    """With tokens fixed, the audio does not depend on the encoder at all."""
    model = hqvae().eval()
    tokens = model.encode(0.1 * torch.randn(1, 2, 4096))
    before = model.decode(tokens)
    for parameter in model.encoder.parameters():
        parameter.data.normal_()
    assert torch.equal(model.decode(tokens), before)


def test_filterbank_starts_at_perfect_reconstruction_without_delay() -> None:
    audio = torch.randn(1, 2, 1280)
    again = Synthesis(128)(Analysis(128)(audio))
    inner = slice(64, -64)
    assert torch.allclose(again[..., inner], audio[..., inner], atol=1e-5)


def test_companding_is_inverted() -> None:
    x = torch.linspace(-20, 20, 101)
    assert torch.allclose(expand(compress(x)), x, atol=1e-3)


def test_mid_side_is_its_own_inverse_and_keeps_energy() -> None:
    audio = torch.randn(3, 2, 100)
    assert torch.allclose(to_left_right(to_mid_side(audio)), audio, atol=1e-6)
    assert torch.allclose(to_mid_side(audio).square().sum(), audio.square().sum())


def _span(gradient: Tensor) -> tuple[int, int]:
    hit = gradient.abs().sum((0, 1)).nonzero().flatten()
    return int(hit[0]), int(hit[-1])


def test_receptive_field_of_the_encoder_by_gradients() -> None:
    """With the gain-shape split the finest feature sees its stack's reach in frames, widened to whole coarse frames
    and one neighbour by the loudness, plus half a window; exactly that.
    """
    model = hqvae(gain_shape=True).eval()
    audio = (0.1 * torch.randn(1, 2, 32 * 2048)).requires_grad_()
    middle = 256
    model.encoder(audio)[2][0, middle].sum().backward()
    assert audio.grad is not None
    first, last = _span(audio.grad)
    reach = model.encoder.stacks[0].reach
    first_frame = ((middle - reach) // 16 - 1) * 16
    last_frame = ((middle + reach) // 16 + 2) * 16 - 1
    assert first == first_frame * 128 - 64
    assert last == last_frame * 128 + 191


def test_only_the_coarse_feature_knows_the_loudness() -> None:
    model = hqvae(gain_shape=True).eval()
    audio = 0.1 * torch.randn(1, 2, 16 * 2048)
    coarse, medium, fine = model.encoder(to_mid_side(audio))
    louder = model.encoder(to_mid_side(4 * audio))
    assert torch.allclose(louder[2], fine, atol=1e-3)
    assert torch.allclose(louder[1], medium, atol=1e-3)
    assert (louder[0] - coarse).abs().mean() > 0.05


def test_receptive_field_of_the_decoder_is_centred() -> None:
    """Zero delay: one frame of the state moves audio symmetrically about its own 128 samples."""
    model = hqvae().eval()
    torch.manual_seed(3)
    state = torch.randn(1, 64, 8)
    with torch.no_grad():
        a = model.decoder(state)
        state[0, 32] += 1
        changed = (model.decoder(state) - a).abs().sum((0, 1)).nonzero().flatten()
    reach = model.decoder.stack.reach
    # The sine window ends near zero, so the outermost few samples can drown in rounding.
    assert 0 <= int(changed[0]) - ((32 - reach) * 128 - 64) <= 8
    assert 0 <= (32 + reach) * 128 + 191 - int(changed[-1]) <= 8


def test_level_dropout_only_while_training() -> None:
    model = hqvae(level_dropout=0.5)
    assert all(bool((mask == 1).all()) for mask in model.eval()._kept_levels(torch.zeros(8, 2, 2048), 0.5))
    torch.manual_seed(0)
    masks = model.train()._kept_levels(torch.zeros(64, 2, 2048), 0.5)
    assert bool((masks[0] == 1).all())
    # At 0.5 the finest level is never kept together with a dropped draw: kept shares are 1, 1/2 and 0.
    assert 0.3 < masks[1].mean() < 0.7
    assert masks[2].sum() == 0


def test_validation_uses_hard_codes_and_ablation_sees_each_level() -> None:
    """A decoder that ignores a level must show a zero effect for it; one that uses it must not."""
    model = hqvae().eval()
    audio = 0.3 * torch.randn(4, 2, 8192)
    report = evaluate(model, audio, batch=2)
    assert report == evaluate(model, audio, batch=2), "evaluation must be deterministic (no Gumbel noise)"
    assert len(report.usage) == len(report.ablation) == 3
    assert all(0 < u <= 1 for u in report.usage)
    level = model.levels[2]
    level.quantisers[0].places.data.zero_()
    assert abs(evaluate(model, audio).ablation[2]) < 1e-6


@pytest.mark.parametrize("size", SIZES)
def test_baselines_have_about_the_size_and_rate_of_the_hierarchy(size: str) -> None:
    config = model_config(size).codec
    model = HQVAE(config)
    count = sum(p.numel() for p in model.parameters())
    for kind in ("vq", "rvq"):
        baseline = FlatCodec(flat_config(kind, config))
        assert abs(sum(p.numel() for p in baseline.parameters()) / count - 1) < 0.15
        assert abs(baseline.bits_per_second / model.bits_per_second - 1) < 0.15


def test_a_coarse_code_reaches_the_finest_state_at_full_strength() -> None:
    torch.manual_seed(0)
    model = HQVAE(model_config("tiny").codec).eval()
    state: Tensor = torch.randn(4, 8, 24)
    for level in list(model.levels)[1:]:
        prepared = level.prepare(state)
        assert prepared is not None
        state = prepared
    spread = float((state - state.mean((0, 1))).detach().std())
    assert 0.5 < spread < 2.0
