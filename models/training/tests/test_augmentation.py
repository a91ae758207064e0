"""Augmentation on the fly: shapes, levels, and labels that move with the audio."""

import json
from pathlib import Path

import numpy as np
import pytest
import soundfile
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from sonido.data import augmentation, labels, pitch_time
from sonido.data.augmentation import Augmentation
from sonido.data.clips import RandomSegments, read_index
from sonido.data.labelled_clips import LabelledSegments
from sonido.data.labels import LabelledNote, Labels

RATE = 44_100
NOTHING = Augmentation(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)


def test_augmentation_keeps_shape_and_full_scale() -> None:
    random = np.random.default_rng(0)
    audio = (0.5 * random.standard_normal((2, 20_000))).clip(-1, 1).astype(np.float32)
    everything = augmentation.Augmentation(width=1, eq=1, noise=1, codec=0)
    for _ in range(10):
        out = augmentation.augment(audio, everything, random)
        assert out.shape == audio.shape
        assert np.abs(out).max() <= 0.991
    coded = augmentation.vorbis(audio, 0.3)
    assert np.corrcoef(coded[0], audio[0])[0, 1] > 0.8, "the codec must keep sample alignment"


def test_remix_sums_and_stays_below_full_scale() -> None:
    random = np.random.default_rng(0)
    stems = [(random.standard_normal((2, n)) * 0.6).astype(np.float32) for n in (3000, 2500, 4000)]
    mix, scaled = augmentation.remix(stems, random)
    assert mix.shape == (2, 2500)
    assert np.allclose(np.sum(scaled, axis=0), mix, atol=1e-5)
    assert np.abs(mix).max() <= 0.991


def clicks(times: list[float], seconds: float) -> NDArray[np.float32]:
    """Short decaying bursts."""
    audio = np.zeros((2, int(seconds * RATE)), np.float32)
    burst = (np.hanning(400)[200:] * np.sin(np.arange(200) * 0.6)).astype(np.float32)
    for time in times:
        audio[:, int(time * RATE) : int(time * RATE) + 200] += burst
    return audio


