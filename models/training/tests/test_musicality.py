"""The statistics tell music from noise and order from disorder."""

import numpy as np
import torch

from sonido import musicality
from sonido.data.arrangement import arrange
from sonido.data.generated import song
from sonido.data.renderer import Sources, render


def music(seed: int) -> torch.Tensor:
    score = song(seed, bars=4)
    score.parts = [p for p in score.parts if not p.drums]
    rendering = render(arrange(score, None, 3.0, np.random.default_rng(seed)), Sources((), ()), 3.0, seed)
    return torch.from_numpy(rendering.mix.astype(np.float32) / 32768)


def test_music_and_noise_lie_apart_and_loudness_does_not_count() -> None:
    songs = [musicality.statistics(music(seed)) for seed in range(3)]
    noise = [musicality.statistics(0.1 * torch.randn(2, 3 * 44_100)) for _ in range(2)]
    apart = musicality.distances(songs, noise)
    assert apart["energy in the three strongest pitch classes"] > 2
    assert apart["peaks over neighbours (dB)"] > 2
    assert noise[0]["spectrum alike after 0.5 s"] < 0.1 < songs[0]["spectrum alike after 0.1 s"]
    louder, quieter = (musicality.statistics(g * music(0)) for g in (2.0, 0.2))
    assert all(abs(louder[k] - quieter[k]) < 1e-3 for k in louder)


def test_a_beat_is_periodic() -> None:
    steady = torch.zeros(2, 4 * 44_100)
    for beat in range(8):
        steady[:, beat * 22_050 : beat * 22_050 + 2000] = 0.3 * torch.randn(2, 2000)
    assert musicality.statistics(steady)["onset periodicity"] > 0.5
    assert musicality.statistics(torch.randn(2, 4 * 44_100))["onset periodicity"] < 0.4


def test_both_controls_keep_the_tokens_and_lose_their_order() -> None:
    tokens = [torch.arange(6)[None], torch.arange(24)[None], torch.arange(96)[None]]
    generator = torch.Generator().manual_seed(0)
    for changed in (musicality.shuffled(tokens, generator), musicality.frames_shuffled(tokens, generator)):
        for before, after in zip(tokens, changed, strict=True):
            assert not torch.equal(before, after)
            assert torch.equal(before, after.sort().values)
    frames = musicality.frames_shuffled(tokens, generator)
    assert torch.equal(frames[1][0, ::4] // 4, frames[0][0]), "finer tokens must move with their coarse frame"


def test_table_has_a_row_per_statistic_and_the_mean() -> None:
    groups = {"music": [{"a": 1.0}, {"a": 3.0}], "samples": [{"a": 4.0}]}
    assert musicality.table(groups)[2:] == [
        "| a | 2.000 ± 1.000 | 4.000 (2.00) |",
        "| **mean distance in standard deviations** | 0 | 2.00 |",
    ]
