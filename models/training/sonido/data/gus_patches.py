"""Sampled instruments in the Gravis Ultrasound patch format (.pat), as the Freepats set ships them.

Layout (little endian) after the GF1 patch description in the Gravis Ultrasound SDK: three headers of 129, 63 and 47
bytes, then per sample 96 bytes and its data.
"""

from __future__ import annotations

import functools
import os
import re
import struct
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from sonido.data.score import Note, Part

SAMPLE_RATE = 44_100
RELEASE_SECONDS = 0.12
FIRST_EFFECT = 115
"""General MIDI programs from here on are wood blocks, drums and noises."""
HEADERS = 129 + 63 + 47
SIXTEEN_BIT, UNSIGNED, LOOPED, PING_PONG = 1, 2, 4, 8


@dataclass(frozen=True)
class Sample:
    wave: NDArray[np.float32]
    loop: tuple[int, int] | None
    """[first, end) in samples."""
    rate: int
    low: float
    high: float
    root: float
    """Hertz."""


def installed(root: Path | None = None) -> dict[int, Path]:
    """General MIDI program -> patch file."""
    base = root or Path(os.environ.get("SONIDO_PATCHES", "/usr/share/midi/freepats/Tone_000"))
    found = {int(p.name[:3]): p for p in sorted(base.glob("*.pat")) if re.match(r"\d{3}_", p.name)}
    return {program: path for program, path in found.items() if program < FIRST_EFFECT}


@functools.lru_cache(maxsize=32)
def read(path: Path) -> tuple[Sample, ...]:
    """All samples of a patch. Raises ValueError when it is no GF1 patch or is cut short."""
    data = path.read_bytes()
    if not data.startswith(b"GF1PATCH1") or len(data) < HEADERS:
        raise ValueError(f"{path.name}: not a GF1 patch, expected a file that starts with GF1PATCH1")
    samples: list[Sample] = []
    place = HEADERS
    for _ in range(data[HEADERS - 41]):
        if place + 96 > len(data):
            raise ValueError(f"{path.name}: cut short at byte {len(data)}, expected a sample header at {place}")
        size, first, end, rate, low, high, root = struct.unpack_from("<IIIHIII", data, place + 8)
        modes = data[place + 55]
        raw = data[place + 96 : place + 96 + size]
        place += 96 + size
        width = 2 if modes & SIXTEEN_BIT else 1
        wave = np.frombuffer(raw[: len(raw) // width * width], "<u2" if width == 2 else "u1").astype(np.int64)
        half = 1 << (8 * width - 1)
        signed = wave - half if modes & UNSIGNED else (wave + half) % (2 * half) - half
        float_wave = (signed / half).astype(np.float32)
        loop = (first // width, min(end // width, len(float_wave)))
        if modes & PING_PONG:
            back = float_wave[loop[0] : loop[1]][::-1]
            float_wave = np.concatenate([float_wave[: loop[1]], back])
            loop = (loop[0], len(float_wave))
        float_wave, loop = _without_lead(float_wave, loop)
        usable = modes & LOOPED and loop[1] - loop[0] > 8
        samples.append(Sample(float_wave, loop if usable else None, rate, low / 1000, high / 1000, root / 1000))
    if not samples:
        raise ValueError(f"{path.name}: the patch has no samples")
    return tuple(samples)


def _without_lead(wave: NDArray[np.float32], loop: tuple[int, int]) -> tuple[NDArray[np.float32], tuple[int, int]]:
    """Cuts the silence before the attack, so that onsets are where notes are."""
    loud = np.flatnonzero(np.abs(wave) > 0.02 * max(1e-9, float(np.abs(wave).max(initial=0))))
    lead = min(int(loud[0]) if len(loud) else 0, loop[0])
    return wave[lead:], (loop[0] - lead, loop[1] - lead)


def render(part: Part, path: Path, samples: int) -> NDArray[np.float32]:
    """[2, samples], both channels equal."""
    patch = read(path)
    out = np.zeros(samples, np.float32)
    for note in part.notes:
        start = round(note.start * SAMPLE_RATE)
        if start < samples:
            tone = _note(note, patch)[: samples - start]
            out[start : start + len(tone)] += tone
    return np.stack([out, out])


def _note(note: Note, patch: tuple[Sample, ...]) -> NDArray[np.float32]:
    hertz = 440.0 * 2 ** ((note.pitch - 69) / 12)
    fitting = [s for s in patch if s.low <= hertz <= s.high]
    sample = min(fitting or patch, key=lambda s: abs(np.log(max(s.root, 1.0) / hertz)))
    step = hertz / sample.root * sample.rate / SAMPLE_RATE
    held = round(min(note.duration, 12.0) * SAMPLE_RATE)
    length = held + round(RELEASE_SECONDS * SAMPLE_RATE)
    position = np.arange(length) * step
    if sample.loop:
        first, end = sample.loop
        position = np.where(position < end, position, first + (position - first) % (end - first))
    tone = np.interp(position, np.arange(len(sample.wave)), sample.wave, right=0.0)
    fade = np.clip((length - np.arange(length)) / (length - held), 0, 1)
    shaped: NDArray[np.float32] = (tone * fade * (note.velocity / 127) ** 1.4).astype(np.float32)
    return shaped
