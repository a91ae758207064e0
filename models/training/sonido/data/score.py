"""Scores: notes of several parts with beats, keys and chords, all in seconds."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass
class Note:
    start: float
    duration: float
    pitch: int
    """MIDI note number; in a drum part the General MIDI percussion key."""
    velocity: int


@dataclass
class Part:
    name: str
    program: int
    """General MIDI program 0..127; ignored for drums."""
    drums: bool
    notes: list[Note]
    voice: bool = False
    """True for a sung line (rendered by choir patches and synthetic vowels)."""


@dataclass
class Score:
    song: str
    """Stable identity, e.g. 'pop909/001'; splits hash it."""
    parts: list[Part]
    beats: list[tuple[float, int]] = field(default_factory=list)
    """(seconds, position in the bar counted from 1)."""
    keys: list[tuple[float, str]] = field(default_factory=list)
    """(seconds, e.g. 'F#:min')."""
    chords: list[tuple[float, float, str]] = field(default_factory=list)

    @property
    def duration(self) -> float:
        return max((n.start + n.duration for p in self.parts for n in p.notes), default=0.0)


def excerpt(score: Score, start: float, length: float) -> Score:
    """The notes that start in [start, start + length), cut at its end and moved to time 0."""
    parts = []
    for part in score.parts:
        notes = [
            Note(n.start - start, min(n.duration, start + length - n.start), n.pitch, n.velocity)
            for n in part.notes
            if start <= n.start < start + length
        ]
        if notes:
            parts.append(Part(part.name, part.program, part.drums, notes, part.voice))
    active = [(max(0.0, t - start), name) for t, name in score.keys if t < start + length]
    inside = [k for k in active if k[0] > 0]
    earlier = [k for k in active if k[0] == 0]
    return Score(
        score.song,
        parts,
        [(t - start, b) for t, b in score.beats if start <= t < start + length],
        earlier[-1:] + inside,
        [
            (max(0.0, a - start), min(b - start, length), c)
            for a, b, c in score.chords
            if b > start and a < start + length
        ],
    )
