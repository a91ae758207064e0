"""Groove MIDI (CC BY 4.0): human drum performances; Roland TD-11 notes brought to General MIDI percussion."""

from __future__ import annotations

import functools
from pathlib import Path

from sonido.data.midi_files import read_midi
from sonido.data.score import Note, Part, Score

TO_GENERAL_MIDI = {22: 42, 26: 46, 40: 38, 58: 43, 50: 50, 47: 45, 55: 49, 52: 57, 59: 51, 53: 53, 44: 44}
"""Roland keys without a General MIDI meaning or with a finer one than classes need (README of the data set)."""


@functools.cache
def songs(root: Path) -> list[Path]:
    return sorted((root / "groove").rglob("*.mid"))


def load(path: Path) -> Score:
    """The song is the recording session, so takes of one session never fall into different splits."""
    score = read_midi(path, "groove/" + "/".join(path.parts[-3:-1]) + "/" + path.stem)
    notes = [
        Note(n.start, n.duration, TO_GENERAL_MIDI.get(n.pitch, n.pitch), n.velocity)
        for part in score.parts
        for n in part.notes
    ]
    score.parts = [Part("drums", 0, True, sorted(notes, key=lambda n: n.start))] if notes else []
    return score


def session_of(song: str) -> str:
    """'groove/drummer1/session1/x' -> 'groove/drummer1/session1': the unit that splits hash."""
    return "/".join(song.split("/")[:3])
