"""Growth keeps the function and starts codebooks that fit; the long windows hear pitch."""

import dataclasses
import math

import pytest
import torch

from sonido.config import CodecConfig
from sonido.grow_codec import grow_codec, sources, widened
from sonido.hqvae import HQVAE
from sonido.tonal import BINS_PER_OCTAVE, LOWEST_HERTZ, TonalSpectrum

torch.set_num_threads(1)
SMALL = CodecConfig(width=16, code_dimension=8, codebooks=(8, 8, 8))
LARGE = dataclasses.replace(SMALL, width=32, code_dimension=16, codebooks=(32, 32, 32), tonal=True)


@pytest.fixture(scope="module")
def pair() -> tuple[HQVAE, HQVAE]:
    torch.manual_seed(0)
    return HQVAE(SMALL).eval(), HQVAE(LARGE).eval()


def test_same_function_between_the_codes_and_codebooks_that_fit(pair: tuple[HQVAE, HQVAE]) -> None:
    small, large = pair
    loudness = torch.linspace(-3, 0, 16_384).exp() * torch.rand(16, 1, 1)
    audio = [loudness * torch.randn(16, 2, 16_384) for _ in range(4)]
    small.train()
    for _ in range(100):  # the running centres settle
        small(audio[0][:4], mode="continuous")
    small.eval()
    grow_codec(large, small, audio)
    with torch.no_grad():
        before, after = small(audio[0], mode="continuous"), large(audio[0], mode="continuous")
        assert torch.allclose(before.audio, after.audio, atol=1e-5)
        tokens = large.encode(torch.cat(audio))
    for level, index in zip(large.levels, tokens, strict=True):
        assert int(torch.bincount(index.flatten()).count_nonzero()) > 16
        assert 0 < level.quantisers[0].variance < 1


def test_copies_differ_in_what_they_read(pair: tuple[HQVAE, HQVAE]) -> None:
    new = widened(torch.ones(16, 16), torch.Size((32, 32)), 16, 8)
    assert torch.allclose(new[:, :16] + new[:, 16:], torch.ones(32, 16))
    assert not torch.allclose(new[:16], new[16:])


def test_joined_parts_grow_apart() -> None:
    assert sources(24, 48, 16, 8).tolist() == [*range(8), *range(8), *range(8, 24), *range(8, 24)]
    with pytest.raises(ValueError, match="cannot grow to 40"):
        sources(24, 40, 16, 8)


@pytest.mark.parametrize(("hop", "chunks", "lowest"), [(512, 8, 400.0), (2048, 4, 200.0)])
def test_tonal_spectrum_names_the_pitch_in_the_right_frame(hop: int, chunks: int, lowest: float) -> None:
    spectrum = TonalSpectrum(hop, chunks)
    time = torch.arange(32 * hop) / 44_100
    for number in (67, 76, 90):
        frequency = 440 * 2 ** ((number - 69) / 12)
        assert frequency > 0.9 * lowest
        tone = torch.sin(2 * math.pi * frequency * time)
        inside = slice(8, 24)
        found = spectrum(tone[None])[0, inside].argmax(-1)
        expected = BINS_PER_OCTAVE * math.log2(frequency / LOWEST_HERTZ)
        assert (found - expected).abs().max() <= 1
    late = torch.zeros(1, 32 * hop)
    late[:, 16 * hop :] = 0.3 * torch.sin(2 * math.pi * 1000 * time)[: 16 * hop]
    loud = spectrum(late)[0].max(-1).values
    assert loud[: 16 - chunks // 2].max() < 1e-3
    assert loud[16 + chunks // 2 : 24].min() > 1
    with pytest.raises(ValueError, match="even number"):
        TonalSpectrum(hop, 3)
