"""Scores, splits, arrangement and the renderer's truth."""

import json
import os
import re
import shutil
import zipfile
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest
import soundfile
from hypothesis import given, settings
from hypothesis import strategies as st

from sonido.data import (
    augmentation,
    console,
    groove,
    midi_files,
    modules,
    musicxml,
    pop909,
    recordings,
    soundfonts,
    synthesis,
)
from sonido.data.arrangement import arrange, transpose
from sonido.data.clips import RandomSegments, fixed_segments, read_index, read_segment
from sonido.data.drum_kits import class_of_key, class_of_name
from sonido.data.generated import numbers, song
from sonido.data.preparation import Inputs, Job, list_jobs, prepare, run_job, run_jobs
from sonido.data.renderer import Rendering, Sources, render, truth
from sonido.data.rooms import impulse_response, random_room, reverberate
from sonido.data.score import Note, Part, Score, excerpt
from sonido.data.splits import held_out_source, refuse_reserved, sources_for, split_of_song

RATE = 44_100


@pytest.fixture(autouse=True)
def _small_soundfonts(monkeypatch: pytest.MonkeyPatch) -> None:
    """The two soundfonts that load in an instant."""
    monkeypatch.setattr(soundfonts, "KNOWN", {name: soundfonts.KNOWN[name] for name in ("timgm", "opl3")})


NO_SAMPLES = Sources((), ())


def rendered(seed: int, seconds: float = 4.0) -> Rendering:
    score = song(seed, bars=4)
    score.parts = [p for p in score.parts if not p.drums]  # kits and soundfonts are optional installs
    return render(arrange(score, None, seconds, np.random.default_rng(seed)), NO_SAMPLES, seconds, seed)


@pytest.mark.parametrize("seed", range(3))
def test_stems_sum_to_the_mix_sample_by_sample(seed: int) -> None:
    rendering = rendered(seed)
    total = np.sum([s.audio.astype(np.int32) for s in rendering.stems], axis=0)
    assert np.array_equal(total, rendering.mix)
    assert np.abs(rendering.mix).max() < 32768
    assert np.abs(rendering.mix).max() > 300


def test_rendering_follows_from_the_seed() -> None:
    assert np.array_equal(rendered(5, 2.0).mix, rendered(5, 2.0).mix)
    assert not np.array_equal(rendered(5, 2.0).mix, rendered(6, 2.0).mix)


@given(st.integers(30, 90), st.integers(40, 127), st.floats(0.01, 0.9), st.integers(0, 10_000))
@settings(max_examples=25, deadline=None)
def test_synthetic_notes_start_within_ten_milliseconds(pitch: int, velocity: int, start: float, seed: int) -> None:
    random = np.random.default_rng(seed)
    patch = synthesis.random_patch(random, voice=False)
    part = Part("p", 0, False, [Note(start, 0.3, pitch, velocity)])
    audio = np.abs(synthesis.render(part, patch, RATE * 2, random)).max(0)
    first = int(np.flatnonzero(audio > 1e-5)[0]) / RATE
    assert abs(first - start) < 0.010


def soundfont_renderer() -> None:
    if not soundfonts.installed() or shutil.which("fluidsynth") is None:
        pytest.skip("fluidsynth and a soundfont are not installed (apt-packages.txt)")


