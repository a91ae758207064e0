"""Standard MIDI files to scores (via mido) and back, with times in seconds."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path

import mido
from mido.midifiles.meta import KeySignatureError

from sonido.data.score import Note, Part, Score

DRUM_CHANNEL = 9
TICKS_PER_SECOND = 1920
"""960 ticks per quarter at 120 BPM: half a millisecond."""


def read_midi(path: Path, song: str) -> Score:
    """One part per (track, channel, program). Raises ValueError for files that mido cannot parse."""
    try:
        file = mido.MidiFile(str(path), clip=True)
    except (OSError, EOFError, ValueError, KeyError, IndexError, KeySignatureError) as error:
        raise ValueError(f"{path.name}: not a readable MIDI file ({error})") from error
    events: list[tuple[int, int, mido.Message]] = []
    for number, track in enumerate(file.tracks):
        tick = 0
        for message in track:
            tick += message.time
            events.append((tick, number, message))
    events.sort(key=lambda event: event[0])
    clock = _TempoClock(file.ticks_per_beat)
    notes: dict[tuple[int, int, int], list[Note]] = defaultdict(list)
    sounding: dict[tuple[int, int, int], tuple[float, int, int]] = {}
    program: dict[int, int] = defaultdict(int)
    names: dict[int, str] = {}
    meter = 4
    beats: list[tuple[float, int]] = []
    next_beat, position = 0.0, 1
    for tick, track_number, message in events:
        while next_beat <= tick:
            beats.append((clock.seconds(int(next_beat)), position))
            position = position % meter + 1
            next_beat += file.ticks_per_beat
        time = clock.seconds(tick)
        if message.type == "set_tempo":
            clock.change(tick, message.tempo)
        elif message.type == "time_signature":
            meter, position = max(1, message.numerator), 1
        elif message.type == "track_name":
            names[track_number] = message.name.strip()
        elif message.type == "program_change":
            program[message.channel] = message.program
        elif message.type in ("note_on", "note_off"):
            key = (track_number, message.channel, message.note)
            if key in sounding:
                start, velocity, sounding_program = sounding.pop(key)
                duration = max(0.02, time - start)
                notes[(track_number, message.channel, sounding_program)].append(
                    Note(start, duration, message.note, velocity)
                )
            if message.type == "note_on" and message.velocity > 0:
                sounding[key] = (time, message.velocity, program[message.channel])
    parts = [
        Part(names.get(track, "") or f"part {index}", number, channel == DRUM_CHANNEL, sorted_notes(found))
        for index, ((track, channel, number), found) in enumerate(sorted(notes.items()))
    ]
    return Score(song, parts, beats)


def sorted_notes(notes: list[Note]) -> list[Note]:
    return sorted(notes, key=lambda n: (n.start, n.pitch))


class _TempoClock:
    def __init__(self, ticks_per_beat: int) -> None:
        self.ticks_per_beat = max(1, ticks_per_beat)
        self.tick, self.time, self.tempo = 0, 0.0, 500_000

    def seconds(self, tick: int) -> float:
        return self.time + (tick - self.tick) * self.tempo / 1e6 / self.ticks_per_beat

    def change(self, tick: int, tempo: int) -> None:
        self.time, self.tick, self.tempo = self.seconds(tick), tick, tempo


def write_part(part: Part, path: Path, program: int, bank: int = 0) -> None:
    """A one-channel file for a synthesiser; drums go to channel 10."""
    channel = DRUM_CHANNEL if part.drums else 0
    track = mido.MidiTrack()
    track.append(mido.MetaMessage("set_tempo", tempo=500_000, time=0))
    if bank:
        track.append(mido.Message("control_change", channel=channel, control=0, value=bank, time=0))
    track.append(mido.Message("program_change", channel=channel, program=program, time=0))
    events: list[tuple[int, int, int, int]] = []
    for note in part.notes:
        start = round(note.start * TICKS_PER_SECOND)
        end = max(start + 1, round((note.start + note.duration) * TICKS_PER_SECOND))
        events.append((start, 1, note.pitch, note.velocity))
        events.append((end, 0, note.pitch, 0))
    now = 0
    for tick, on, pitch, velocity in sorted(events):
        kind = "note_on" if on else "note_off"
        track.append(mido.Message(kind, channel=channel, note=pitch, velocity=velocity, time=tick - now))
        now = tick
    file = mido.MidiFile(ticks_per_beat=960)
    file.tracks.append(track)
    file.save(str(path))
