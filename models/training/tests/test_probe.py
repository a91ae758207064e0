"""Probes: measures on known cases, a planted relation is found, states are those that the product computes."""

import json
from pathlib import Path

import numpy as np
import pytest
import torch

from sonido.clip_embedding import ClipEmbedding
from sonido.config import model_config
from sonido.data.clips import Item
from sonido.features import level_features
from sonido.hqvae import HQVAE
from sonido.mel import BANDS, HOP, log_mel
from sonido.prior import Prior
from sonido.probe.measures import average_precision, key_score
from sonido.probe.projection import fit_projection
from sonido.probe.ridge import probe
from sonido.probe.segments import FRAMES, Piece, labels_of
from sonido.probe.states import Extractor, states_of
from sonido.tagging.labels import INSTRUMENTS, KEYS

GOLDEN = Path(__file__).parents[3] / "test" / "golden" / "log-mel" / "values.json"


def golden_signal() -> torch.Tensor:
    """[1, 22050]: two tones and noise from a linear congruential generator, as the TypeScript test makes it."""
    state, noise = 1, []
    for _ in range(22_050):
        state = (1_664_525 * state + 1_013_904_223) % 2**32
        noise.append(state / 2**32 - 0.5)
    time = torch.arange(22_050, dtype=torch.float64) / 44_100
    tones = 0.3 * torch.sin(2 * torch.pi * 440 * time) + 0.05 * torch.sin(2 * torch.pi * 5000 * time)
    return (tones + 0.02 * torch.tensor(noise, dtype=torch.float64))[None].float()


def test_the_mel_front_end_is_the_one_the_product_was_given() -> None:
    document = json.loads(GOLDEN.read_text())
    found = log_mel(golden_signal().repeat(2, 1))
    assert list(found.shape) == [-(-22_050 // HOP), BANDS] == document["shape"]
    for frame, values in document["frames"].items():
        assert torch.allclose(found[int(frame)], torch.tensor(values), atol=2e-3)


def test_average_precision_and_key_score() -> None:
    truth = np.array([True, False, True, False])
    assert average_precision(np.array([0.9, 0.8, 0.7, 0.1]), truth) == pytest.approx((1 + 2 / 3) / 2)
    assert key_score("A:min", "A:min") == 1
    assert key_score("G:maj", "C:maj") == key_score("F:maj", "C:maj") == 0.5
    assert key_score("A:min", "C:maj") == key_score("C:maj", "A:min") == 0.3
    assert key_score("C:min", "C:maj") == 0.2
    assert key_score("D:maj", "C:maj") == key_score("E:min", "C:maj") == 0


def test_a_probe_finds_a_linear_relation_and_nothing_in_noise() -> None:
    random = np.random.default_rng(0)
    weights = random.normal(size=(12, 1)).astype(np.float32)
    songs = [random.normal(size=(50, 12)).astype(np.float32) for _ in range(12)]
    test = random.normal(size=(400, 12)).astype(np.float32)

    def judged(truth: list[np.ndarray], wanted: np.ndarray) -> float:
        def measure(scores: np.ndarray, t: np.ndarray) -> float:
            return average_precision(scores[:, 0], t[:, 0])

        found = probe(songs, [t.astype(np.float32) for t in truth], truth, measure, test, 0)
        return measure(found, wanted)

    assert judged([s @ weights > 0 for s in songs], test @ weights > 0) > 0.97
    noise = [random.uniform(size=(50, 1)) > 0.5 for _ in songs]
    assert judged(noise, random.uniform(size=(400, 1)) > 0.5) < 0.65


def test_the_projection_keeps_what_varies_most() -> None:
    random = np.random.default_rng(1)
    hidden = random.normal(size=(400, 3)).astype(np.float32)
    pieces = [h @ random.normal(size=(3, 10)).astype(np.float32) + 5 for h in (hidden,)]
    projection = fit_projection(pieces, 3)
    assert projection is not None
    found = projection(pieces[0])
    assert found.shape == (400, 3)
    back = np.linalg.lstsq(np.c_[found, np.ones(400)], pieces[0], rcond=None)[0]
    assert np.allclose(np.c_[found, np.ones(400)] @ back, pieces[0], atol=1e-2)
    assert fit_projection(pieces, 10) is None


def test_states_are_those_of_the_product_at_every_level() -> None:
    torch.manual_seed(3)
    config = model_config("debug")
    extractor = Extractor(
        HQVAE(config.codec).eval(), ClipEmbedding(32).eval(), [Prior(p).eval() for p in config.priors]
    )
    audio = 0.1 * torch.randn(2, 40 * 2048)
    states = states_of(extractor, audio)
    tokens = [t[0] for t in extractor.codec.encode(audio[None])]
    coarse = level_features(extractor.priors[0], tokens[0], None, states.clips)
    fine = level_features(extractor.priors[2], tokens[2], tokens[1], states.clips)
    assert torch.allclose(states.coarse[:, extractor.priors[0].feature_layer], coarse, atol=1e-5)
    averaged = fine.reshape(-1, 4, fine.shape[1]).mean(1)
    assert torch.allclose(states.fine[:, extractor.priors[2].feature_layer], averaged, atol=1e-5)
    with pytest.raises(ValueError, match="multiple of 2048"):
        states_of(extractor, audio[:, :-1])


def test_labels_of_a_piece_lie_where_its_notes_sound(tmp_path: Path) -> None:
    stems = [
        {"drums": False, "voice": True, "program": 53, "notes": [[1.0, 0.5, 60, 90]]},
        {"drums": True, "voice": False, "program": None, "notes": [[2.0, 0.1, 36, 90]]},
        {"drums": False, "voice": False, "program": 24, "notes": [[30.0, 1.0, 64, 90]]},
    ]
    truth = {"stems": stems, "keys": [[0.0, "G:maj"], [20.0, "D:maj"]]}
    (tmp_path / "truth.json").write_text(json.dumps(truth))
    found = labels_of(Piece(Item(tmp_path / "mix.flac", 44_100 * 60, "rendered"), 0))
    assert found["pitch"].shape == (FRAMES, 88)
    frames = np.flatnonzero(found["pitch"][:, 60 - 21]) * HOP / 44_100
    assert frames[0] == pytest.approx(1.0, abs=0.012)
    assert frames[-1] == pytest.approx(1.5, abs=0.02)
    assert np.flatnonzero(found["onset"]).tolist() == [86, 172]
    assert found["activity"].any(0).all()
    assert [n for n, heard in zip(INSTRUMENTS, found["instruments"], strict=True) if heard] == [
        "ensemble",
        "drums",
        "voice",
    ]
    assert KEYS[int(found["key"])] == "G:maj"
