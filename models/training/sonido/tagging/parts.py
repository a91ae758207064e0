"""Single parts rendered alone, so many of each role: what a track of a session sounds like.

`python -m sonido.tagging clips` writes SPLIT/ROLE/NN.flac with NN.json; a clip that exists is kept. Songs and sound
sources of a split are those of `sonido.data.splits`: held-out clips are held-out songs through held-out sources.
"""

from __future__ import annotations

import json
from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import soundfile
from numpy.typing import NDArray
from scipy.signal import lfilter

from sonido.data import groove, pop909
from sonido.data.arrangement import add_bass, humanise, transpose, vary_tempo
from sonido.data.preparation import Inputs, allowed_sources
from sonido.data.renderer import Sources, render
from sonido.data.score import Note, Part, Score, excerpt
from sonido.data.splits import split_of_song
from sonido.processes import spread
from sonido.tagging.labels import DRUM_ROLES, HATS, KICK, PART_ROLES, PROGRAMS, SNARE
from sonido.whole_files import write_text

SAMPLE_RATE = 44_100
BLOCK = 10
"""Clips of a role that one process makes after each other."""
DRUM_KEYS = {"kick": KICK, "snare": SNARE, "hats": HATS}
REGISTERS = {"bass": (28, 48), "pad": (48, 76), "lead-vocal": (52, 76), "backing-vocal": (50, 74)}
"""MIDI notes that a role keeps to, by octaves."""


def _in_split(unit: str, training: bool) -> bool:
    return (split_of_song(unit) == "train") == training


@cache
def _songs(root: Path, training: bool) -> list[Path]:
    return [p for p in pop909.songs(root) if _in_split(f"pop909/{p.name}", training)]


@cache
def _grooves(root: Path, training: bool) -> list[Path]:
    return [
        p
        for p in groove.songs(root)
        if "_beat_" in p.name and _in_split("groove/" + "/".join(p.parts[-3:-1]), training)
    ]


def _pick(paths: list[Path], random: np.random.Generator) -> Path:
    return paths[int(random.integers(len(paths)))]


def _drum_score(inputs: Inputs, role: str, training: bool, random: np.random.Generator) -> Score:
    assert inputs.groove is not None
    score = groove.load(_pick(_grooves(inputs.groove, training), random))
    if role == "drums":
        return score
    named = DRUM_KEYS.get(role)
    others = (*KICK, *SNARE, *HATS)
    for part in score.parts:
        part.notes = [n for n in part.notes if (n.pitch in named if named else n.pitch not in others)]
        if role == "percussion":  # few performances have more than toms: hand percussion on the snare's and hat's times
            keys = random.choice([45, 48, 54, 56, 60, 63, 67, 69, 70, 75, 76], size=3)
            extra = groove.load(_pick(_grooves(inputs.groove, training), random)).parts
            part.notes = [Note(n.start, 0.1, int(keys[n.pitch % 3]), n.velocity) for p in extra for n in p.notes]
    return score


def _pitched_score(inputs: Inputs, role: str, training: bool, random: np.random.Generator) -> Score:
    assert inputs.pop909 is not None
    score = pop909.load(_pick(_songs(inputs.pop909, training), random))
    if role == "bass":
        add_bass(score, random)
    by_name = {part.name.upper(): part for part in score.parts}
    choices = {
        "lead-vocal": ("MELODY",),
        "backing-vocal": ("MELODY", "BRIDGE"),
        "bass": ("BASS",),
        "lead-synth": ("MELODY", "BRIDGE"),
        "brass": ("MELODY", "BRIDGE"),
        "strings": ("BRIDGE", "MELODY", "PIANO"),
    }.get(role, ("PIANO", "PIANO", "BRIDGE"))
    present = [name for name in choices if name in by_name and by_name[name].notes]
    if not present:
        raise ValueError(f"{score.song} has no part for the role {role}")
    part = by_name[str(random.choice(present))]
    notes = part.notes
    if role in ("pad", "effects"):
        notes = [
            Note(a, b - a, 48 + pitch, int(random.integers(50, 90)))
            for a, b, _ in score.chords[:: 1 if role == "pad" else 2]
            for pitch in (int(random.integers(12)), int(random.integers(12, 24)))
        ]
    if role == "backing-vocal":
        notes = [replace(n, pitch=n.pitch + shift) for n in notes for shift in (0, int(random.choice([3, 4, 7, -5])))]
    program = int(random.choice(PROGRAMS[role]))
    score.parts = [Part(role, program, False, sorted(notes, key=lambda n: n.start), voice=role.endswith("vocal"))]
    return score


