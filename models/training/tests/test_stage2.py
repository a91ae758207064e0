"""Tokenisation in chunks, windows, n-gram yardsticks, tags and a prior that learns."""

from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from sonido import checkpoint
from sonido.clip_embedding import FAMILIES, TAGS, TagEncoder, contrastive_loss, tags_of
from sonido.config import CodecConfig, PriorConfig, TrainConfig, model_config
from sonido.hqvae import HQVAE
from sonido.ngram import Counts, bigram_bits, read_counts, save_counts, unigram_bits
from sonido.prior import Prior
from sonido.stage2 import bits_per_token, run_loop, train_prior
from sonido.tokenisation import WINDOW, TokenItem, encode_chunk, encode_long, in_pytorch
from sonido.windows import Windows

torch.set_num_threads(1)


@pytest.mark.parametrize("size", ["debug", "tiny"])
def test_chunks_with_context_equal_the_whole(size: str) -> None:
    torch.manual_seed(0)
    model = HQVAE(model_config(size).codec).eval()
    audio = 0.3 * torch.randn(2, 90 * 2048 + 77)

    def tokens_and_features(part: Tensor) -> list[Tensor]:
        found, encoded = encode_chunk(model, part)
        return [*found, encoded[0]]

    *tokens, features = encode_long(tokens_and_features, audio, chunk=24)
    whole, whole_features = encode_chunk(model, torch.nn.functional.pad(audio, (0, 2048 - 77))[None])
    for a, b in zip(tokens, whole, strict=True):
        assert (a == b[0]).float().mean() > 0.999  # products of another size may round a near-tie differently
    assert torch.allclose(features, whole_features[0][0], atol=1e-4)
    assert [len(t) for t in tokens] == [91, 364, 1456]


def test_interleaved_residual_tokens_keep_their_order() -> None:
    torch.manual_seed(0)
    model = HQVAE(CodecConfig(16, 8, (16, 16, 16), residual_layers=(1, 0, 1))).eval()
    audio = 0.3 * torch.randn(2, 60 * 2048)
    tokens = encode_long(in_pytorch(model), audio, chunk=20)
    assert [len(t) for t in tokens] == [120, 240, 1920]
    assert all(
        (a == b[0]).float().mean() > 0.999 for a, b in zip(tokens, encode_chunk(model, audio[None])[0], strict=True)
    )


def markov(length: int, seed: int) -> np.ndarray:
    """Token t + 1 is token t + 1 modulo 5 with probability 0.9, else random: a bigram source."""
    random = np.random.default_rng(seed)
    out = [0]
    for _ in range(length - 1):
        out.append((out[-1] + 1) % 5 if random.uniform() < 0.9 else int(random.integers(5)))
    return np.array(out, dtype=np.int64)


def test_ngrams_on_a_known_source(tmp_path: Path) -> None:
    train, held = [markov(20_000, 0)], [markov(5000, 1)]
    save_counts([Counts.of(train, k) for k in (7, 6, 5)], tmp_path / "ngrams.npz")
    known = read_counts(tmp_path / "ngrams.npz")[2]
    assert np.array_equal(known.pairs, Counts.of(train, 5).pairs)
    assert unigram_bits(known, held) == pytest.approx(np.log2(5), abs=0.01)
    p = 0.9 + 0.1 / 5
    entropy = -p * np.log2(p) - 4 * 0.02 * np.log2(0.02)
    assert bigram_bits(known, held) == pytest.approx(entropy, abs=0.05)


def items(count: int, seed: int) -> list[TokenItem]:
    found = []
    for index in range(count):
        fine = markov(16 * (WINDOW + 20), seed + index)
        tokens = [fine[::16].copy(), fine[::4].copy(), fine]
        found.append(TokenItem(tokens, {}, Path(), np.full((1, 6), index, np.float32)))
    return found


def test_windows_line_up_across_levels() -> None:
    config = PriorConfig(2, 16, 2, 2, 5, 8, 4, 5, 4, 6)
    windows = Windows(items(3, 0), config, batch=5, seed=1)
    window = windows.at(7)
    assert window.upper is not None
    assert window.tokens.shape == (5, 32)
    assert torch.equal(window.upper, window.tokens[:, ::4])
    assert torch.equal(window.tokens, windows.at(7).tokens)
    assert not torch.equal(window.tokens, windows.at(8).tokens)
    with pytest.raises(ValueError, match="prepare longer audio"):
        Windows([TokenItem([np.zeros(1, np.int64)] * 3, {}, Path())], config, 1, 0)