def test_soundfont_notes_start_within_ten_milliseconds() -> None:
    soundfont_renderer()
    part = Part("p", 0, False, [Note(0.5 + i, 0.4, 60 + i, 100) for i in range(3)])
    for font in soundfonts.installed()[:2]:
        audio = np.abs(soundfonts.render(part, font, 0, 4 * RATE)).max(0)
        for note in part.notes:
            begin = round(note.start * RATE)
            before = audio[begin - 2000 : begin].max()
            window = audio[begin : begin + RATE // 5]
            onset = int(np.flatnonzero(window > max(2 * before, 0.02 * window.max()))[0]) / RATE
            assert onset < 0.010, (font.name, note.pitch, onset)


def test_soundfonts_of_one_kit_sound() -> None:
    soundfont_renderer()
    fonts = soundfonts.installed(known=soundfonts.DRUM_FONTS)
    if not fonts:
        pytest.skip("no soundfont of a drum kit is installed (apt-packages.txt)")
    part = Part("d", 0, True, [Note(0.5, 0.1, 36, 100), Note(1.0, 0.1, 38, 100)])
    for font in fonts:
        audio = np.abs(soundfonts.render(part, font, 0, 2 * RATE)).max(0)
        assert audio[: RATE // 2 - 500].max() < 1e-3 < 0.05 < audio[RATE // 2 :].max(), font.name


def test_prepared_shards_are_complete_resumable_and_do_not_leak(tmp_path: Path) -> None:
    inputs = Inputs(generated=tuple(numbers(3, 1)), game_midi=(), modules=(), soundtracks=())
    jobs = list_jobs(inputs)
    assert {job.split for job in jobs} == {"train", "validation"}
    made = [run_job(job, inputs, tmp_path, True, 3.0) for job in jobs]
    assert all(m > 0 for m in made)
    assert [run_job(job, inputs, tmp_path, True, 3.0) for job in jobs] == [0.0] * 4
    victim = next((tmp_path / "train").rglob("item.json"))
    victim.unlink()
    assert sum(run_job(job, inputs, tmp_path, True, 3.0) > 0 for job in jobs) == 1
    sources: dict[str, set[str]] = {}
    units: dict[str, set[str]] = {}
    for sidecar in tmp_path.rglob("item.json"):
        split = sidecar.relative_to(tmp_path).parts[0]
        units.setdefault(split, set()).add(json.loads(sidecar.read_text())["unit"])
        for stem in json.loads((sidecar.parent / "truth.json").read_text())["stems"]:
            used = {s for s in stem["source"].split("+") if not s.startswith("synthesis")}
            sources.setdefault(split, set()).update(":".join(s.split(":")[:2]) for s in used)
        assert len(list((sidecar.parent / "stems").iterdir())) == len(json.loads(sidecar.read_text())["stems"])
    assert not units["train"] & units["validation"]
    assert not sources.get("train", set()) & sources.get("validation", set())


def test_a_shard_is_whole_or_not_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    inputs = Inputs(generated=(1,), game_midi=(), modules=(), soundtracks=())
    job = list_jobs(inputs)[0]
    write = soundfile.write
    seen: list[str] = []

    def watched(path: str, *rest: object, **options: object) -> None:
        write(path, *rest, **options)
        seen.extend(p.name for p in (tmp_path / job.split / job.kind).iterdir())
        with monkeypatch.context() as other:  # another process makes the same meanwhile
            other.setattr(soundfile, "write", write)
            other.setattr(os, "getpid", lambda: 101)
            assert run_job(job, inputs, tmp_path, True, 8.0) > 0

    with monkeypatch.context() as this:
        this.setattr(soundfile, "write", watched)
        this.setattr(os, "getpid", lambda: 100)
        assert run_job(job, inputs, tmp_path, False, 8.0) > 0
    assert seen == [f"{job.name}.100.partial"]
    assert [i.path.parent.name for i in read_index(tmp_path, job.split)] == [job.name]
    assert read_index(tmp_path, job.split)[0].stems
    assert [p.name for p in (tmp_path / job.split / job.kind).iterdir()] == [job.name]
    (tmp_path / job.split / job.kind / "half.999999999.partial").mkdir()
    run_jobs([], inputs, tmp_path, 1, False, 8.0)
    assert [p.name for p in (tmp_path / job.split / job.kind).iterdir()] == [job.name]
    path = read_index(tmp_path, job.split)[0].path
    path.write_bytes(path.read_bytes()[:100])
    with pytest.raises(ValueError, match="run `prepare` again"):
        read_segment(read_index(tmp_path, job.split)[0], 0, 44_100)


def test_prepare_counts_failures_instead_of_hiding_them(tmp_path: Path) -> None:
    broken = tmp_path / "raw" / "game"
    broken.mkdir(parents=True)
    (broken / "bad.mid").write_bytes(b"MThd nonsense")
    inputs = Inputs(game_midi=(str(broken),), modules=(), soundtracks=())
    prepare(inputs, tmp_path / "out", 1, False, 3.0, 1.0, 1)
    assert "bad" in (tmp_path / "out" / "failures.txt").read_text()


def test_splits_are_stable_and_reserved_items_are_refused() -> None:
    splits = [split_of_song(f"pop909/{i:03d}") for i in range(1, 910)]
    assert 20 < splits.count("validation") < 80
    assert 20 < splits.count("test") < 80
    assert split_of_song("pop909/001") == splits[0]
    assert split_of_song("eir/1.Hydrogen") == "test"
    assert split_of_song("eir/3.Sodium") == "train"
    for name in ("eir/2.Lithium/VOX.m4a", "x/MAESTRO/a.mid", "vocadito_1.wav"):
        with pytest.raises(ValueError, match="reserved"):
            refuse_reserved(name)


@given(st.lists(st.text("abcdef", min_size=1, max_size=5), unique=True, min_size=1, max_size=8))
def test_sources_never_serve_two_sides(names: list[str]) -> None:
    train, held = set(sources_for("train", names)), set(sources_for("test", names))
    assert train | held == set(names)
    if len(names) >= 2:
        assert not train & held
        assert held == {held_out_source(names)}


def test_excerpt_and_transpose() -> None:
    parts = [Part("a", 0, False, [Note(0, 1, 60, 90), Note(2, 5, 64, 90)]), Part("d", 0, True, [Note(2, 1, 36, 90)])]
    beats = [(0.5 * i, i % 4 + 1) for i in range(20)]
    score = Score("s", parts, beats, [(0.0, "C:maj"), (6.0, "Bb:min")], [(1.0, 4.0, "C:maj")])
    part = excerpt(score, 1.5, 3.0)
    assert [(n.start, n.duration) for n in part.parts[0].notes] == [(0.5, 2.5)]
    assert part.beats[0] == (0.0, 4)
    assert part.keys == [(0.0, "C:maj")]
    assert part.chords == [(0.0, 2.5, "C:maj")]
    transpose(score, 2)
    assert [k for _, k in score.keys] == ["D:maj", "C:min"]
    assert score.parts[0].notes[0].pitch == 62
    assert score.parts[1].notes[0].pitch == 36


def test_midi_round_trip(tmp_path: Path) -> None:
    notes = [Note(0.25, 0.5, 60, 80), Note(1.0, 0.25, 67, 100), Note(1.0, 1.0, 72, 1)]
    midi_files.write_part(Part("x", 5, False, notes), tmp_path / "a.mid", 5)
    score = midi_files.read_midi(tmp_path / "a.mid", "s")
    assert score.parts[0].program == 5
    for want, got in zip(notes, score.parts[0].notes, strict=True):
        assert (want.pitch, want.velocity) == (got.pitch, got.velocity)
        assert got.start == pytest.approx(want.start, abs=1e-3)
        assert got.duration == pytest.approx(want.duration, abs=1e-3)


MUSICXML = """<score-partwise><part-list><score-part id="P1"><part-name>Voice</part-name></score-part></part-list>
<part id="P1"><measure><attributes><divisions>2</divisions><key><fifths>-3</fifths><mode>minor</mode></key>
<time><beats>3</beats><beat-type>4</beat-type></time></attributes><sound tempo="120"/>
<note><pitch><step>C</step><octave>4</octave></pitch><duration>2</duration><tie type="start"/></note>
<note><pitch><step>C</step><octave>4</octave></pitch><duration>2</duration><tie type="stop"/></note>
<note><chord/><pitch><step>E</step><alter>-1</alter><octave>4</octave></pitch><duration>2</duration></note>
<note><rest/><duration>2</duration></note><backup><duration>6</duration></backup>
<note><pitch><step>G</step><octave>3</octave></pitch><duration>6</duration></note></measure></part></score-partwise>"""


def test_musicxml_ties_chords_backup_key_and_tempo(tmp_path: Path) -> None:
    path = tmp_path / "set" / "song.mxl"
    path.parent.mkdir()
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("META-INF/container.xml", "<container/>")
        archive.writestr("score.xml", MUSICXML)
    score = musicxml.load(path, tmp_path)
    assert score.song == "lieder/set/song"
    assert score.parts[0].voice
    assert sorted((n.pitch, n.start, n.duration) for n in score.parts[0].notes) == [
        (55, 0.0, 1.5),
        (60, 0.0, 1.0),
        (63, 0.5, 0.5),
    ]
    assert score.keys == [(0.0, "C:min")]
    assert score.beats == [(0.0, 1), (0.5, 2), (1.0, 3)]
    with zipfile.ZipFile(tmp_path / "empty.mxl", "w") as archive:
        archive.writestr("readme.txt", "")
    with pytest.raises(ValueError, match="no MusicXML inside"):
        musicxml.load(tmp_path / "empty.mxl", tmp_path)


def test_musicxml_without_a_mode_gets_that_of_its_notes() -> None:
    silent = re.sub(r"<mode>\w+</mode>", "", MUSICXML)
    assert silent != MUSICXML
    assert musicxml.parse(ElementTree.fromstring(silent), "x").keys == [(0.0, "C:min")]
    # The same signature over the triad of its major key: C to Bb, E flat stays, G stays.
    major = silent.replace("<step>C</step>", "<step>B</step><alter>-1</alter>")
    assert musicxml.parse(ElementTree.fromstring(major), "x").keys == [(0.0, "D#:maj")]


def test_pop909_folder(tmp_path: Path) -> None:
    folder = tmp_path / "POP909" / "007"
    folder.mkdir(parents=True)
    midi_files.write_part(Part("MELODY", 0, False, [Note(0, 1, 60, 80)]), folder / "007.mid", 0)
    (folder / "beat_midi.txt").write_text("0.0 1.0 1.0\n0.5 0.0 0.0\n1.0 1.0 0.0\n1.5 0.0 0.0\n2.0 1.0 1.0\n")
    (folder / "chord_midi.txt").write_text("0.0\t2.0\tBb:maj\n")
    (folder / "key_audio.txt").write_text("0.0\t2.0\tGb:maj\n")
    score = pop909.load(pop909.songs(tmp_path)[0])
    assert [b for _, b in score.beats] == [1, 2, 3, 4, 1]
    assert score.keys == [(0.0, "F#:maj")]


def test_groove_keys_become_general_midi(tmp_path: Path) -> None:
    path = tmp_path / "drummer1" / "session1" / "1_rock_100_beat_4-4.mid"
    path.parent.mkdir(parents=True)
    midi_files.write_part(Part("d", 0, True, [Note(0, 0.1, 40, 90), Note(0.5, 0.1, 22, 60)]), path, 0)
    score = groove.load(path)
    assert [n.pitch for n in score.parts[0].notes] == [38, 42]
    assert groove.session_of(score.song) == "groove/drummer1/session1"


def test_drum_names_and_keys_meet_in_the_same_classes() -> None:
    names = {
        "Kick 1": "kick",
        "Snare Rimshot": "rim",
        "HH Open": "hat_open",
        "Closed HiHat": "hat_closed",
        "Floor Tom": "tom_low",
    }
    assert {n: class_of_name(n) for n in names} == names
    assert class_of_key(36) == "kick"
    assert class_of_key(46) == "hat_open"
    assert class_of_key(1) is None


def test_a_module_plays_with_exact_notes_and_stems_that_sum(tmp_path: Path) -> None:
    files = [p for root in ("/usr/share/games",) if Path(root).is_dir() for p in sorted(Path(root).rglob("*.mod"))]
    if not files:
        pytest.skip("no tracker module is installed (apt-packages.txt)")
    try:
        module = modules.load(files[0], seconds=20)
    except RuntimeError as error:
        pytest.skip(str(error))
    difference = module.mix - np.sum([s.astype(np.float64) for s in module.stems.values()], axis=0)
    power = float((module.mix.astype(np.float64) ** 2).mean())
    assert 10 * np.log10(power / max(1e-9, float((difference**2).mean()))) > 40
    assert all(n.duration > 0 for notes in module.notes.values() for n in notes)
    bad = tmp_path / "bad.mod"
    bad.write_bytes(b"nothing")
    with pytest.raises(ValueError, match="libxmp cannot load"):
        modules.load(bad)


def test_flat_strip_changes_nothing_and_pan_keeps_power() -> None:
    random = np.random.default_rng(0)
    audio = (0.1 * random.standard_normal((2, 5000))).astype(np.float32)
    flat = console.Strip(0, 0, (0,) * 6, console.EQ_CENTRES, -20, 1.0, 0.01, 0.1, 0, -60)
    assert np.allclose(console.process(audio, flat), audio, atol=1e-6)
    for pan in (-1.0, -0.3, 0.5, 1.0):
        left, right = console.pan_gains(pan)
        assert left**2 + right**2 == pytest.approx(2)


def test_equaliser_and_compressor_do_what_their_numbers_say() -> None:
    time = np.arange(RATE) / RATE
    for centre, band in ((700.0, 2), (90.0, 0), (10_000.0, 5)):
        gains = [0.0] * 6
        gains[band] = 6.0
        strip = console.Strip(0, 0, tuple(gains), console.EQ_CENTRES, -20, 1.0, 0.01, 0.1, 0, -60)  # type: ignore[arg-type]
        probe = {0: 30.0, 2: centre, 5: 20_000.0}[band]
        tone = np.tile(0.1 * np.sin(2 * np.pi * probe * time), (2, 1)).astype(np.float32)
        rise = 20 * np.log10(np.abs(console.process(tone, strip)[0, RATE // 2 :]).max() / 0.1)
        assert rise == pytest.approx(6.0, abs=0.6)
    squash = console.Strip(0, 0, (0,) * 6, console.EQ_CENTRES, -20, 4.0, 0.001, 0.05, 0, -60)
    loud = np.tile(np.sin(2 * np.pi * 500 * time), (2, 1)).astype(np.float32)
    gain_db = 20 * np.log10(console.compressor_gain(loud, squash)[-RATE // 4 :].mean())
    assert gain_db == pytest.approx(-15.0, abs=0.5)  # 20 dB over, ratio 4: 15 dB less


def test_room_has_its_decay_and_keeps_the_length() -> None:
    room = random_room(np.random.default_rng(1))
    response = impulse_response(room)
    assert np.allclose((response**2).sum(1), 1, atol=1e-3)
    wet = reverberate(np.ones((2, 1000), np.float32), room, -6.0)
    assert wet.shape == (2, 1000)


def test_stem_roles() -> None:
    roles = {"VOX_LEAD.m4a": "vocals", "SY_BASS.m4a": "bass", "K_&_SN.m4a": "drums", "PLUCK.m4a": "other"}
    assert {n: recordings.role_of(n) for n in roles} == roles


def test_segments_depend_on_the_step_alone(tmp_path: Path) -> None:
    inputs = Inputs(generated=tuple(numbers(2, 1)), game_midi=(), modules=(), soundtracks=())
    for job in list_jobs(inputs):
        run_job(job, inputs, tmp_path, False, 6.0)
    items = read_index(tmp_path, "train")
    a, b = (RandomSegments(items, 2, 8192, 3, augmentation.Augmentation(codec=0)) for _ in range(2))
    assert np.array_equal(a.at(4).numpy(), b.at(4).numpy())
    assert not np.array_equal(a.at(4).numpy(), a.at(5).numpy())
    assert fixed_segments(items, 3, 4096, 0).shape == (3, 2, 4096)
    with pytest.raises(ValueError, match="prepare` first"):
        read_index(tmp_path, "test")


def test_jobs_have_stable_distinct_names() -> None:
    jobs = [Job("pop909", "pop909/001", "/a/001", v) for v in range(3)]
    assert len({j.name for j in jobs}) == 3
    assert jobs[0].name == Job("pop909", "pop909/001", "/elsewhere/001", 0).name
    assert truth(rendered(1, 2.0))["format"] == 1
