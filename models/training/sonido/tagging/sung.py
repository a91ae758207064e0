"""Sung voices over other music: what teaches the head where a voice is, since only four songs have stems of one.

A piece is 5.9 s; half of them have one or two vocal stems of a song, most of them moved in pitch and tempo, over that
song's other stems at another place or over rendered parts, at levels that differ. It belongs to the song of its stems,
so leaving the song out leaves out the piece.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from sonido.data.augmentation import Augmentation, augment
from sonido.data.clips import fitted
from sonido.data.pitch_time import change, source_length
from sonido.data.recordings import eir_songs
from sonido.tagging.labels import DRUM_ROLES, VOICE_ROLES, role_of_eir
from sonido.tagging.places import active_frames, levels, loudest_places, read_at
from sonido.tokenisation import TOP

TOPS = 128
SAMPLES = TOPS * TOP
OF_EACH_ROLE = 40
"""Rendered parts that backings are drawn from, so that a piece stays what it is when there are more."""
RENDERED = 0.5
"""Share of the backings that are rendered parts."""
MOVED = 0.67
"""Share of the voices whose pitch and tempo are changed, and of the backings whose pitch is: neither tells a voice."""
SEMITONES = 4.0
SPREAD_DB = 6.0
"""Deviation of the voice's level from the backing's."""
QUIET = 1e-3
"""A backing of a smaller root mean square is a rest."""
VARIED = Augmentation(speed=0.0, codec=0.3, gain_db=6.0)
Audio = NDArray[np.float32]
Active = NDArray[np.bool_]


@dataclass
class Layer:
    audio: Audio
    """[2, SAMPLES]"""
    voice: Active
    """[TOPS]"""
    drums: Active


@cache
def _power(path: Path) -> NDArray[np.float32]:
    return levels(path)


def _silence() -> Layer:
    return Layer(np.zeros((2, SAMPLES), np.float32), np.zeros(TOPS, bool), np.zeros(TOPS, bool))


def _over(below: Layer, above: Layer) -> Layer:
    return Layer(below.audio + above.audio, below.voice | above.voice, below.drums | above.drums)


def _rms(audio: Audio) -> float:
    return float(np.sqrt(np.mean(audio**2)))


def _sung(path: Path, random: np.random.Generator) -> Layer:
    """A loud place of a vocal stem."""
    places = loudest_places(_power(path), 3, 30)
    place = max(0.0, float(random.choice(places)) + float(random.uniform(-3, 1)))
    tempo, semitones = 1.0, 0.0
    if random.uniform() < MOVED:
        tempo, semitones = float(np.exp(random.normal(0, 0.08))), float(random.uniform(-SEMITONES, SEMITONES))
    audio = fitted(change(read_at(path, place, source_length(SAMPLES, tempo)), tempo, semitones), SAMPLES)
    return Layer(audio, active_frames(audio, float(_power(path).max())), np.zeros(TOPS, bool))


def voices(stems: list[Path], random: np.random.Generator) -> Layer:
    """One or two vocal stems."""
    out = _silence()
    for index in random.choice(len(stems), size=min(len(stems), int(random.integers(1, 3))), replace=False):
        out = _over(out, _sung(stems[index], random))
    return out


def own_backing(stems: list[Path], random: np.random.Generator) -> Layer:
    """Stems of the song at one place, a third of them muted."""
    length = max(len(_power(path)) for path in stems)
    place = float(random.uniform(0, max(1.0, length - 7)))
    out = _silence()
    for path in stems:
        if random.uniform() < 0.67:
            audio = read_at(path, place, SAMPLES)
            loud = active_frames(audio, float(_power(path).max()))
            out = _over(out, Layer(audio, np.zeros(TOPS, bool), loud & (role_of_eir(path.stem) in DRUM_ROLES)))
    return out


def rendered_backing(roles: Path, random: np.random.Generator) -> Layer:
    """Two to four rendered parts of the training split, none of them sung, drums among them in two thirds."""
    pitched = [p for p in sorted(roles.iterdir()) if p.name not in (*VOICE_ROLES, *DRUM_ROLES)]
    kits = [p for p in sorted(roles.iterdir()) if p.name in DRUM_ROLES]
    picked = [pitched[i] for i in random.choice(len(pitched), size=int(random.integers(2, 5)), replace=False)]
    if random.uniform() < 0.67:
        picked += [kits[int(random.integers(len(kits)))]]
    out = _silence()
    for folder in picked:
        clips = sorted(folder.glob("*.json"))[:OF_EACH_ROLE]
        path = clips[int(random.integers(len(clips)))]
        audio = read_at(path.with_suffix(".flac"), 0, SAMPLES)
        audio = audio * np.float32(0.05 / max(1e-4, _rms(audio)) * 10 ** (random.normal(0, 3) / 20))
        loud = active_frames(audio, float(np.mean(audio**2)))
        out = _over(out, Layer(audio, np.zeros(TOPS, bool), loud & (folder.name in DRUM_ROLES)))
    return out


def piece(stems: list[Path], roles: Path, with_voice: bool, random: np.random.Generator) -> Layer:
    sung = [p for p in stems if role_of_eir(p.stem) in VOICE_ROLES]
    # A stem whose name does not say what it is may hold a voice, too.
    others = [p for p in stems if p not in sung and role_of_eir(p.stem) is not None]
    out = own_backing(others, random) if random.uniform() > RENDERED else rendered_backing(roles, random)
    while _rms(out.audio) < QUIET:
        out = rendered_backing(roles, random)
    if random.uniform() < MOVED:
        out.audio = fitted(change(out.audio, 1.0, float(random.uniform(-SEMITONES, SEMITONES))), SAMPLES)
    if with_voice:
        voice = voices(sung, random)
        gain = _rms(out.audio) / max(_rms(voice.audio), 1e-4) * 10 ** (random.normal(0, SPREAD_DB) / 20)
        out = _over(out, Layer(voice.audio * np.float32(gain), voice.voice, voice.drums))
    peak = max(1e-6, float(np.abs(out.audio).max()))
    audio = augment(out.audio * np.float32(min(1.0, 0.99 / peak)), VARIED, random)
    return Layer(audio, out.voice, out.drums)


def pieces_of(root: Path, each: int) -> Iterator[tuple[str, list[Path], bool, np.random.Generator]]:
    """Name, stems, whether somebody sings (every second) and randomness of `each` pieces of every song."""
    for number, (song, stems) in enumerate(eir_songs(root).items()):
        for index in range(each):
            random = np.random.default_rng([number, index])
            yield f"{song.partition('/')[2]}@sung{index:03d}", stems, index % 2 == 0, random