def test_windows_have_the_share_of_recordings_that_was_asked_for() -> None:
    config = PriorConfig(0, 16, 2, 2, 5, 8, 4, None, 4, 6)
    rendered, recorded = items(3, 0), items(1, 9)
    for item in rendered:
        item.truth["stems"] = []
    recorded[0].clips[:] = 7
    windows = Windows([*rendered, *recorded], config, 20, 1, recorded_share=0.6)
    picks = torch.cat([windows.at(step).clip[:, 0] for step in range(50)])
    assert 0.55 < (picks == 7).float().mean() < 0.65
    with pytest.raises(ValueError, match="needs both recorded and rendered"):
        Windows(rendered, config, 4, 1, recorded_share=0.6)


def test_a_prior_learns_more_than_the_unigram(tmp_path: Path) -> None:
    torch.manual_seed(0)
    config = PriorConfig(0, 32, 3, 2, 5, 8, 4, None, 4, 6, token_out=0.0)
    prior = Prior(config)
    run = TrainConfig(
        steps=150, batch=16, learning_rate=5e-3, warm_up=10, ema_decay=0.9, log_every=50, validate_every=75
    )
    data = items(4, 0)
    for item in data:  # a bigram source on the coarse level itself
        item.tokens[0] = markov(len(item.tokens[0]), 3)
    train_prior(prior, data, data[:1], run, tmp_path)
    bits = bits_per_token(prior, Windows(data[:1], config, 4, 0), 8)
    assert bits < 0.7 * np.log2(5)
    assert "bigram=" in (tmp_path / "log.txt").read_text()


def test_tags_of_a_span() -> None:
    truth: dict[str, object] = {
        "stems": [
            {"drums": False, "voice": True, "program": 53, "notes": [[0.0, 1.0, 60, 90]]},
            {"drums": True, "voice": False, "program": None, "notes": [[5.0, 0.1, 36, 90]]},
        ],
        "keys": [[0.0, "A:min"]],
        "beats": [[i * 0.5, 1] for i in range(20)],
    }
    early, late = tags_of(truth, 0, 2), tags_of(truth, 4, 6)
    assert early[53 // 8] == 1
    assert early[FAMILIES + 1] == 1
    assert early[FAMILIES] == 0
    assert late[FAMILIES] == 1
    assert late[53 // 8] == 0
    assert early[FAMILIES + 2 + 2 * 9 + 1] == 1
    assert early[-8:].argmax() == (120 - 50) // 20
    assert len(early) == TAGS


def test_contrastive_loss_is_low_for_matching_pairs_only() -> None:
    torch.manual_seed(0)
    tags = torch.eye(TAGS)[:8]
    vectors = torch.nn.functional.normalize(torch.randn(8, 16), dim=-1)
    scale = torch.tensor(3.0)
    matched = contrastive_loss(vectors, tags, vectors, scale)
    assert matched < contrastive_loss(vectors.roll(1, 0), tags, vectors, scale) - 3
    # Clips with equal tags must not push each other away.
    same = contrastive_loss(vectors, torch.ones(8, TAGS), vectors, scale)
    assert same < 1e-3
    assert TagEncoder(16)(tags).shape == (8, 16)


class Noisy(nn.Module):
    """A layer whose loss depends on the step and on the random state."""

    def __init__(self) -> None:
        super().__init__()
        self.layer = nn.Linear(4, 4)

    def loss(self, step: int) -> Tensor:
        inputs = torch.full((2, 4), float(step)) + torch.randn(2, 4)
        loss: Tensor = self.layer(inputs).square().mean()
        return loss


def test_stage_2_resumes_bit_exactly_after_a_kill(tmp_path: Path) -> None:
    config = TrainConfig(steps=9, batch=1, warm_up=2, log_every=100, validate_every=100, checkpoint_every=3)

    def fresh() -> Noisy:
        torch.manual_seed(5)
        return Noisy()

    whole, killed, resumed = fresh(), fresh(), fresh()
    run_loop(whole, whole.loss, dict, config, tmp_path / "whole", "whole")

    def dies(step: int) -> Tensor:
        if step == 5:
            raise KeyboardInterrupt
        return killed.loss(step)

    with pytest.raises(KeyboardInterrupt):
        run_loop(killed, dies, dict, config, tmp_path / "parts", "parts")
    assert run_loop(resumed, resumed.loss, dict, config, tmp_path / "parts", "parts") == 9
    assert torch.equal(whole.layer.weight, resumed.layer.weight)
    a, b = (checkpoint.read(tmp_path / name / "checkpoint")[1] for name in ("whole", "parts"))
    assert all(torch.equal(a[key], b[key]) for key in a)
