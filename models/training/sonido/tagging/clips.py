"""What the head learns from and is judged on, cached as mel, states and labels: rendered parts and the EIR songs.

Mixtures come from the probes' cache. Of every EIR stem the loudest places that do not overlap are taken, of every song
places of the whole mix; there voice and drums count as active where their own stems are.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import soundfile
import soxr
import torch
from numpy.typing import NDArray

from sonido.clip_embedding import FAMILIES
from sonido.data.recordings import eir_songs
from sonido.data.splits import refuse_reserved
from sonido.mel import log_mel
from sonido.probe.runs import Source
from sonido.probe.segments import half
from sonido.probe.states import AnyExtractor, states_of
from sonido.tagging.labels import INSTRUMENTS, ROLES, role_of_eir
from sonido.tokenisation import TOP

SAMPLE_RATE = 44_100
CLIP_TOPS, MIX_TOPS = 128, 256
PLACES_PER_STEM, PLACES_PER_MIX = 6, 8
VOICES, DRUMS = ("lead-vocal", "backing-vocal"), ("kick", "snare", "hats", "percussion", "drums")
ACTIVE_DB = -35.0
"""A stem sounds where its level is at most this far below its loudest frame."""


def read_at(path: Path, seconds: float, samples: int) -> NDArray[np.float32]:
    """[2, samples] at 44.1 kHz from a place of a file of any rate, zeros after its end."""
    refuse_reserved(str(path))
    with soundfile.SoundFile(str(path)) as file:
        file.seek(min(file.frames, round(seconds * file.samplerate)))
        audio = file.read(round(samples * file.samplerate / SAMPLE_RATE), dtype="float32", always_2d=True)
        rate = file.samplerate
    if rate != SAMPLE_RATE and len(audio):
        audio = soxr.resample(audio, rate, SAMPLE_RATE)
    stereo = np.repeat(audio, 2, axis=1)[:, :2] if audio.shape[1] == 1 else audio[:, :2]
    out = np.zeros((2, samples), np.float32)
    out[:, : len(stereo)] = stereo[:samples].T
    return out


def levels(path: Path) -> NDArray[np.float32]:
    """Mean square in each second of a file."""
    with soundfile.SoundFile(str(path)) as file:
        blocks = file.blocks(file.samplerate, dtype="float32")
        return np.array([float(np.mean(block**2)) for block in blocks], np.float32)


def loudest_places(power: NDArray[np.float32], length: int, most: int) -> list[int]:
    """Starts in seconds of up to `most` stretches of `length` seconds, loudest first, none overlapping another."""
    sums = np.convolve(power, np.ones(length), "valid") if len(power) >= length else power[:1] * 0 + power.sum()
    places: list[int] = []
    for start in np.argsort(-sums):
        if len(places) == most or sums[start] < 1e-6 or sums[start] < 0.01 * sums.max():
            break
        if all(abs(int(start) - p) >= length for p in places):
            places.append(int(start))
    return places


def active_frames(audio: NDArray[np.float32], loudest: float) -> NDArray[np.bool_]:
    """[coarse frames]; `loudest` is the mean square of the stem's loudest second."""
    power = (audio**2).mean(0).reshape(-1, TOP).mean(1)
    smooth = np.convolve(power, np.ones(5) / 5, "same")
    found: NDArray[np.bool_] = smooth > max(1e-9, loudest * 10 ** (ACTIVE_DB / 10))
    return found


Clip = tuple[str, NDArray[np.float32], dict[str, NDArray[Any]]]
"""Name, audio [2, samples] and labels."""


