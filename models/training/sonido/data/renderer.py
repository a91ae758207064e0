"""Score -> multitrack audio with the exact truth.

Stems (16 bit, summing to the mix sample by sample), notes, beats, key, instruments and console parameters.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from sonido.data import drum_kits, gus_patches, soundfonts, stk, synthesis
from sonido.data.console import Strip, process, random_strip
from sonido.data.drum_kits import Kit
from sonido.data.rooms import Room, random_room, reverberate
from sonido.data.score import Part, Score
from sonido.data.soundfonts import Soundfont

SAMPLE_RATE = 44_100
Audio = NDArray[np.float32]


@dataclass(frozen=True)
class Sources:
    """What may sound; already restricted to one split."""

    fonts: tuple[Soundfont, ...]
    kits: tuple[Kit, ...]
    drum_fonts: tuple[Soundfont, ...] = ()
    patches: Mapping[int, Path] = field(default_factory=dict)
    """Sampled instruments by General MIDI program."""
    models: Mapping[int, tuple[str, ...]] = field(default_factory=dict)
    """Physical models by General MIDI family."""


@dataclass
class Stem:
    part: Part
    source: str
    strip: Strip
    audio: NDArray[np.int16]
    """[2, samples]"""


@dataclass
class Rendering:
    score: Score
    stems: list[Stem]
    room: Room
    mix: NDArray[np.int16]
    """[2, samples], exactly the sum of the stems."""


def _voice_part(part: Part, sources: Sources, samples: int, random: np.random.Generator) -> tuple[Audio, str]:
    if part.drums and sources.kits and (not sources.fonts or random.uniform() < 0.65):
        kit = sources.kits[int(random.integers(len(sources.kits)))]
        return drum_kits.render(part, kit, samples), f"kit:{kit.name}"
    if part.drums and not sources.fonts and not sources.drum_fonts:
        return np.zeros((2, samples), np.float32), "none"  # left out, like every silent part
    if part.drums and sources.drum_fonts and (not sources.fonts or random.uniform() < 0.3):
        font = sources.drum_fonts[int(random.integers(len(sources.drum_fonts)))]
        return soundfonts.render(part, font, 0, samples), f"font:{font.name}:0"
    family = [program for program in sources.patches if program // 8 == part.program // 8]
    if not part.drums and family and random.uniform() < 0.2:
        program = part.program if part.program in family else int(random.choice(family))
        return gus_patches.render(part, sources.patches[program], samples), f"patch:freepats:{program}"
    models = () if part.drums else sources.models.get(part.program // 8, ())
    if models and random.uniform() < 0.15:
        instrument = str(random.choice(models))
        return stk.render(part, instrument, samples), f"model:{instrument}"
    use_synth = not part.drums and (not sources.fonts or random.uniform() < (0.5 if part.voice else 0.2))
    if use_synth:
        patch = synthesis.random_patch(random, part.voice)
        return synthesis.render(part, patch, samples, random), f"synthesis:{patch.shape}"
    font = sources.fonts[int(random.integers(len(sources.fonts)))]
    program = int(random.choice([0, 0, 8, 16, 24, 25, 32, 40])) if part.drums else part.program
    detune = 0.0 if part.drums else float(random.normal(0, 6))
    return soundfonts.render(part, font, program, samples, detune), f"font:{font.name}:{program}"


def sum_of(tracks: list[Audio]) -> Audio:
    total = tracks[0].copy()
    for track in tracks[1:]:
        total += track
    return total


def root_mean_square(audio: Audio) -> float:
    flat = audio.ravel()
    return float(np.sqrt(np.dot(flat, flat) / flat.size))


def saturate(audio: Audio, drive_db: float) -> Audio:
    """tanh after `drive_db` of gain over the part's own peak, level kept."""
    peak = float(np.abs(audio).max()) + 1e-9
    drive = 10 ** (drive_db / 20)
    shaped: Audio = (np.tanh(audio / peak * drive) * (peak / np.tanh(drive))).astype(np.float32)
    return shaped


def render(score: Score, sources: Sources, seconds: float, seed: int) -> Rendering:
    """All randomness follows from `seed`. Parts whose notes all fall outside the audible keys are left out."""
    random = np.random.default_rng(seed)
    samples = round(seconds * SAMPLE_RATE)
    room = random_room(random)
    voiced: list[tuple[Part, str, Strip, Audio]] = []
    for part in score.parts:
        audio, source = _voice_part(part, sources, samples, random)
        if random.uniform() < 0.15 and not part.drums:
            layer, extra = _voice_part(part, sources, samples, random)
            audio, source = audio + layer, f"{source}+{extra}"
        if random.uniform() < 0.2:
            audio = saturate(audio, float(random.uniform(0, 18)))
        level = root_mean_square(audio)
        strip = random_strip(random)
        if level < 1e-5 or not part.notes:
            continue
        # Every part comes to the strip at -20 dBFS RMS, so the strip's gain is the mixing decision.
        dry = process((audio * np.float32(0.1 / level)).astype(np.float32), strip)
        wet = reverberate(dry, room, strip.send_db) if strip.send_db > -59 else np.zeros_like(dry)
        voiced.append((part, source, strip, dry + wet))
    if not voiced:
        raise ValueError(f"{score.song}: nothing audible, expected at least one part with notes")
    total = sum_of([audio for *_, audio in voiced])
    rms = root_mean_square(total)
    peak = max(float(np.abs(total).max()), *(float(np.abs(audio).max()) for *_, audio in voiced))
    gain = min(10 ** (random.uniform(-26, -12) / 20) / max(rms, 1e-6), 0.97 / max(peak, 1e-6))
    stems = [
        Stem(part, source, strip, np.round(audio * (gain * 32767)).astype(np.int16))
        for part, source, strip, audio in voiced
    ]
    mix = np.zeros(stems[0].audio.shape, np.int32)
    for stem in stems:
        mix += stem.audio
    return Rendering(score, stems, room, np.clip(mix, -32768, 32767).astype(np.int16))


def truth(rendering: Rendering) -> dict[str, object]:
    """JSON beside the audio."""
    score = rendering.score
    return {
        "format": 1,
        "song": score.song,
        "seconds": rendering.mix.shape[1] / SAMPLE_RATE,
        "beats": [[round(t, 5), b] for t, b in score.beats],
        "keys": [[round(t, 5), k] for t, k in score.keys],
        "chords": [[round(a, 5), round(b, 5), c] for a, b, c in score.chords],
        "room": vars(rendering.room),
        "stems": [
            {
                "name": stem.part.name,
                "source": stem.source,
                "program": None if stem.part.drums else stem.part.program,
                "drums": stem.part.drums,
                "voice": stem.part.voice,
                "strip": stem.strip.as_dict(),
                "notes": [[round(n.start, 5), round(n.duration, 5), n.pitch, n.velocity] for n in stem.part.notes],
            }
            for stem in rendering.stems
        ],
    }
