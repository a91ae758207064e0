"""The tagging head: what is masked does not count, both heads are equally large, it learns, its ONNX graph agrees."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import onnx
import pytest
import soundfile
import torch

from sonido.tagging.__main__ import refuse_different_clips
from sonido.tagging.calibration import Temperatures, best_temperature, confidence_error
from sonido.tagging.evaluate import HeadData, groups_of, may_hold
from sonido.tagging.examples import Example, as_mixtures, read_examples
from sonido.tagging.export import export_head, write_labels
from sonido.tagging.head import MEL_WIDTH, TaggingHead, mel_statistics, sounding, stacked
from sonido.tagging.labels import INSTRUMENTS, KEYS, MIXTURE, PROGRAMS, ROLES, VOICE_ROLES, role_of_eir
from sonido.tagging.places import active_frames, loudest_places
from sonido.tagging.sung import OF_EACH_ROLE, SAMPLES, piece
from sonido.tagging.train import Group, HeadConfig, train_head

torch.set_num_threads(1)


def test_masked_frames_change_nothing_that_is_said_of_the_piece() -> None:
    torch.manual_seed(0)
    head = TaggingHead(288).eval()
    mel, extra, mask = torch.randn(1, 40, MEL_WIDTH), torch.randn(1, 40, 288), torch.ones(1, 40)
    mask[:, 30:] = 0
    before = head(mel, extra, mask)
    mel[:, 32:] += 5  # the convolution sees one frame to either side
    after = head(mel, extra, mask)
    for a, b in zip(before[:3], after[:3], strict=True):
        assert torch.allclose(a, b, atol=1e-5)
    assert not torch.allclose(before[3], after[3], atol=1e-3)
    assert [a.shape[1] for a in before[:3]] == [len(INSTRUMENTS), len(KEYS), len(ROLES)]


@pytest.mark.parametrize("width", [288, 400])
def test_a_voice_is_heard_from_mel_alone_and_the_rest_from_what_is_beside_it_too(width: int) -> None:
    torch.manual_seed(0)
    head = TaggingHead(width).eval()
    head.standardise(torch.randn(2000, MEL_WIDTH + width))
    mel, mask = torch.randn(1, 20, MEL_WIDTH), torch.ones(1, 20)
    one, other = (head(mel, extra, mask) for extra in torch.randn(2, 1, 20, width))
    voice, drums = (one[3] - other[3]).abs().amax((0, 1)).tolist()
    assert voice == 0
    assert drums > 1e-2
    assert all(not torch.allclose(a, b, atol=1e-2) for a, b in zip(one[:3], other[:3], strict=True))


def named(name: str) -> Example:
    frames = torch.zeros(4, 2)
    return Example(name, frames, frames, frames[:, 0], frames, torch.zeros(18), torch.zeros(18), -1, -1)


def test_a_song_that_is_left_out_is_in_no_group_and_none_may_be_empty() -> None:
    rendered = [named("pop909-1@20")]
    ours = [named(f"{song}{rest}") for song in ("3.Sodium", "5.Rubidium") for rest in ("-KICK@12", "@40", "@sung012")]
    data = HeadData(rendered, rendered, rendered, rendered, rendered, ours, ours, ours, rendered)
    left = [e.name for group in groups_of(data, "3.Sodium") for e in group.examples]
    assert "5.Rubidium@sung012" in left
    assert not any("Sodium" in name for name in left)
    assert any("Sodium" in e.name for group in groups_of(data, None) for e in group.examples)
    with pytest.raises(ValueError, match="is empty"):
        groups_of(replace(data, songs=[]), None)


def test_what_sounds_like_a_voice_is_rendered_for_vocals_alone() -> None:
    sung = {program for role in VOICE_ROLES for program in PROGRAMS[role]}
    assert {52, 53, 54, 85, 91} <= sung
    assert not sung & {
        program for role, programs in PROGRAMS.items() if role not in VOICE_ROLES for program in programs
    }


def test_a_comparison_on_different_clips_is_refused_before_any_training() -> None:
    refuse_different_clips({"songs/a.npz"}, {"songs/a.npz"})
    with pytest.raises(SystemExit, match="2 without features and 0 without mel, such as songs/b"):
        refuse_different_clips({"songs/a.npz", "songs/b.npz", "songs/c.npz"}, {"songs/a.npz"})


def test_pieces_with_several_kinds_of_instruments_are_mixtures() -> None:
    def piece_with(*heard: str) -> Example:
        instruments = torch.tensor([float(name in heard) for name in INSTRUMENTS])
        return replace(named("x"), instruments=instruments)

    pieces = [piece_with("piano", "drums"), piece_with("ensemble", "voice"), piece_with("piano", "bass", "voice")]
    assert [e.role for e in as_mixtures(pieces)] == [ROLES.index(MIXTURE), -1, ROLES.index(MIXTURE)]


def test_a_file_that_is_one_track_of_another_role_holds_no_voice() -> None:
    def sure_of(role: str) -> torch.Tensor:
        return torch.tensor([0.9 if name == role else 0.1 / (len(ROLES) - 1) for name in ROLES])

    assert not may_hold("voice", sure_of("pluck"))
    assert not may_hold("drums", sure_of("lead-vocal"))
    for role in (*VOICE_ROLES, MIXTURE):
        assert may_hold("voice", sure_of(role))
    assert may_hold("drums", sure_of("hats"))
    assert may_hold("voice", torch.full((len(ROLES),), 1 / len(ROLES))) == (3 / len(ROLES) >= 0.2)


def test_both_heads_are_equally_wide_and_silence_does_not_count() -> None:
    mel = torch.full((8, 96), -2.0)
    mel[4:] = torch.rand(4, 96)
    assert stacked(mel).shape == (2, MEL_WIDTH)
    statistics = mel_statistics(mel)
    assert statistics.shape == (2, 288), "as wide as three levels of 96"
    assert torch.allclose(statistics[1, :96], mel[4:].mean(0))
    assert torch.allclose(statistics[1, 192:], mel[4:].mean(0) + 2)
    assert sounding(mel).tolist() == [False, True]


def test_wide_features_make_no_larger_head_and_count_by_their_components(tmp_path: Path) -> None:
    torch.manual_seed(0)
    wide, narrow = TaggingHead(400).eval(), TaggingHead(288)
    assert sum(p.numel() for p in wide.parameters()) == sum(p.numel() for p in narrow.parameters())
    rows = torch.randn(2000, 5) @ torch.randn(5, MEL_WIDTH + 400)
    wide.standardise(rows)
    assert wide.components is not None
    found = ((rows - wide.mean) / wide.deviation)[:, MEL_WIDTH:] @ wide.components
    deviations = found.std(0)
    assert torch.allclose(deviations[-5:], torch.ones(5), atol=0.02)
    assert deviations[:-5].max() < 0.1
    assert export_head(wide, tmp_path / "head.onnx", Temperatures()) < 5e-3


def example(role: int, seed: int) -> Example:
    """A role is a place in the mel bands."""
    generator = torch.Generator().manual_seed(seed)
    mel = 0.3 * torch.randn(160, 96, generator=generator) - 1.5
    mel[:, 10 * role : 10 * role + 10] += 1.5
    instruments = torch.zeros(len(INSTRUMENTS))
    return Example(
        str(seed), stacked(mel), mel_statistics(mel), torch.ones(40), torch.zeros(40, 2), instruments,
        torch.ones(len(INSTRUMENTS)), -1, role,
    )  # fmt: skip


def test_training_learns_roles_and_repeats_itself() -> None:
    groups = [Group([example(role, 10 * role + k) for role in range(4) for k in range(6)])]
    config = HeadConfig(steps=60, batch=8, frames=32)
    head, again = (train_head(groups, config, 1, True) for _ in range(2))
    found = [
        int(head(e.mel[None], e.extra[None], e.mask[None])[2].argmax()) for e in (example(r, 99 + r) for r in range(4))
    ]
    assert found == [0, 1, 2, 3]
    assert all(torch.equal(a, b) for a, b in zip(head.state_dict().values(), again.state_dict().values(), strict=True))


def test_the_exported_head_agrees_with_pytorch(tmp_path: Path) -> None:
    torch.manual_seed(0)
    head = TaggingHead(288).eval()
    assert export_head(head, tmp_path / "head.onnx", Temperatures(2.0, 0.5, 1.5, 1.2)) < 2e-3
    graph = onnx.load(str(tmp_path / "head.onnx")).graph
    assert [i.name for i in graph.input] == ["mel", "extra", "mask"]
    assert [o.name for o in graph.output] == ["instruments", "key", "role", "activity"]
    assert (tmp_path / "head.onnx").stat().st_size < 400_000
    write_labels(tmp_path / "tag.json", {"run": "x"})
    assert '"lead-vocal"' in (tmp_path / "tag.json").read_text()


def test_a_temperature_takes_back_what_was_claimed_too_much() -> None:
    torch.manual_seed(0)
    honest = torch.randn(4000, 4)
    truth = torch.distributions.Categorical(logits=honest).sample()  # type: ignore[no-untyped-call]
    assert best_temperature(3 * honest, truth) == pytest.approx(3, rel=0.1)
    confidence, index = (3 * honest).softmax(-1).max(-1)
    calibrated, _ = honest.softmax(-1).max(-1)
    right = (index == truth).numpy()
    assert confidence_error(calibrated.numpy(), right) < 0.03 < confidence_error(confidence.numpy(), right)
    assert best_temperature(torch.zeros(0), torch.zeros(0)) == 1


def test_labels_and_places_of_the_real_songs() -> None:
    assert {r for role in PROGRAMS if (r := role) not in ROLES} == set()
    expected = {
        **{"BGVOX_OOH": "backing-vocal", "VOX_LEAD": "lead-vocal", "K_&_SN": "drums", "ALT_HATS": "hats"},
        **{"SY_BASS": "bass", "HVY_KICK": "kick", "BUILD": None, "HH_BUILD": "hats", "MAIN_DRUMS": "drums"},
    }
    assert {name: role_of_eir(name) for name in expected} == expected
    power = np.array([0, 0, 1, 1, 0, 0, 0, 4, 4, 0], np.float32)
    assert loudest_places(power, 2, 3) == [7, 2]
    assert loudest_places(np.zeros(10, np.float32), 2, 3) == []
    audio = np.zeros((2, 20 * 2048), np.float32)
    audio[:, 8 * 2048 : 12 * 2048] = 0.5
    active = active_frames(audio, 0.25)
    assert active[8:12].all()
    assert not active[:5].any()
    assert not active[15:].any()


def test_examples_without_states_are_left_out_when_features_are_asked_for(tmp_path: Path) -> None:
    mel, states = tmp_path / "mel", tmp_path / "states"
    for folder in (mel, states):
        folder.mkdir()
    arrays = {
        "mel": np.zeros((16, 96), np.float16),
        "activity": np.zeros((4, 2), bool),
        "instruments": np.zeros(18, bool),
    }
    for name in ("a", "b"):
        np.savez(mel / f"{name}.npz", **arrays, role=np.array(3))  # type: ignore[arg-type]
    rng = np.random.default_rng(0)
    np.savez(
        states / "a.npz",
        coarse=rng.normal(size=(4, 3, 8)),
        medium=rng.normal(size=(16, 2, 8)),
        fine=np.ones((16, 2, 8)),
        clips=np.full((1, 5), 2.0),
    )
    assert [e.name for e in read_examples(mel, None, (0, 0, 0))] == ["a", "b"]
    (found,) = read_examples(mel, states, (2, 1, 0))
    assert found.extra.shape == (4, 29)
    assert torch.equal(found.extra[:, 16:24], torch.ones(4, 8))
    assert torch.equal(found.extra[:, 24:], torch.full((4, 5), 2.0))
    assert (found.role, found.key) == (3, -1)


def test_reserved_songs_are_refused() -> None:
    from sonido.tagging.places import read_at

    with pytest.raises(ValueError, match="reserved"):
        read_at(Path("2.Lithium/KICK.wav"), 0, 2048)


def music(folder: Path, parts: dict[str, int]) -> tuple[list[Path], Path]:
    """Stems of sines named after a role, and rendered parts: ({stem files}, folder of roles)."""
    seconds = np.arange(40 * 44_100) / 44_100
    song, roles = folder / "song", folder / "roles"
    song.mkdir()
    for name, hertz in parts.items():
        soundfile.write(str(song / f"{name}.wav"), 0.2 * np.sin(2 * np.pi * hertz * seconds), 44_100)
    for role in ("piano", "bass", "guitar", "strings", "kick"):
        (roles / role).mkdir(parents=True)
        add_part(roles / role, 0)
    return sorted(song.iterdir()), roles


def add_part(folder: Path, number: int) -> None:
    audio = np.random.default_rng(number).normal(0, 0.1, 6 * 44_100)
    soundfile.write(str(folder / f"{number:03d}.flac"), audio, 44_100)
    (folder / f"{number:03d}.json").write_text(f'{{"role": "{folder.name}"}}')


def test_a_piece_has_a_voice_where_it_was_put_and_repeats_itself(tmp_path: Path) -> None:
    stems, roles = music(tmp_path, {"VOX_LEAD": 440, "KICK": 60, "PLUCK": 880, "BUILD": 9000})
    drums = []
    for index in range(8):
        sung, again, played = (piece(stems, roles, v, np.random.default_rng(index)) for v in (True, True, False))
        assert np.array_equal(sung.audio, again.audio)
        assert sung.audio.shape == (2, SAMPLES)
        assert np.abs(sung.audio).max() <= 1
        assert sung.voice.mean() > 0.5
        assert not played.voice.any()
        drums.append(played.drums.any())
    assert 0 < sum(drums) < 8


def test_a_song_without_other_stems_gets_rendered_ones_that_do_not_change_when_there_are_more(tmp_path: Path) -> None:
    stems, roles = music(tmp_path, {"VOX_LEAD": 440, "PLUCK": 0})
    for folder in roles.iterdir():
        for number in range(1, OF_EACH_ROLE):
            add_part(folder, number)
    before = [piece(stems, roles, False, np.random.default_rng(index)).audio for index in range(3)]
    assert all(np.abs(audio).max() > 0 for audio in before)
    for folder in roles.iterdir():
        add_part(folder, OF_EACH_ROLE)
    after = [piece(stems, roles, False, np.random.default_rng(index)).audio for index in range(3)]
    assert all(np.array_equal(a, b) for a, b in zip(before, after, strict=True))
