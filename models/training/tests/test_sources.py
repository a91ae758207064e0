"""Sampled instruments, kits from folders of hits, songs that come as stems, and which side of the split they serve."""

import struct
from pathlib import Path

import numpy as np
import pytest
import soundfile

from sonido.data import gus_patches, preparation, recordings, sample_folders, song_stems, soundfonts, stk
from sonido.data.generated import song
from sonido.data.preparation import Inputs, Job, allowed_sources, list_jobs, run_job
from sonido.data.renderer import Sources, render
from sonido.data.score import Note, Part

RATE = 44_100


def write_patch(path: Path, hertz: float, lead: int) -> None:
    """One looped 16-bit sine after `lead` samples of silence."""
    period = round(RATE / hertz)
    wave = np.concatenate([np.zeros(lead), 0.5 * np.sin(2 * np.pi * np.arange(20 * period) / period)])
    data = np.round(wave * 32767).astype("<i2").tobytes()
    header = bytearray(gus_patches.HEADERS)
    header[:9] = b"GF1PATCH1"
    header[-41] = 1
    sample = bytearray(96)
    loop = 2 * (lead + 4 * period), 2 * (lead + 20 * period)
    struct.pack_into("<IIIHIII", sample, 8, len(data), *loop, RATE, 20_000, 20_000_000, round(1000 * RATE / period))
    sample[55] = gus_patches.SIXTEEN_BIT | gus_patches.LOOPED
    path.write_bytes(bytes(header) + bytes(sample) + data)


@pytest.mark.parametrize("pitch", [57, 69, 76])
def test_a_patch_sounds_at_its_pitch_from_its_onset_as_long_as_held(pitch: int, tmp_path: Path) -> None:
    write_patch(tmp_path / "005_Tone.pat", 441.0, 3000)
    path = gus_patches.installed(tmp_path)[5]
    audio = gus_patches.render(Part("p", 5, False, [Note(0.25, 1.5, pitch, 127)]), path, 3 * RATE)[0]
    assert int(np.flatnonzero(np.abs(audio) > 1e-3)[0]) / RATE == pytest.approx(0.25, abs=0.010)
    middle = audio[RATE : RATE + 16_384] * np.hanning(16_384)
    expected = 440 * 2 ** ((pitch - 69) / 12)
    assert int(np.abs(np.fft.rfft(middle)).argmax()) * RATE / 16_384 == pytest.approx(expected, abs=3)
    assert not audio[round((1.75 + gus_patches.RELEASE_SECONDS) * RATE) + 10 :].any()


