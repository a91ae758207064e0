"""Simple subtractive and FM voices, so that not all timbre comes from soundfonts."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.signal import lfilter

from sonido.data.score import Note, Part

SAMPLE_RATE = 44_100
VIBRATO_HERTZ = 5.3
Wave = NDArray[np.float32]


@dataclass(frozen=True)
class Patch:
    shape: str
    """'saw', 'square', 'triangle', 'fm' or 'vowel'."""
    voices: int
    detune_cents: float
    attack: float
    decay: float
    sustain: float
    release: float
    brightness: float
    """Cut-off of the one-pole low-pass as a multiple of the fundamental."""
    fm_ratio: float
    fm_index: float
    vibrato_cents: float


def random_patch(random: np.random.Generator, voice: bool) -> Patch:
    return Patch(
        shape="vowel" if voice else str(random.choice(["saw", "square", "triangle", "fm"])),
        voices=int(random.integers(1, 4)),
        detune_cents=float(random.uniform(2, 18)),
        attack=float(random.choice([0.002, 0.005, 0.02, 0.08])) if not voice else 0.04,
        decay=float(random.uniform(0.05, 0.8)),
        sustain=float(random.uniform(0.2, 0.9)),
        release=float(random.uniform(0.03, 0.4)),
        brightness=float(np.exp(random.uniform(np.log(2), np.log(24)))),
        fm_ratio=float(random.choice([0.5, 1, 1, 2, 3, 3.5, 7])),
        fm_index=float(random.uniform(0.3, 5)),
        vibrato_cents=float(random.choice([0, 0, 8, 25])) if not voice else 30.0,
    )


FORMANTS = ((800, 1150, 2900), (400, 1600, 2700), (350, 1700, 2700), (450, 800, 2830), (325, 700, 2530))
"""Soprano a, e, i, o, u (Csound manual, formant values)."""


def render(part: Part, patch: Patch, samples: int, random: np.random.Generator) -> NDArray[np.float32]:
    """[2, samples] float32."""
    out = np.zeros((2, samples), np.float32)
    for note in part.notes:
        start = round(note.start * SAMPLE_RATE)
        if start >= samples:
            continue
        mono = _note(note, patch, random)[: samples - start]
        width = random.uniform(-0.2, 0.2)
        out[0, start : start + len(mono)] += mono * np.float32(1 - width)
        out[1, start : start + len(mono)] += mono * np.float32(1 + width)
    return out * np.float32(0.15)


def _note(note: Note, patch: Patch, random: np.random.Generator) -> Wave:
    length = round((min(note.duration, 12.0) + patch.release) * SAMPLE_RATE)
    time = np.arange(length, dtype=np.float32) / np.float32(SAMPLE_RATE)
    frequency = 440.0 * 2 ** ((note.pitch - 69) / 12)
    wave: Wave = np.zeros(length, np.float32)
    for voice in range(patch.voices):
        spread = patch.detune_cents * (voice - (patch.voices - 1) / 2)
        # Phase in turns; vibrato as phase modulation: its integral in closed form, cents to a ratio by the first term.
        turns = np.arange(length, dtype=np.float64) * (frequency * 2 ** (spread / 1200) / SAMPLE_RATE)
        if patch.vibrato_cents:
            swing = patch.vibrato_cents / 1200 * np.log(2) * frequency / (2 * np.pi * VIBRATO_HERTZ)
            turns += (-swing * np.cos(2 * np.pi * VIBRATO_HERTZ * time + voice)) * np.minimum(1, time / 0.3)
        wave += _oscillate((turns + random.uniform()).astype(np.float64), patch, frequency)
    if patch.shape == "vowel":
        wave = _formants(wave, FORMANTS[int(random.integers(len(FORMANTS)))])
    else:
        cutoff = min(0.45 * SAMPLE_RATE, frequency * patch.brightness * (0.5 + note.velocity / 127))
        a = np.float32(np.exp(-2 * np.pi * cutoff / SAMPLE_RATE))
        wave = lfilter(np.array([1 - a], np.float32), np.array([1, -a], np.float32), wave)
    level = np.float32((note.velocity / 127) ** 1.5 / patch.voices)
    shaped: Wave = wave * _envelope(time, note.duration, patch) * level
    return shaped


def _oscillate(turns: NDArray[np.float64], patch: Patch, frequency: float) -> Wave:
    turn: Wave = (turns - np.floor(turns)).astype(np.float32)
    step = np.float32(frequency / SAMPLE_RATE)
    if patch.shape in ("saw", "vowel"):
        saw: Wave = 2 * turn - 1
        _subtract_blep(saw, turn, step, 1.0)
        return saw
    if patch.shape == "square":
        square: Wave = np.where(turn < 0.5, np.float32(1), np.float32(-1))
        _subtract_blep(square, turn, step, -1.0)
        half = turn + np.float32(0.5)
        _subtract_blep(square, half - np.floor(half), step, 1.0)
        return square
    if patch.shape == "triangle":
        triangle: Wave = 4 * np.abs(turn - np.float32(0.5)) - 1
        return triangle
    modulation = (turns * patch.fm_ratio) % 1.0
    # The index is limited so that side bands stay below half the sample rate.
    index = max(0.0, min(patch.fm_index, 0.4 * SAMPLE_RATE / (frequency * max(1.0, patch.fm_ratio)) - 1))
    tau = np.float32(2 * np.pi)
    tone: Wave = np.sin(tau * turn + np.float32(index) * np.sin(tau * modulation.astype(np.float32)))
    return tone


def _subtract_blep(wave: Wave, turn: Wave, step: np.float32, sign: float) -> None:
    """Polynomial correction of a step at turn 0, against aliasing (Valimaki and Huovilainen 2007), in place."""
    rising = np.flatnonzero(turn < step)
    x = turn[rising] / step
    wave[rising] -= np.float32(sign) * (2 * x - x * x - 1)
    falling = np.flatnonzero(turn > 1 - step)
    x = (turn[falling] - 1) / step
    wave[falling] -= np.float32(sign) * (x * x + 2 * x + 1)


def _formants(wave: Wave, formants: tuple[int, int, int]) -> Wave:
    out: Wave = np.zeros_like(wave)
    for number, centre in enumerate(formants):
        radius = np.exp(-np.pi * (80 + 40 * number) / SAMPLE_RATE)
        poles = [1, -2 * radius * np.cos(2 * np.pi * centre / SAMPLE_RATE), radius**2]
        # Two poles this close to the circle need double precision.
        out += lfilter([1 - radius], poles, wave.astype(np.float64)).astype(np.float32) / (1 + number)
    return 3 * out


def _envelope(time: Wave, held: float, patch: Patch) -> Wave:
    decay = patch.sustain + (1 - patch.sustain) * np.exp(-np.maximum(0, time - patch.attack) / patch.decay)
    level = np.minimum(1, time / patch.attack) * decay
    shaped: Wave = (level * np.clip(1 - (time - held) / patch.release, 0, 1)).astype(np.float32)
    return shaped
