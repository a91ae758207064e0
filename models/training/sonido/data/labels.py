"""The truth of a clip (notes, beats, key), cut and moved together with its audio."""

from __future__ import annotations

import dataclasses
import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sonido.data.arrangement import transposed_name


@dataclass(frozen=True)
class LabelledNote:
    start: float
    duration: float
    pitch: int
    """MIDI note number; in a drum part the General MIDI percussion key."""
    velocity: int
    program: int | None
    """None for drums and where it is not known (tracker modules)."""
    drums: bool = False


@dataclass(frozen=True)
class Labels:
    """Times in seconds from the clip's start."""

    notes: tuple[LabelledNote, ...] = ()
    beats: tuple[tuple[float, int], ...] = ()
    """(time, position in the bar counted from 1)."""
    keys: tuple[tuple[float, str], ...] = field(default=())
    """(time from which it holds, e.g. 'F#:min')."""

    def span(self, start: float, length: float) -> Labels:
        """Notes that start in [start, start + length), cut at its end; the key that holds at its start first."""
        end = start + length
        notes = tuple(
            dataclasses.replace(n, start=n.start - start, duration=min(n.duration, end - n.start))
            for n in self.notes
            if start <= n.start < end
        )
        beats = tuple((t - start, b) for t, b in self.beats if start <= t < end)
        before = [(0.0, name) for t, name in self.keys if t <= start][-1:]
        keys = (*before, *((t - start, name) for t, name in self.keys if start < t < end))
        return Labels(notes, beats, keys)

    def moved(self, tempo: float, semitones: int) -> Labels:
        """Times divided by `tempo`; pitched notes and keys moved by `semitones`, drums left."""
        notes = tuple(
            dataclasses.replace(
                n,
                start=n.start / tempo,
                duration=n.duration / tempo,
                pitch=n.pitch if n.drums else n.pitch + semitones,
            )
            for n in self.notes
        )
        beats = tuple((t / tempo, b) for t, b in self.beats)
        return Labels(notes, beats, tuple((t / tempo, transposed_name(k, semitones)) for t, k in self.keys))


def _load(truth: Path) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(truth.read_text())
    return document


def read_channel(truth: Path, channel: int) -> Labels:
    """One channel of a tracker module."""
    rows = _load(truth)["channels"].get(str(channel), [])
    return Labels(tuple(LabelledNote(a, b, int(p), int(v), None) for a, b, p, v in rows))


def read(truth: Path, stems: tuple[int, ...] | None = None) -> Labels:
    """From a shard's truth.json; `stems` picks some stems' notes (then without beats and key)."""
    document = _load(truth)
    if "channels" in document:
        channels = document["channels"].values()
        return Labels(tuple(LabelledNote(a, b, int(p), int(v), None) for rows in channels for a, b, p, v in rows))
    notes: list[LabelledNote] = []
    for number, stem in enumerate(document["stems"]):
        if stems is None or number in stems:
            notes += [
                LabelledNote(a, b, p, v, None if stem["drums"] else stem["program"], stem["drums"])
                for a, b, p, v in stem["notes"]
            ]
    notes.sort(key=lambda n: (n.start, n.pitch))
    if stems is not None:
        return Labels(tuple(notes))
    return Labels(tuple(notes), tuple((t, b) for t, b in document["beats"]), tuple((t, k) for t, k in document["keys"]))
