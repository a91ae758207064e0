"""Features: causal, aligned with their tokens, independent of how a piece is cut, and the same in ONNX."""

from pathlib import Path

import pytest
import torch

from sonido.clip_embedding import ClipEmbedding
from sonido.clip_grid import clip_of, count_of
from sonido.config import model_config
from sonido.feature_export import export_graphs
from sonido.features import feature_graphs, level_features
from sonido.hqvae import HQVAE
from sonido.prior import Prior

torch.set_num_threads(1)
CONDITIONER_REACH = 4
"""Tokens above that the conditioner sees ahead (layers.Stack of two blocks)."""


CLIPS = torch.randn(3, 32, generator=torch.Generator().manual_seed(4))


@pytest.fixture(scope="module")
def priors() -> list[Prior]:
    torch.manual_seed(0)
    return [Prior(p).eval() for p in model_config("debug").priors]


def test_a_feature_has_seen_its_own_token_and_none_after(priors: list[Prior]) -> None:
    prior = priors[0]
    tokens = torch.randint(prior.config.vocabulary, (300,))
    before = level_features(prior, tokens, None, CLIPS)
    for changed in (0, 62, 63, 64, 150, 299):
        other = tokens.clone()
        other[changed] = (other[changed] + 1) % prior.config.vocabulary
        difference = (level_features(prior, other, None, CLIPS) - before).abs().amax(1)
        assert int(difference.nonzero()[0]) == changed


def test_the_tokens_above_are_seen_a_little_ahead(priors: list[Prior]) -> None:
    prior = priors[1]
    tokens, upper = torch.randint(prior.config.vocabulary, (400,)), torch.randint(64, (100,))
    before = level_features(prior, tokens, upper, CLIPS)
    other = upper.clone()
    other[50] = (other[50] + 1) % 64
    changed = (level_features(prior, tokens, other, CLIPS) - before).abs().amax(1).nonzero()[:, 0]
    assert 4 * (50 - CONDITIONER_REACH) - 1 <= int(changed[0]) <= 4 * 50


def test_the_rest_of_a_piece_changes_nothing(priors: list[Prior]) -> None:
    prior = priors[2]
    tokens, upper = torch.randint(prior.config.vocabulary, (700,)), torch.randint(64, (175,))
    whole = level_features(prior, tokens, upper, CLIPS)
    beginning = level_features(prior, tokens[:401], upper, CLIPS)
    assert len(whole) == 700
    assert len(beginning) == 401
    assert torch.equal(whole[:401], beginning)


def test_clips_lie_on_the_grid_of_the_file() -> None:
    assert [count_of(t) for t in (1, 255, 256, 383, 384, 512)] == [1, 1, 1, 1, 2, 3]
    # The coarse level at half its context of 512: centres at 256, 512, ... and clips around 128, 256, ...
    assert [clip_of(s, 512, 1, 9) for s in (0, 256, 512)] == [1, 3, 5]
    # The fine level: 1024 tokens are 64 coarse ones; a centre between two clips takes the later.
    assert [clip_of(512 * w, 1024, 16, 9) for w in range(7)] == [0, 0, 0, 0, 0, 1, 1]
    assert clip_of(10**6, 512, 1, 4) == 3


def test_a_feature_follows_the_clip_of_its_window_only(priors: list[Prior]) -> None:
    prior = priors[0]  # windows of 64 at every 32: at token 160 the centre is 192, at 224 it is 256
    tokens = torch.randint(prior.config.vocabulary, (400,))
    other = CLIPS.clone()
    other[1] += 1
    changed = (level_features(prior, tokens, None, other) - level_features(prior, tokens, None, CLIPS)).abs().amax(1)
    assert int(changed.nonzero()[0]) == 191
    assert int(changed.nonzero()[-1]) == 318


def test_graphs_agree_with_pytorch(priors: list[Prior], tmp_path: Path) -> None:
    torch.manual_seed(1)
    model = HQVAE(model_config("debug").codec).eval()
    results = export_graphs(
        feature_graphs(model, ClipEmbedding(32).eval(), priors), tmp_path, 0.1 * torch.randn(1, 2, 70 * 2048)
    )
    assert [r.graph for r in results] == ["tokenise"] * 6 + ["clip", "features0", "features1", "features2"]
    assert all(r.passed for r in results)
