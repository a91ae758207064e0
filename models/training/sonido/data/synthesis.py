"""Simple subtractive and FM voices, so that not all timbre comes from soundfonts."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.signal import lfilter

from sonido.data.score import Note, Part

SAMPLE_RATE = 44_100


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
    out = np.zeros((2, samples), np.float64)
    for note in part.notes:
        start = round(note.start * SAMPLE_RATE)
        if start >= samples:
            continue
        mono = _note(note, patch, random)[: samples - start]
        width = random.uniform(-0.2, 0.2)
        out[0, start : start + len(mono)] += mono * (1 - width)
        out[1, start : start + len(mono)] += mono * (1 + width)
    return (0.15 * out).astype(np.float32)


def _note(note: Note, patch: Patch, random: np.random.Generator) -> NDArray[np.float64]:
    length = round((min(note.duration, 12.0) + patch.release) * SAMPLE_RATE)
    time = np.arange(length) / SAMPLE_RATE
    frequency = 440.0 * 2 ** ((note.pitch - 69) / 12)
    wave = np.zeros(length)
    for voice in range(patch.voices):
        spread = patch.detune_cents * (voice - (patch.voices - 1) / 2)
        cents = spread + patch.vibrato_cents * np.sin(2 * np.pi * 5.3 * time + voice) * np.minimum(1, time / 0.3)
        phase = np.cumsum(frequency * 2 ** (cents / 1200)) / SAMPLE_RATE + random.uniform()
        wave += _oscillate(phase, patch, frequency)
    if patch.shape == "vowel":
        wave = _formants(wave, FORMANTS[int(random.integers(len(FORMANTS)))])
    else:
        cutoff = min(0.45 * SAMPLE_RATE, frequency * patch.brightness * (0.5 + note.velocity / 127))
        a = float(np.exp(-2 * np.pi * cutoff / SAMPLE_RATE))
        wave = lfilter([1 - a], [1, -a], wave)
    shaped: NDArray[np.float64] = (
        wave * _envelope(time, note.duration, patch) * (note.velocity / 127) ** 1.5 / patch.voices
    )
    return shaped


def _oscillate(phase: NDArray[np.float64], patch: Patch, frequency: float) -> NDArray[np.float64]:
    turn = phase % 1.0
    step = frequency / SAMPLE_RATE
    if patch.shape in ("saw", "vowel"):
        return 2 * turn - 1 - _blep(turn, step)
    if patch.shape == "square":
        return np.where(turn < 0.5, 1.0, -1.0) + _blep(turn, step) - _blep((turn + 0.5) % 1.0, step)
    if patch.shape == "triangle":
        return 4 * np.abs(turn - 0.5) - 1
    modulator = np.sin(2 * np.pi * phase * patch.fm_ratio)
    # The index is limited so that side bands stay below half the sample rate.
    index = min(patch.fm_index, 0.4 * SAMPLE_RATE / (frequency * max(1.0, patch.fm_ratio)) - 1)
    return np.sin(2 * np.pi * phase + max(0.0, index) * modulator)


def _blep(turn: NDArray[np.float64], step: float) -> NDArray[np.float64]:
    """Polynomial correction of a step, against aliasing (Valimaki and Huovilainen 2007)."""
    rising = turn / step
    falling = (turn - 1) / step
    return np.where(
        turn < step, 2 * rising - rising**2 - 1, np.where(turn > 1 - step, falling**2 + 2 * falling + 1, 0.0)
    )


def _formants(wave: NDArray[np.float64], formants: tuple[int, int, int]) -> NDArray[np.float64]:
    out = np.zeros_like(wave)
    for number, centre in enumerate(formants):
        radius = np.exp(-np.pi * (80 + 40 * number) / SAMPLE_RATE)
        a = [1, -2 * radius * np.cos(2 * np.pi * centre / SAMPLE_RATE), radius**2]
        out += lfilter([1 - radius], a, wave) / (1 + number)
    return 3 * out


def _envelope(time: NDArray[np.float64], held: float, patch: Patch) -> NDArray[np.float64]:
    decay = patch.sustain + (1 - patch.sustain) * np.exp(-np.maximum(0, time - patch.attack) / patch.decay)
    level = np.minimum(1, time / patch.attack) * decay
    return level * np.clip(1 - (time - held) / patch.release, 0, 1)