def role_clips(folder: Path) -> Iterator[Clip]:
    for path in sorted(folder.glob("*/*.json")):
        document = json.loads(path.read_text())
        role = document["role"]
        audio = read_at(path.with_suffix(".flac"), 0, CLIP_TOPS * TOP)
        instruments = np.zeros(len(INSTRUMENTS), bool)
        if document.get("program") is not None:
            instruments[document["program"] // 8] = True
        else:
            instruments[FAMILIES if role in DRUMS else FAMILIES - 1] = True
        instruments[FAMILIES + 1] = role in VOICES
        yield f"{role}-{path.stem}", audio, _stem_labels(audio, role, instruments, np.ones(len(INSTRUMENTS), bool))


def _stem_labels(
    audio: NDArray[np.float32], role: str, instruments: NDArray[np.bool_], known: NDArray[np.bool_]
) -> dict[str, NDArray[Any]]:
    loud = active_frames(audio, float(np.mean(audio**2)))
    activity = np.stack([loud & (role in VOICES), loud & (role in DRUMS)], axis=1)
    return {"role": np.array(ROLES.index(role)), "activity": activity, "instruments": instruments, "known": known}


def eir_stems(root: Path) -> Iterator[Clip]:
    for song, paths in eir_songs(root).items():
        for path in paths:
            role = role_of_eir(path.stem)
            if role is None:
                continue
            instruments, known = np.zeros(len(INSTRUMENTS), bool), np.zeros(len(INSTRUMENTS), bool)
            instruments[FAMILIES:] = role in DRUMS, role in VOICES
            known[FAMILIES:] = True
            for place in loudest_places(levels(path), 6, PLACES_PER_STEM):
                audio = read_at(path, place, CLIP_TOPS * TOP)
                name = f"{song.partition('/')[2]}-{path.stem}@{place}"
                yield name, audio, _stem_labels(audio, role, instruments, known)


def eir_mixes(root: Path) -> Iterator[Clip]:
    for song, paths in eir_songs(root).items():
        power = {path: levels(path) for path in paths}
        length = max(len(p) for p in power.values())
        for number in range(PLACES_PER_MIX):
            place = round((number + 0.5) / PLACES_PER_MIX * (length - 13))
            mix = np.zeros((2, MIX_TOPS * TOP), np.float32)
            activity = np.zeros((MIX_TOPS, 2), bool)
            for path in paths:
                if not power[path][place : place + 12].any():
                    continue
                stem = read_at(path, place, MIX_TOPS * TOP)
                mix += stem
                role = role_of_eir(path.stem)
                loud = active_frames(stem, float(power[path].max()))
                activity[:, 0] |= loud & (role in VOICES)
                activity[:, 1] |= loud & (role in DRUMS)
            mix *= min(1.0, 0.99 / max(1e-6, float(np.abs(mix).max())))
            instruments, known = np.zeros(len(INSTRUMENTS), bool), np.zeros(len(INSTRUMENTS), bool)
            labels = {"role": np.array(-1), "activity": activity, "instruments": instruments, "known": known}
            yield f"{song.partition('/')[2]}@{place}", mix, labels


def cache(extractor: AnyExtractor | None, clips: Iterator[Clip], folder: Path) -> None:
    """Mel and labels, or with an extractor the states; a file that exists is kept."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, audio, labels in clips:
        path = folder / f"{name}.npz"
        if path.exists():
            continue
        tensor = torch.from_numpy(audio)
        arrays: dict[str, NDArray[Any]]
        if extractor is None:
            arrays = {"mel": half(log_mel(tensor)), **labels}
        else:
            states = states_of(extractor, tensor)
            arrays = {
                "coarse": half(states.coarse), "medium": half(states.medium), "fine": half(states.fine),
                "clips": half(states.clips),
            }  # fmt: skip
        partial = path.with_suffix(".partial.npz")
        np.savez(partial, **arrays)  # type: ignore[arg-type]
        partial.rename(path)


PARTS: dict[str, Callable[[Path, Path], Iterator[Clip]]] = {
    "eir-stems": lambda _, eir: eir_stems(eir),
    "roles-train": lambda roles, _: role_clips(roles / "train"),
    "eir-mixes": lambda _, eir: eir_mixes(eir),
    "roles-held_out": lambda roles, _: role_clips(roles / "held_out"),
}
"""Folder of the cache -> its clips, longest first."""


def cache_part(out: Path, roles: Path, eir: Path, source: Source | None, part: str) -> None:
    """States of `source`, or without one mel and labels."""
    cache(None if source is None else source.load(), PARTS[part](roles, eir), out / part)
