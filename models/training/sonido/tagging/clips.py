"""What the head learns from and is judged on, cached as mel, states and labels.

Rendered parts, songs of the shards, and of the EIR songs stems, mixes and voices over other music.

More mixtures come from the probes' cache. Of every EIR stem the loudest places that do not overlap are taken, of every
song places of the whole mix; there voice and drums count as active where their own stems are.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from sonido.clip_embedding import FAMILIES
from sonido.data.recordings import eir_songs
from sonido.data.splits import kept_for_probes, split_of_song
from sonido.mel import log_mel
from sonido.probe import segments
from sonido.probe.runs import Source
from sonido.probe.segments import half
from sonido.probe.states import AnyExtractor, states_of
from sonido.tagging import sung
from sonido.tagging.labels import DRUM_ROLES, INSTRUMENTS, ROLES, VOICE_ROLES, role_of_eir
from sonido.tagging.places import active_frames, levels, loudest_places, read_at
from sonido.tokenisation import TOP
from sonido.whole_files import write_arrays

CLIP_TOPS, MIX_TOPS = 128, 256
PLACES_PER_STEM, PLACES_PER_MIX = 6, 8
SUNG = 150
"""Pieces of each EIR song with or without its voices over other music."""
Audio = NDArray[np.float32]
Labels = dict[str, NDArray[Any]]
Clip = tuple[str, Callable[[], tuple[Audio, Labels]]]
"""Name, and what makes its audio [2, samples] and labels."""


def role_clips(folder: Path) -> Iterator[Clip]:
    for path in sorted(folder.glob("*/*.json")):
        yield f"{path.parent.name}-{path.stem}", partial(_role_clip, path)


def _role_clip(path: Path) -> tuple[Audio, Labels]:
    document = json.loads(path.read_text())
    role = document["role"]
    audio = read_at(path.with_suffix(".flac"), 0, CLIP_TOPS * TOP)
    instruments = np.zeros(len(INSTRUMENTS), bool)
    if document.get("program") is not None:
        instruments[document["program"] // 8] = True
    else:
        instruments[FAMILIES if role in DRUM_ROLES else FAMILIES - 1] = True
    instruments[FAMILIES + 1] = role in VOICE_ROLES
    return audio, _stem_labels(audio, role, instruments, np.ones(len(INSTRUMENTS), bool))


def _stem_labels(audio: Audio, role: str, instruments: NDArray[np.bool_], known: NDArray[np.bool_]) -> Labels:
    loud = active_frames(audio, float(np.mean(audio**2)))
    activity = np.stack([loud & (role in VOICE_ROLES), loud & (role in DRUM_ROLES)], axis=1)
    return {"role": np.array(ROLES.index(role)), "activity": activity, "instruments": instruments, "known": known}


def eir_stems(root: Path) -> Iterator[Clip]:
    for song, paths in eir_songs(root).items():
        for path in paths:
            role = role_of_eir(path.stem)
            if role is None:
                continue
            for place in loudest_places(levels(path), 6, PLACES_PER_STEM):
                yield f"{song.partition('/')[2]}-{path.stem}@{place}", partial(_eir_stem, path, role, place)


def _eir_stem(path: Path, role: str, place: int) -> tuple[Audio, Labels]:
    instruments, known = np.zeros(len(INSTRUMENTS), bool), np.zeros(len(INSTRUMENTS), bool)
    instruments[FAMILIES:] = role in DRUM_ROLES, role in VOICE_ROLES
    known[FAMILIES:] = True
    audio = read_at(path, place, CLIP_TOPS * TOP)
    return audio, _stem_labels(audio, role, instruments, known)


def eir_mixes(root: Path) -> Iterator[Clip]:
    for song, paths in eir_songs(root).items():
        power = {path: levels(path) for path in paths}
        length = max(len(p) for p in power.values())
        for number in range(PLACES_PER_MIX):
            place = round((number + 0.5) / PLACES_PER_MIX * (length - 13))
            yield f"{song.partition('/')[2]}@{place}", partial(_eir_mix, power, place)


def _eir_mix(power: dict[Path, NDArray[np.float32]], place: int) -> tuple[Audio, Labels]:
    mix = np.zeros((2, MIX_TOPS * TOP), np.float32)
    activity = np.zeros((MIX_TOPS, 2), bool)
    for path, of_seconds in power.items():
        if not of_seconds[place : place + 12].any():
            continue
        stem = read_at(path, place, MIX_TOPS * TOP)
        mix += stem
        role = role_of_eir(path.stem)
        loud = active_frames(stem, float(of_seconds.max()))
        activity[:, 0] |= loud & (role in VOICE_ROLES)
        activity[:, 1] |= loud & (role in DRUM_ROLES)
    mix *= min(1.0, 0.99 / max(1e-6, float(np.abs(mix).max())))
    unknown = np.zeros(len(INSTRUMENTS), bool)
    return mix, {"role": np.array(-1), "activity": activity, "instruments": unknown, "known": unknown}


def eir_sung(roles: Path, root: Path) -> Iterator[Clip]:
    for name, stems, with_voice, random in sung.pieces_of(root, SUNG):
        yield name, partial(_eir_sung, stems, roles, with_voice, random)


def _eir_sung(stems: list[Path], roles: Path, with_voice: bool, random: np.random.Generator) -> tuple[Audio, Labels]:
    made = sung.piece(stems, roles, with_voice, random)
    activity = np.stack([made.voice, made.drums], axis=1)
    instruments, known = np.zeros(len(INSTRUMENTS), bool), np.zeros(len(INSTRUMENTS), bool)
    instruments[FAMILIES:] = made.drums.any(), made.voice.any()
    known[FAMILIES:] = True
    return made.audio, {"role": np.array(-1), "activity": activity, "instruments": instruments, "known": known}


def cache(extractor: AnyExtractor | None, clips: Iterator[Clip], folder: Path) -> None:
    """Mel and labels, or with an extractor the states; a file that exists is kept."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, make in clips:
        path = folder / f"{name}.npz"
        if path.exists():
            continue
        audio, labels = make()
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
        write_arrays(path, arrays)


PARTS: dict[str, Callable[[Path, Path], Iterator[Clip]]] = {
    "roles-train": lambda roles, _: role_clips(roles / "train"),
    "eir-sung": lambda roles, eir: eir_sung(roles / "train", eir),
    "eir-stems": lambda _, eir: eir_stems(eir),
    "roles-held_out": lambda roles, _: role_clips(roles / "held_out"),
    "eir-mixes": lambda _, eir: eir_mixes(eir),
}
"""Folder of the cache -> its clips, longest first."""


def cache_part(out: Path, roles: Path, eir: Path, source: Source | None, part: str) -> None:
    """States of `source`, or without one mel and labels."""
    cache(None if source is None else source.load(), PARTS[part](roles, eir), out / part)


def cache_songs(out: Path, shards: Path, source: Source | None, share: int, shares: int) -> None:
    """A place of every rendered training item of `shards`, every `shares`-th from `share` on, as `cache_part`.

    Raises ValueError for a song that is held out or belongs to the probes.
    """
    wanted = segments.pieces(shards, ("train",), 1)[share::shares]
    for piece in wanted:
        if split_of_song(piece.song) != "train" or kept_for_probes(piece.song):
            raise ValueError(f"{piece.song} in {shards} is no song to train on; make the shards with `sonido prepare`")
    segments.cache(None if source is None else source.load(), wanted, out / "songs")
