"""Variation on the score: transposition, humanised timing, programs within a family, added bass and drums."""

from __future__ import annotations

import numpy as np

from sonido.data.score import Note, Part, Score, excerpt

TONICS = ["C", "C#", "D", "D#", "E", "F", "F#", "G", "G#", "A", "A#", "B"]
MELODIC_PROGRAMS = (*range(0, 8), *range(11, 14), *range(16, 32), *range(40, 47), *range(48, 96), *range(104, 109))
VOICE_PROGRAMS = (52, 53, 54, 85, 91)
BASS_PROGRAMS = tuple(range(32, 40))


def transpose(score: Score, semitones: int) -> None:
    """Moves all pitched parts, keys and chord roots, in place."""
    for part in score.parts:
        if not part.drums:
            for note in part.notes:
                note.pitch = int(np.clip(note.pitch + semitones, 0, 127))
    score.keys = [(t, transposed_name(name, semitones)) for t, name in score.keys]
    score.chords = [(a, b, transposed_name(c, semitones)) for a, b, c in score.chords]


def transposed_name(name: str, semitones: int) -> str:
    """'Bb:min' by 2 -> 'C:min'; names without a tonic (N, X) stay."""
    tonic, separator, rest = name.partition(":")
    flat = {"Db": "C#", "Eb": "D#", "Gb": "F#", "Ab": "G#", "Bb": "A#", "Cb": "B", "Fb": "E", "E#": "F", "B#": "C"}
    tonic = flat.get(tonic, tonic)
    return name if tonic not in TONICS else TONICS[(TONICS.index(tonic) + semitones) % 12] + separator + rest


def humanise(score: Score, random: np.random.Generator) -> None:
    """Notes move by a player's lag and jitter; the truth moves with them."""
    for part in score.parts:
        lag, spread = random.normal(0, 0.006), abs(random.normal(0, 0.007))
        for note in part.notes:
            note.start = max(0.0, note.start + float(lag + random.normal(0, spread)))
            note.velocity = int(np.clip(note.velocity + random.normal(0, 5), 1, 127))


def vary_tempo(score: Score, factor: float) -> None:
    """All times divided by `factor`, in place."""
    for part in score.parts:
        for note in part.notes:
            note.start /= factor
            note.duration /= factor
    score.beats = [(t / factor, b) for t, b in score.beats]
    score.keys = [(t / factor, k) for t, k in score.keys]
    score.chords = [(a / factor, b / factor, c) for a, b, c in score.chords]


def choose_programs(score: Score, random: np.random.Generator) -> None:
    """Half the time another program of the same family of eight, else any melodic one; basses stay basses."""
    for part in score.parts:
        if part.drums:
            continue
        if part.voice:
            part.program = int(random.choice(VOICE_PROGRAMS if random.uniform() < 0.6 else MELODIC_PROGRAMS))
        elif part.program in BASS_PROGRAMS:
            part.program = int(random.choice(BASS_PROGRAMS))
        elif random.uniform() < 0.5:
            part.program = part.program // 8 * 8 + int(random.integers(8))
        else:
            part.program = int(random.choice(MELODIC_PROGRAMS))


def add_bass(score: Score, random: np.random.Generator) -> None:
    """A bass part on the chord roots, one note a beat or one a chord."""
    notes: list[Note] = []
    every_beat = random.uniform() < 0.6
    times = [t for t, _ in score.beats]
    for start, end, name in score.chords:
        tonic = transposed_name(name, 0).partition(":")[0]
        if tonic not in TONICS:
            continue
        pitch = 28 + (TONICS.index(tonic) - 4) % 12
        hits = [t for t in times if start - 0.01 <= t < end - 0.05] if every_beat else [start]
        ends = [*hits[1:], end]
        notes += [
            Note(a, max(0.05, 0.9 * (b - a)), pitch, int(random.integers(70, 110)))
            for a, b in zip(hits, ends, strict=True)
        ]
    if notes:
        score.parts.append(Part("bass", 33, False, sorted(notes, key=lambda n: n.start)))


def add_drums(score: Score, groove: Score, groove_bpm: float) -> None:
    """A human drum performance bent onto the beats of `score`, repeated to its end."""
    if len(score.beats) < 8 or not groove.parts:
        return
    times = np.array([t for t, _ in score.beats])
    in_beats = [(n.start * groove_bpm / 60, n) for n in groove.parts[0].notes]
    span = max(4.0, 4 * np.floor(in_beats[-1][0] / 4))
    notes: list[Note] = []
    offset = 0.0
    while offset < len(times) - 1:
        for beat, note in in_beats:
            at = offset + beat
            if beat < span and at < len(times) - 1:
                start = float(np.interp(at, np.arange(len(times)), times))
                notes.append(Note(start, 0.1, note.pitch, note.velocity))
        offset += span
    score.parts.append(Part("drums", 0, True, sorted(notes, key=lambda n: n.start)))


def arrange(score: Score, groove: tuple[Score, float] | None, seconds: float, random: np.random.Generator) -> Score:
    """An excerpt of `seconds` at a random place with all variations applied."""
    vary_tempo(score, float(np.exp(random.normal(0, 0.08))))
    if score.chords and random.uniform() < 0.8:
        add_bass(score, random)
    if groove is not None:
        add_drums(score, *groove)
    start = float(random.uniform(0, max(0.0, score.duration - seconds)))
    short = excerpt(score, start, seconds)
    transpose(short, int(random.integers(-5, 7)))
    choose_programs(short, random)
    humanise(short, random)
    return short