@given(st.floats(0.8, 1.25), st.integers(-4, 4))
@settings(max_examples=12, deadline=None)
def test_pitch_and_tempo_change_on_their_own(tempo: float, semitones: int) -> None:
    time = np.arange(2 * RATE) / RATE
    tone = np.tile(0.5 * np.sin(2 * np.pi * 440 * time), (2, 1)).astype(np.float32)
    out = pitch_time.change(tone, tempo, semitones)
    assert out.shape[1] == pytest.approx(2 * RATE / tempo, abs=3)
    middle = out[0, RATE // 2 : RATE // 2 + 16_384] * np.hanning(16_384)
    peak = int(np.abs(np.fft.rfft(middle)).argmax()) * RATE / 16_384
    assert peak == pytest.approx(440 * 2 ** (semitones / 12), abs=4)
    assert np.abs(middle).max() == pytest.approx(0.5, abs=0.1)


@given(st.floats(0.85, 1.18), st.integers(-2, 2))
@settings(max_examples=8, deadline=None)
def test_labels_move_with_the_onsets(tempo: float, semitones: int) -> None:
    times = [0.5, 1.1, 1.6]
    truth = Labels(tuple(LabelledNote(t, 0.1, 60, 90, 0) for t in times)).moved(tempo, semitones)
    out = np.abs(pitch_time.change(clicks(times, 2.5), tempo, semitones)[0])
    for note in truth.notes:
        window = out[int((note.start - 0.05) * RATE) : int((note.start + 0.1) * RATE)]
        assert abs(int(window.argmax()) / RATE - 0.05) < 0.010


def test_stereo_image_stays() -> None:
    random = np.random.default_rng(0)
    mono = np.convolve(random.standard_normal(RATE), np.ones(8) / 8, "same").astype(np.float32)
    out = pitch_time.change(np.stack([mono, 0.25 * mono]), 1.1, 2)
    assert np.allclose(out[1], 0.25 * out[0], atol=1e-3)
    assert np.array_equal(pitch_time.change(np.stack([mono, mono]), 1.0, 0.0)[0], mono)


def test_labels_are_cut_moved_and_transposed() -> None:
    notes = (LabelledNote(1.0, 2.0, 60, 90, 5), LabelledNote(2.0, 0.1, 36, 90, None, True))
    truth = Labels(notes, ((0.0, 1), (1.5, 2), (3.0, 3)), ((0.0, "C:maj"), (2.0, "Bb:min")))
    part = truth.span(0.5, 2.0)
    assert [(n.start, n.duration) for n in part.notes] == [(0.5, 1.5), (1.5, 0.1)]
    assert part.beats == ((1.0, 2),)
    assert part.keys == ((0.0, "C:maj"), (1.5, "Bb:min"))
    moved = part.moved(2.0, 3)
    assert [n.pitch for n in moved.notes] == [63, 36], "drum keys are no pitches"
    assert moved.notes[0].start == 0.25
    assert [name for _, name in moved.keys] == ["D#:maj", "C#:min"]


@pytest.fixture
def shards(tmp_path: Path) -> Path:
    """Two songs of two stems each: clicks at known times, one stem a constant."""
    for number, step in enumerate((0.5, 0.7)):
        folder = tmp_path / "train" / "generated" / f"song-{number}"
        (folder / "stems").mkdir(parents=True)
        times = [step * i for i in range(1, 12)]
        stems = [0.4 * clicks(times, 9.0), np.full((2, 9 * RATE), 0.05 * (number + 1), np.float32)]
        for index, audio in enumerate(stems):
            soundfile.write(str(folder / "stems" / f"{index:02d}.flac"), audio.T, RATE)
        soundfile.write(str(folder / "mix.flac"), np.sum(stems, axis=0).T, RATE)
        rows = [[t, 0.1, 60 + number, 90] for t in times]
        truth = {
            "beats": [[t, 1] for t in times],
            "keys": [[0.0, "C:maj"]],
            "stems": [
                {"program": number, "drums": False, "notes": rows},
                {"program": 40, "drums": False, "notes": []},
            ],
        }
        (folder / "truth.json").write_text(json.dumps(truth))
        item = {"frames": 9 * RATE, "kind": "rendered", "stems": ["00", "01"]}
        (folder / "item.json").write_text(json.dumps(item))
    return tmp_path


def test_labelled_clips_have_their_notes_where_they_sound(shards: Path) -> None:
    config = Augmentation(0, 0, 0, 0, 0, 0, 0, 0, semitones=2, tempo=0.15, remix=0)
    clips = LabelledSegments(read_index(shards, "train"), 2, 2 * RATE, 1, config)
    seen = 0
    for step in range(4):
        audio, truth = clips.at(step)
        assert audio.shape == (2, 2, 2 * RATE)
        for wave, item in zip(audio.numpy(), truth, strict=True):
            sound = np.abs(np.diff(wave[0]))
            for note in item.notes:
                begin = int(note.start * RATE)
                if 2000 < begin < len(sound) - 4000:
                    near = sound[begin - 1500 : begin + 2500]
                    assert abs(int(near.argmax()) - 1500) / RATE < 0.010
                    seen += 1
            assert min((n.pitch for n in item.notes), default=60) >= 58
    assert seen > 8
    again = LabelledSegments(read_index(shards, "train"), 2, 2 * RATE, 1, config)
    assert np.array_equal(again.at(3)[0], clips.at(3)[0])


def test_stems_of_several_songs_meet_in_one_clip(shards: Path) -> None:
    config = Augmentation(0, 0, 0, 0, 0, 0, 0, 0, semitones=0, tempo=0, remix=1)
    clips = LabelledSegments(read_index(shards, "train"), 4, RATE, 0, config)
    programs = [{n.program for n in truth.notes} for step in range(6) for truth in clips.at(step)[1]]
    assert {0, 1} in programs, "no clip held stems of both songs"
    assert all(not truth.beats and not truth.keys for truth in clips.at(0)[1]), "several songs have no common beat"


def test_unlabelled_segments_change_speed_and_remix(shards: Path) -> None:
    items = read_index(shards, "train")
    plain = RandomSegments(items, 4, 8192, 0, NOTHING).at(3)
    for changes in (Augmentation(0, 0, 0, 0, 0, 0, 0, 1, 2, 0, 0), Augmentation(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1)):
        changed = RandomSegments(items, 4, 8192, 0, changes)
        assert changed.at(3).shape == plain.shape
        assert np.array_equal(changed.at(3), changed.at(3))
        assert not np.array_equal(changed.at(3), plain)


def test_module_channels_are_labels_too(tmp_path: Path) -> None:
    truth = tmp_path / "truth.json"
    truth.write_text(json.dumps({"channels": {"2": [[0.5, 0.2, 60, 100]], "3": [[1.0, 0.2, 62, 100]]}}))
    assert [n.pitch for n in labels.read(truth).notes] == [60, 62]
    assert [n.start for n in labels.read_channel(truth, 3).notes] == [1.0]
    assert labels.read_channel(truth, 7).notes == ()
