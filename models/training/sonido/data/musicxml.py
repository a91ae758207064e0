"""Compressed MusicXML (.mxl) scores for voice and piano: OpenScore Lieder (CC0). Repeats are played once."""

from __future__ import annotations

import math
import zipfile
from pathlib import Path
from xml.etree import ElementTree

from sonido.data.key_mode import is_minor
from sonido.data.score import Note, Part, Score

STEPS = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}
MAJORS = ["C", "G", "D", "A", "E", "B", "F#", "C#", "G#", "D#", "A#", "F"]
"""Along the circle of fifths from 0 sharps."""
VELOCITIES = {"pppp": 20, "ppp": 28, "pp": 38, "p": 52, "mp": 64, "mf": 76, "f": 92, "ff": 108, "fff": 118, "ffff": 124}
DEFAULT_TEMPO = 84.0

_Note = tuple[float, float, int, int]
"""(start, end, MIDI pitch, velocity), positions in quarter notes."""
_Signature = tuple[float, int, "str | None"]
"""(position in quarter notes, sharps, mode where the file names it)."""


def songs(root: Path) -> list[Path]:
    return sorted(root.rglob("*.mxl"))


def load(path: Path, root: Path) -> Score:
    """Raises ValueError when the archive holds no score."""
    with zipfile.ZipFile(path) as archive:
        names = [n for n in archive.namelist() if n.endswith((".xml", ".musicxml")) and not n.startswith("META-INF")]
        if not names:
            raise ValueError(f"{path.name}: no MusicXML inside, expected one .xml file")
        document = ElementTree.fromstring(archive.read(names[0]))
    return parse(document, "lieder/" + str(path.relative_to(root).with_suffix("")))


def parse(document: ElementTree.Element, song: str) -> Score:
    names = {p.get("id", ""): (p.findtext("part-name") or "") for p in document.iter("score-part")}
    readers = [_PartReader(part, names.get(part.get("id", ""), "")) for part in document.findall("part")]
    tempos = sorted((q, t) for reader in readers for q, t in reader.tempos)
    clock = _Clock(tempos)
    parts: list[Part] = []
    for reader in readers:
        voice = (
            not any(word in reader.name.lower() for word in ("piano", "klavier", "pianoforte")) and reader.staves == 1
        )
        notes = [
            Note(clock.seconds(start), max(0.03, clock.seconds(end) - clock.seconds(start)), pitch, velocity)
            for start, end, pitch, velocity in reader.notes
        ]
        if notes:
            parts.append(
                Part(reader.name or "part", 53 if voice else 0, False, sorted(notes, key=lambda n: n.start), voice)
            )
    first = readers[0] if readers else None
    beats = [(clock.seconds(q), b) for q, b in first.beats] if first else []
    notes_of_all = [note for reader in readers for note in reader.notes]
    keys = [(clock.seconds(q), name) for q, name in _named(first.keys, notes_of_all)] if first else []
    return Score(song, parts, beats, keys)


def _named(signatures: list[_Signature], notes: list[_Note]) -> list[tuple[float, str]]:
    """(position, e.g. 'F#:min') of every signature; one without a mode gets that of the notes while it holds."""
    named = []
    for index, (start, fifths, mode) in enumerate(signatures):
        end = signatures[index + 1][0] if index + 1 < len(signatures) else math.inf
        heard = [(pitch, off - on) for on, off, pitch, _ in notes if start <= on < end]
        minor = mode == "minor" if mode else is_minor(heard, 7 * fifths % 12)
        tonic = MAJORS[(fifths + (3 if minor else 0)) % 12]
        named.append((start, f"{tonic}:{'min' if minor else 'maj'}"))
    return named


class _PartReader:
    """Positions are in quarter notes from the start."""

    def __init__(self, part: ElementTree.Element, name: str) -> None:
        self.name = name
        self.notes: list[_Note] = []
        self.tempos: list[tuple[float, float]] = []
        self.keys: list[_Signature] = []
        self.beats: list[tuple[float, int]] = []
        self.staves = 1
        self._divisions = 1.0
        self._velocity = 72
        self._beat_length, self._beats_per_bar = 1.0, 4
        self._ties: dict[int, int] = {}
        position = 0.0
        for measure in part.findall("measure"):
            position = self._measure(measure, position)

    def _measure(self, measure: ElementTree.Element, start: float) -> float:
        now = furthest = start
        previous = start
        for element in measure:
            if element.tag == "attributes":
                self._attributes(element, now)
            elif element.tag in ("direction", "sound"):
                self._direction(element, now)
            elif element.tag in ("backup", "forward"):
                step = float(element.findtext("duration") or 0) / self._divisions
                now += step if element.tag == "forward" else -step
            elif element.tag == "note" and element.find("grace") is None:
                length = float(element.findtext("duration") or 0) / self._divisions
                onset = previous if element.find("chord") is not None else now
                self._note(element, onset, length)
                previous = onset
                if element.find("chord") is None:
                    now += length
            furthest = max(furthest, now)
        count = max(1, round((furthest - start) / self._beat_length))
        self.beats += [(start + i * self._beat_length, i + 1) for i in range(count)]
        return furthest

    def _attributes(self, element: ElementTree.Element, now: float) -> None:
        self._divisions = float(element.findtext("divisions") or self._divisions)
        self.staves = max(self.staves, int(element.findtext("staves") or 1))
        fifths = element.findtext("key/fifths")
        if fifths is not None:
            self.keys.append((now, int(fifths), element.findtext("key/mode")))
        if element.find("time/beats") is not None:
            kind = float(element.findtext("time/beat-type") or 4)
            self._beat_length = 4 / kind
            self._beats_per_bar = int((element.findtext("time/beats") or "4").split("+")[0])

    def _direction(self, element: ElementTree.Element, now: float) -> None:
        for sound in element.iter("sound"):
            if sound.get("tempo"):
                self.tempos.append((now, float(sound.get("tempo", "84"))))
        for dynamics in element.iter("dynamics"):
            for mark in dynamics:
                self._velocity = VELOCITIES.get(mark.tag, self._velocity)

    def _note(self, element: ElementTree.Element, onset: float, length: float) -> None:
        pitch = element.find("pitch")
        if pitch is None:
            return
        number = 12 * (int(pitch.findtext("octave") or 4) + 1) + STEPS[pitch.findtext("step") or "C"]
        number += round(float(pitch.findtext("alter") or 0))
        ties = {tie.get("type") for tie in element.findall("tie")}
        if "stop" in ties and number in self._ties:
            index = self._ties.pop(number) if "start" not in ties else self._ties[number]
            start, _, p, v = self.notes[index]
            self.notes[index] = (start, onset + length, p, v)
            return
        if "start" in ties:
            self._ties[number] = len(self.notes)
        self.notes.append((onset, onset + length, number, self._velocity))


class _Clock:
    def __init__(self, tempos: list[tuple[float, float]]) -> None:
        self._points: list[tuple[float, float, float]] = [(0.0, 0.0, DEFAULT_TEMPO)]
        for quarter, tempo in tempos:
            if 10 <= tempo <= 400:
                self._points.append((quarter, self.seconds(quarter), tempo))

    def seconds(self, quarter: float) -> float:
        last = self._points[0]
        for point in self._points:
            if point[0] > quarter:
                break
            last = point
        return last[1] + (quarter - last[0]) * 60 / last[2]