def _into_register(part: Part, low: int, high: int) -> None:
    for note in part.notes:
        while note.pitch < low:
            note.pitch += 12
        while note.pitch > high:
            note.pitch -= 12


def _sweep(seconds: float, random: np.random.Generator) -> NDArray[np.float32]:
    """Noise through a swept low-pass, as risers and down-lifters are made: [2, samples]."""
    count = round(seconds * SAMPLE_RATE)
    length = float(random.uniform(1.0, seconds))
    start, end = np.exp(random.uniform(np.log(200), np.log(12_000), 2))
    out = np.zeros((2, count), np.float32)
    blocks = 64
    size = count // blocks
    state = np.zeros((2, 1))
    for block in range(blocks):
        at = min(1.0, block * size / (length * SAMPLE_RATE))
        cutoff = start * (end / start) ** at
        a = np.exp(-2 * np.pi * cutoff / SAMPLE_RATE)
        noise = random.normal(0, 0.2, (2, size)) * (at if start < end else 1 - at)
        out[:, block * size : (block + 1) * size], state = lfilter([1 - a], [1, -a], noise, zi=state)
    return out


def make_clip(
    inputs: Inputs, sources: Sources, role: str, training: bool, seconds: float, seed: int
) -> tuple[NDArray[np.int16], dict[str, object]]:
    """[2, samples] and its label. Raises ValueError when the drawn part is silent; draw another seed then."""
    random = np.random.default_rng(seed)
    if role == "effects" and random.uniform() < 0.4:
        audio = _sweep(seconds, random)
        level = 0.05 / (float(np.sqrt(np.mean(audio**2))) + 1e-9)
        return np.round(np.clip(audio * level, -1, 1) * 32767).astype(np.int16), {"role": role, "source": "noise"}
    score = (_drum_score if role in DRUM_ROLES else _pitched_score)(inputs, role, training, random)
    vary_tempo(score, float(np.exp(random.normal(0, 0.1))))
    busy = [n.start for part in score.parts for n in part.notes]
    if not busy:
        raise ValueError(f"{score.song} has no notes for the role {role}")
    start = max(0.0, float(random.choice(busy)) - 0.3)
    short = excerpt(score, start, seconds)
    transpose(short, int(random.integers(-5, 7)))
    for part in short.parts:
        if role in REGISTERS:
            _into_register(part, *REGISTERS[role])
    humanise(short, random)
    rendering = render(short, sources, seconds, seed)
    stem = rendering.stems[0]
    program = None if stem.part.drums else stem.part.program
    return rendering.mix, {"role": role, "source": stem.source, "program": program, "song": score.song}


def make_clips(
    inputs: Inputs, out: Path, train: int, held_out: int, seconds: float, seed: int, processes: int = 1
) -> None:
    """`train` and `held_out` clips of every role, ten of each in turn, so that a stop leaves a balanced set."""
    jobs = [
        (inputs, out / split, split == "train", role, range(first, min(first + BLOCK, count)), seconds, seed)
        for split, count in (("held_out", held_out), ("train", train))
        for first in range(0, count, BLOCK)
        for role in PART_ROLES
    ]
    spread(render_role, jobs, processes)


def render_role(
    inputs: Inputs, folder: Path, training: bool, role: str, numbers: range, seconds: float, seed: int
) -> None:
    """Clips of one role into the folder of a split."""
    sources = allowed_sources("train" if training else "test")
    for number in numbers:
        path = folder / role / f"{number:03d}.flac"
        if path.with_suffix(".json").exists():
            continue
        path.parent.mkdir(parents=True, exist_ok=True)
        for attempt in range(20):
            drawn = seed + 1_000_000 * PART_ROLES.index(role) + 20 * number + attempt + (500_000 if training else 0)
            try:
                audio, label = make_clip(inputs, sources, role, training, seconds, drawn)
            except ValueError:
                continue
            soundfile.write(str(path), audio.T, SAMPLE_RATE, subtype="PCM_16")
            write_text(path.with_suffix(".json"), json.dumps({**label, "seed": drawn}))
            break
