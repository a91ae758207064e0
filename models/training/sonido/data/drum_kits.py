"""Sampled drum kits in Hydrogen's format (drumkit.xml + audio), played from General MIDI percussion notes."""

from __future__ import annotations

import functools
import os
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import soundfile
import soxr
from numpy.typing import NDArray

from sonido.data.score import Part

SAMPLE_RATE = 44_100

CLASSES: dict[str, tuple[tuple[str, ...], tuple[int, ...]]] = {
    "kick": (("kick", "bass drum", "bassdrum", "bd"), (35, 36)),
    "rim": (("rim", "stick"), (37,)),
    "snare": (("snare", "snr", "sd"), (38, 40)),
    "clap": (("clap", "hand"), (39,)),
    "hat_open": (("open", "ohh", "hho", "hat o"), (46,)),
    "hat_pedal": (("pedal", "foot"), (44,)),
    "hat_closed": (("hihat", "hi-hat", "hh", "hat"), (42,)),
    "tom_low": (("tom lo", "low tom", "floor", "tom 3", "tom3"), (41, 43, 45)),
    "tom_high": (("tom",), (47, 48, 50)),
    "ride": (("ride",), (51, 53, 59)),
    "crash": (("crash", "splash", "china", "cym"), (49, 52, 55, 57)),
    "cowbell": (("cow", "bell"), (56,)),
}
"""Class -> (words in instrument names, tried in this order; General MIDI keys)."""


@dataclass(frozen=True)
class Layer:
    low: float
    high: float
    path: Path


@dataclass(frozen=True)
class Kit:
    name: str
    layers: dict[str, tuple[Layer, ...]]
    """Class -> velocity layers."""


def class_of_name(name: str) -> str | None:
    lowered = name.lower()
    return next((cls for cls, (words, _) in CLASSES.items() if any(word in lowered for word in words)), None)


def class_of_key(key: int) -> str | None:
    return next((cls for cls, (_, keys) in CLASSES.items() if key in keys), None)


def installed(root: Path | None = None) -> list[Kit]:
    """Kits that have at least a kick, a snare and a closed hi-hat."""
    base = root or Path(os.environ.get("SONIDO_KITS", "/usr/share/hydrogen/data/drumkits"))
    kits = [_read(path) for path in sorted(base.glob("*/drumkit.xml"))]
    return [kit for kit in kits if {"kick", "snare", "hat_closed"} <= set(kit.layers)]


def _read(path: Path) -> Kit:
    root = ElementTree.parse(path).getroot()
    for element in root.iter():  # newer kits carry an XML namespace
        element.tag = element.tag.rpartition("}")[2]
    layers: dict[str, tuple[Layer, ...]] = {}
    for instrument in root.iter("instrument"):
        cls = class_of_name(instrument.findtext("name") or "")
        found = []
        for layer in instrument.iter("layer"):
            file = path.parent / (layer.findtext("filename") or "")
            if file.is_file():
                found.append(Layer(float(layer.findtext("min") or 0), float(layer.findtext("max") or 1), file))
        single = path.parent / (instrument.findtext("filename") or "missing")
        if not found and single.is_file():
            found = [Layer(0.0, 1.0, single)]
        if cls and found and cls not in layers:
            layers[cls] = tuple(found)
    return Kit(path.parent.name, layers)


@functools.lru_cache(maxsize=256)
def _sample(path: Path) -> NDArray[np.float32]:
    """[2, samples] at 44.1 kHz with the silence before the attack removed, so onsets are where notes are."""
    audio, rate = soundfile.read(str(path), dtype="float32", always_2d=True)
    if rate != SAMPLE_RATE:
        audio = soxr.resample(audio, rate, SAMPLE_RATE)
    stereo = np.repeat(audio, 2, axis=1)[:, :2].T if audio.shape[1] == 1 else audio[:, :2].T
    loud = np.flatnonzero(np.abs(stereo).max(0) > 0.02 * max(1e-9, float(np.abs(stereo).max())))
    start = max(0, int(loud[0]) - 16) if len(loud) else 0
    return np.ascontiguousarray(stereo[:, start : start + 4 * SAMPLE_RATE])


FALLBACK = {"hat_pedal": "hat_closed", "tom_low": "tom_high", "tom_high": "tom_low", "rim": "snare", "ride": "crash",
            "crash": "ride", "hat_open": "hat_closed", "clap": "snare", "cowbell": "rim"}  # fmt: skip


def render(part: Part, kit: Kit, samples: int) -> NDArray[np.float32]:
    """[2, samples]. Keys without a sample in this kit are dropped from `part.notes`, so the truth stays true."""
    out = np.zeros((2, samples), np.float32)
    played = []
    for note in part.notes:
        cls = class_of_key(note.pitch)
        layers = kit.layers.get(cls or "") or kit.layers.get(FALLBACK.get(cls or "", ""))
        start = round(note.start * SAMPLE_RATE)
        if layers is None or start >= samples:
            continue
        force = note.velocity / 127
        layer = min(layers, key=lambda item: max(item.low - force, force - item.high, 0))
        hit = _sample(layer.path)[:, : samples - start]
        out[:, start : start + hit.shape[1]] += hit * (0.6 * force**1.4)
        played.append(note)
    part.notes = played
    return out
