"""Small random songs (chords, melody, bass, drums) as MIDI files, so that the debug chain needs no data set."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from sonido.data.arrangement import TONICS
from sonido.data.score import Note, Part, Score
from sonido.data.splits import Split, split_of_song

DEGREES = (0, 7, 9, 5, 2, 4)
MAJOR = (0, 2, 4, 5, 7, 9, 11)


def song(number: int, bars: int = 12) -> Score:
    """A major-key song of `bars` bars in 4/4; everything follows from `number`."""
    random = np.random.default_rng(number)
    tonic = int(random.integers(12))
    beat = 60 / float(random.uniform(80, 150))
    chords, melody, bass, drums = (
        Part(n, p, n == "drums", []) for n, p in (("chords", 0), ("melody", 73), ("bass", 33), ("drums", 0))
    )
    for bar in range(bars):
        start = 4 * bar * beat
        degree = int(random.choice(DEGREES))
        minor = degree in (9, 2, 4)
        root = 48 + (tonic + degree) % 12
        for interval in (0, 3 if minor else 4, 7):
            chords.notes.append(Note(start, 3.8 * beat, root + interval, int(random.integers(50, 80))))
        for quarter in range(4):
            at = start + quarter * beat
            bass.notes.append(Note(at, 0.9 * beat, root - 12, int(random.integers(70, 100))))
            drums.notes.append(Note(at, 0.1, 36 if quarter % 2 == 0 else 38, int(random.integers(80, 120))))
            for half in range(2):
                drums.notes.append(Note(at + half * beat / 2, 0.1, 42, int(random.integers(40, 90))))
            if random.uniform() < 0.8:
                pitch = 72 + tonic % 12 + int(random.choice(MAJOR)) - 12 * (tonic > 6)
                melody.notes.append(
                    Note(at, beat * float(random.choice([0.5, 1.0])), pitch, int(random.integers(60, 110)))
                )
    beats = [(i * beat, i % 4 + 1) for i in range(4 * bars)]
    return Score(f"generated/{number}", [chords, melody, bass, drums], beats, [(0.0, f"{TONICS[tonic]}:maj")])


def numbers(train: int, held_out: int) -> list[int]:
    """The first song numbers whose hashes give this many of each."""
    chosen: list[int] = []
    left: dict[Split, int] = {"train": train, "validation": held_out}
    candidate = 0
    while any(left.values()):
        split = split_of_song(f"generated/{candidate}")
        if left.get(split, 0) > 0:
            left[split] -= 1
            chosen.append(candidate)
        candidate += 1
    return chosen


def from_path(path: Path) -> Score:
    """Generated songs are named, not stored: the path's stem is the number."""
    return song(int(path.stem))