@pytest.mark.parametrize("instrument", sorted({name for names in stk.FAMILIES.values() for name in names}))
def test_a_physical_model_is_in_time_and_in_tune_and_repeats(instrument: str) -> None:
    if not stk.installed():
        pytest.skip("the Synthesis ToolKit's program is not installed (apt-packages.txt)")
    notes = [Note(0.1 + 0.15 * i, 0.1, 50, 100) for i in range(30)]
    part = Part("p", 0, False, [*notes, Note(6.0, 1.0, 57, 100)])
    audio = stk.render(part, instrument, 7 * RATE)
    begin = 6 * RATE
    window = np.abs(audio[0, begin : begin + RATE // 5])
    before = float(np.abs(audio[0, begin - 4000 : begin]).max())
    assert int(np.flatnonzero(window > max(2 * before, 0.02 * window.max()))[0]) < 0.010 * RATE
    steady = audio[0, begin + RATE // 10 : begin + 9 * RATE // 10]
    likeness = np.fft.irfft(np.abs(np.fft.rfft(steady * np.hanning(len(steady)), 1 << 17)) ** 2)
    period = 150 + int(likeness[150:300].argmax())
    assert abs(12 * np.log2(RATE / period / 220)) < 0.25
    assert np.array_equal(audio, stk.render(part, instrument, 7 * RATE))


def test_a_model_score_does_not_drift() -> None:
    part = Part("p", 0, False, [Note(i * 0.1234567, 0.05, 60, 90) for i in range(2000)])
    now, found = 0, []
    for line in stk.skini(part, 300 * RATE).splitlines():
        kind, delta, *_ = line.split()
        now += int(float(delta) * RATE)
        if kind == "NoteOn":
            found.append(now)
    assert found == [round(n.start * RATE) for n in part.notes]


def test_broken_patches_are_named(tmp_path: Path) -> None:
    (tmp_path / "a.pat").write_bytes(b"nothing")
    with pytest.raises(ValueError, match="not a GF1 patch"):
        gus_patches.read(tmp_path / "a.pat")
    write_patch(tmp_path / "b.pat", 441.0, 0)
    (tmp_path / "c.pat").write_bytes((tmp_path / "b.pat").read_bytes()[:300])
    with pytest.raises(ValueError, match="cut short"):
        gus_patches.read(tmp_path / "c.pat")


def test_kits_from_a_folder_differ_and_need_the_three_basics(tmp_path: Path) -> None:
    for name in ("kick1", "kick2", "snare1", "snare2", "hat1"):
        soundfile.write(str(tmp_path / f"{name}.wav"), np.zeros(10), RATE)
    classes: dict[str, tuple[str, ...]] = {
        "kick": ("kick*",),
        "snare": ("snare*",),
        "hat_closed": ("hat*",),
        "crash": ("crash*",),
    }
    kits = sample_folders.installed({"mine": (str(tmp_path), classes)})
    assert [k.name for k in kits] == ["mine-0", "mine-1", "mine-2"]
    assert kits[0].layers["kick"] != kits[1].layers["kick"]
    assert "crash" not in kits[0].layers
    assert sample_folders.library_of(kits[2].name) == "mine"
    (tmp_path / "hat1.wav").unlink()
    assert sample_folders.installed({"mine": (str(tmp_path), classes)}) == []


def test_guitar_and_rest_sum_to_the_song(tmp_path: Path) -> None:
    folder = tmp_path / "songs" / "band" / "tune"
    folder.mkdir(parents=True)
    random = np.random.default_rng(0)
    for name, length in (("guitar", 6 * RATE), ("song", 7 * RATE)):
        soundfile.write(str(folder / f"{name}.ogg"), 0.6 * random.uniform(-1, 1, (length, 2)), RATE)
    inputs = Inputs(game_midi=(), modules=(), soundtracks=(str(tmp_path),))
    (job,) = list_jobs(inputs)
    assert job.unit == "fretsonfire/tune"
    assert run_job(job, inputs, tmp_path / "out", True, 10.0) == pytest.approx(7, abs=0.01)
    shard = next((tmp_path / "out").rglob("mix.flac")).parent
    mix, *stems = (soundfile.read(str(p), dtype="int16")[0] for p in (shard / "mix.flac", *shard.glob("stems/*")))
    assert len(stems) == 2
    assert np.array_equal(np.sum(stems, axis=0, dtype=np.int32), mix)


def test_button_scores_are_no_music(tmp_path: Path) -> None:
    folder = tmp_path / "fretsonfire" / "data"
    folder.mkdir(parents=True)
    (folder / "notes.mid").write_bytes(b"MThd")
    (folder / "guitar.ogg").write_bytes(b"OggS")
    inputs = Inputs(game_midi=(str(tmp_path),), modules=(), soundtracks=(str(tmp_path),))
    assert [job.kind for job in list_jobs(inputs)] == ["fretsonfire"]
    assert recordings.soundtracks((str(tmp_path),)) == []


def test_no_sampled_source_serves_both_sides(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("a", "b", "c"):
        (tmp_path / f"{name}.sf2").touch()
    monkeypatch.setenv("SONIDO_SOUNDS", str(tmp_path))
    monkeypatch.setattr(soundfonts, "KNOWN", {n: (f"{n}.sf2", "") for n in ("a", "b")})
    monkeypatch.setattr(soundfonts, "DRUM_FONTS", {"c": ("c.sf2", "")})
    monkeypatch.setattr(gus_patches, "installed", lambda: {0: tmp_path / "a.pat"})
    monkeypatch.setattr(stk, "installed", lambda: {0: ("Rhodey",)})
    # Not from its cache, which other tests share.
    sides = {split: allowed_sources.__wrapped__(split) for split in ("train", "validation", "test")}
    names = {
        split: {f.name for f in (*s.fonts, *s.drum_fonts)}
        | {k.name for k in s.kits}
        | {str(p) for p in s.patches.values()}
        | {name for names in s.models.values() for name in names}
        for split, s in sides.items()
    }
    assert names["train"]
    assert names["validation"] == names["test"] != set()
    assert not names["train"] & names["validation"]


def test_every_corpus_of_the_data_plan_has_a_job(tmp_path: Path) -> None:
    """One file of each kind, found and named; reserved items are refused."""
    for name in (
        "POP909/001/001.mid",
        "groove/drummer1/session1/1_rock_100_beat_4-4.mid",
        "set/song.mxl",
        "mods/a.xm",
        "g/g/g/x/a.mid",
    ):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"")
    (tmp_path / "eir" / "3.Sodium").mkdir(parents=True)
    inputs = Inputs(
        tmp_path, tmp_path, tmp_path, tmp_path / "eir", (4,), (str(tmp_path / "g"),), (str(tmp_path / "mods"),), ()
    )
    kinds = {job.kind for job in list_jobs(inputs)}
    assert {"pop909", "groove", "lieder", "game", "module", "eir", "generated"} <= kinds
    with pytest.raises(ValueError, match="reserved"):
        run_job(Job("pop909", "pop909/1", "/data/maestro/1.mid", 0), inputs, tmp_path, False, 1.0)
    assert set(preparation.KINDS) == {"eir", "soundtrack", "fretsonfire", "module"}


def test_drums_without_any_source_are_left_out() -> None:
    score = song(1, bars=2)
    rendering = render(score, Sources((), ()), 3.0, 0)
    assert [s.part.name for s in rendering.stems if s.part.drums] == []
    assert len(rendering.stems) == 3


def test_remixes_of_a_multitrack_song_keep_exact_stems(tmp_path: Path) -> None:
    random = np.random.default_rng(0)
    paths = [tmp_path / f"{name}.wav" for name in ("VOX LEAD", "KICK", "SY_BASS", "PAD")]
    for number, path in enumerate(paths):
        soundfile.write(str(path), 0.6 * random.uniform(-1, 1, (4000 + 500 * number, 2)), RATE)
    mix, stems = song_stems.remix(paths, False, 0)
    assert sorted(stems) == ["bass-SY_BASS", "drums-KICK", "other-PAD", "vocals-VOX_LEAD"]
    for varied in (mix, stems), song_stems.remix(paths, True, 3):
        total = np.sum([s.astype(np.int32) for s in varied[1].values()], axis=0)
        assert np.array_equal(total, varied[0])
        assert np.abs(varied[0]).max() > 1000
    assert len(song_stems.remix(paths, True, 3)[1]) < 4
