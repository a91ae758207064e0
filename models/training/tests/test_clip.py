"""Clip embedding: its spectra, what a transposition and silence do to it, and that it learns."""

from pathlib import Path

import numpy as np
import pytest
import torch

from sonido.clip_embedding import FAMILIES, ClipEmbedding, PitchBranch
from sonido.clip_grid import WINDOW
from sonido.clip_stage import embed_long
from sonido.clip_training import ClipTrainer, Heard, quality, train_clip, turned, turned_tags
from sonido.config import TrainConfig
from sonido.data.preparation import Job
from sonido.data.splits import Split, kept_for_probes, split_of_song
from sonido.probe.material import choose
from sonido.spectrum import COLOUR, LOWEST_VALUE, PITCH, TOP, Spectrum

torch.set_num_threads(1)


@pytest.mark.parametrize("note", [48, 69, 100])
def test_a_tone_is_strongest_in_its_own_band(note: int) -> None:
    time = torch.arange(32 * TOP) / 44_100
    tone = torch.sin(2 * torch.pi * 440 * 2 ** ((note - 69) / 12) * time).repeat(2, 1)[None]
    pitch, colour, level = Spectrum()(tone)
    assert pitch.shape == (1, 32, PITCH)
    assert colour.shape == (1, 32, COLOUR)
    assert int(pitch[0, 16].argmax()) == 2 * (note - 24)
    assert float(pitch[0, 16].max()) == pytest.approx(2, abs=0.05)  # a full-scale sine has power 1
    assert float(level[0, 16]) == pytest.approx(0.5, abs=0.02)
    assert torch.allclose(Spectrum()(torch.zeros(1, 2, 4 * TOP))[0], torch.tensor(LOWEST_VALUE))


def test_a_transposition_turns_the_key_and_nothing_else() -> None:
    torch.manual_seed(0)
    branch = PitchBranch()
    pitch = torch.full((1, WINDOW, PITCH), LOWEST_VALUE)
    pitch[..., 60:100] = torch.rand(1, WINDOW, 40)
    mask = torch.ones(1, WINDOW)
    before, after = branch(pitch, mask)[1], branch(turned(pitch[0], 3)[None], mask)[1]
    assert torch.allclose(before.roll(6, -1), after, atol=1e-3)
    tags = torch.zeros(FAMILIES + 2 + 24 + 8)
    tags[FAMILIES + 2 + 2 * 9 + 1] = 1  # A minor
    assert int(turned_tags(tags, 3)[FAMILIES + 2 :].argmax()) == 1  # C minor


def test_silence_after_a_short_piece_is_not_heard() -> None:
    torch.manual_seed(0)
    clip = ClipEmbedding(16).eval()
    half = 0.1 * torch.randn(2, 128 * TOP)
    with_zeros = embed_long(clip, half)
    assert with_zeros.shape == (1, 16)
    assert float(with_zeros.norm()) == pytest.approx(4, abs=1e-4)
    pitch, colour, level = clip.spectrum(half[None])
    noisy = [torch.cat([x, torch.rand_like(x)], dim=1) for x in (pitch, colour)]
    mask = torch.cat([torch.ones_like(level), torch.zeros_like(level)], dim=1)
    # Only the convolutions reach over the border.
    with torch.no_grad():
        found = clip.embed(noisy[0], noisy[1], noisy[0], mask)[0]
    assert float(torch.cosine_similarity(found, with_zeros)) > 0.95
    assert embed_long(clip, 0.1 * torch.randn(2, 390 * TOP)).shape == (2, 16)


def heard(seed: int) -> Heard:
    """A part of the spectrum is loud, and what it is is named."""
    random = np.random.default_rng(seed)
    kind = seed % 3
    pitch, colour = random.uniform(0, 0.3, (WINDOW, PITCH)), random.uniform(0, 0.3, (WINDOW, COLOUR))
    colour[:, kind::6] += 1
    stems = [{"drums": False, "voice": False, "program": 8 * kind, "notes": [[0.0, 20.0, 60, 90]]}]
    truth = {"stems": stems, "keys": [], "beats": []}
    return Heard(pitch.astype(np.float16), colour.astype(np.float16), np.ones(WINDOW, np.float32), truth)


def test_the_embedding_learns_what_is_named(tmp_path: Path) -> None:
    torch.manual_seed(0)
    trainer = ClipTrainer(16)
    config = TrainConfig(steps=25, batch=6, learning_rate=3e-3, warm_up=5, ema_decay=0.8, validate_every=25)
    train_clip(trainer, [heard(n) for n in range(9)], [heard(n) for n in (9, 10, 11)], config, tmp_path)
    assert quality(trainer.eval(), [heard(n) for n in range(12, 15)]).instruments > 0.9
    assert "instruments=" in (tmp_path / "log.txt").read_text()


def test_probing_songs_are_heard_by_no_stage() -> None:
    units = [f"pop909/{n:03d}" for n in range(400)]
    kept = [u for u in units if kept_for_probes(u)]
    assert 40 < len(kept) < 140
    assert all(split_of_song(u) == "train" for u in kept)
    assert not kept_for_probes("eir/3.Sodium")
    jobs = [Job("pop909", u, u, v) for v in (0, 1) for u in units]
    most: dict[Split, int] = {"train": 20, "validation": 4, "test": 5}
    chosen = choose(jobs, {kept[0]}, most)
    assert kept[0] not in {j.unit for j in chosen}
    assert {s: sum(j.split == s for j in chosen) for s in most} == most
    assert len({j.unit for j in chosen}) == len(chosen)
