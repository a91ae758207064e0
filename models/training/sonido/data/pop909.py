"""POP909 (MIT): MELODY, BRIDGE and PIANO tracks with beats, chords and key annotations."""

from __future__ import annotations

from pathlib import Path

from sonido.data.midi_files import read_midi
from sonido.data.score import Score


def songs(root: Path) -> list[Path]:
    return sorted(p for p in (root / "POP909").iterdir() if (p / f"{p.name}.mid").exists())


def load(directory: Path) -> Score:
    """Reads NNN/NNN.mid with its beat_midi, chord_midi and key_audio files."""
    score = read_midi(directory / f"{directory.name}.mid", f"pop909/{directory.name}")
    for part in score.parts:
        part.voice = part.name.upper() == "MELODY"
        part.program = {"MELODY": 53, "BRIDGE": 48}.get(part.name.upper(), 0)
    score.beats = _beats(directory / "beat_midi.txt")
    score.chords = [(float(a), float(b), c) for a, b, c in _rows(directory / "chord_midi.txt", 3)]
    score.keys = [(float(a), enharmonic(c)) for a, _, c in _rows(directory / "key_audio.txt", 3)]
    return score


def _rows(path: Path, columns: int) -> list[list[str]]:
    if not path.exists():
        return []
    return [fields for line in path.read_text().splitlines() if len(fields := line.split()) == columns]


def _beats(path: Path) -> list[tuple[float, int]]:
    """beat_midi.txt: seconds, one flag for duple and one for quadruple bars; the second marks downbeats."""
    beats: list[tuple[float, int]] = []
    position = 0
    for time, _, down in _rows(path, 3):
        position = 1 if float(down) == 1.0 else position + 1
        beats.append((float(time), max(1, position)))
    return beats


FLATS = {"Db": "C#", "Eb": "D#", "Gb": "F#", "Ab": "G#", "Bb": "A#", "Cb": "B", "Fb": "E"}


def enharmonic(key: str) -> str:
    """'Gb:maj' -> 'F#:maj', so that 24 names remain."""
    tonic, _, mode = key.partition(":")
    return f"{FLATS.get(tonic, tonic)}:{mode}"
