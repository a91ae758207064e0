"""Labelled pieces of the rendered shards, and what is cached of each: mel, states of all depths, labels.

One .npz a piece and extractor under CACHE/EXTRACTOR/SPLIT/; a file that exists is kept. Labels are those of the
renderer's truth: which notes sound in a frame, which start in it, the voice and drum parts, programs heard and key.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from sonido.clip_embedding import FAMILIES
from sonido.data.clips import Item, read_index, read_segment
from sonido.mel import HOP, log_mel
from sonido.probe.states import AnyExtractor, states_of
from sonido.tagging.labels import INSTRUMENTS, KEYS
from sonido.tokenisation import TOP
from sonido.whole_files import write_arrays

SAMPLE_RATE = 44_100
TOPS = 256
"""Coarse frames a piece: 11.9 s."""
LOWEST_PITCH, PITCHES = 21, 88
FRAMES = TOPS * TOP // HOP


@dataclass(frozen=True)
class Piece:
    item: Item
    start: int
    """In samples."""

    @property
    def name(self) -> str:
        return f"{self.item.path.parent.name}@{self.start}"

    @property
    def song(self) -> str:
        document: dict[str, Any] = json.loads(self.item.path.with_name("item.json").read_text())
        return str(document["unit"])


def pieces(shards: Path, splits: tuple[str, ...], per_item: int) -> list[Piece]:
    """`per_item` places of every rendered item, spread evenly from a start that follows from its name."""
    found: list[Piece] = []
    items = [i for split in splits for i in read_index(shards, split) if i.kind == "rendered"]
    items.sort(key=lambda i: hashlib.sha256(i.path.parent.name.encode()).digest())
    for number in range(per_item):
        for item in items:
            room = item.frames - TOPS * TOP
            if room < 0 and number > 0:
                continue
            draw = int(hashlib.sha256(f"{item.path.parent.name}".encode()).hexdigest()[:8], 16) / 2**32
            place = (draw + number * 0.618) % 1.0
            found.append(Piece(item, max(0, round(room * place))))
    return found


def labels_of(piece: Piece) -> dict[str, NDArray[Any]]:
    """pitch [frames, 88], onset [frames], activity [frames, 2] (voice, drums): bool; instruments [18]; key or -1."""
    truth = json.loads(piece.item.path.with_name("truth.json").read_text())
    begin = piece.start / SAMPLE_RATE
    end = begin + TOPS * TOP / SAMPLE_RATE
    pitch = np.zeros((FRAMES, PITCHES), bool)
    onset = np.zeros(FRAMES, bool)
    activity = np.zeros((FRAMES, 2), bool)
    heard = np.zeros(len(INSTRUMENTS), bool)
    for stem in truth["stems"]:
        for start, duration, number, _ in stem["notes"]:
            if start >= end or start + duration <= begin:
                continue
            first = max(0, round((start - begin) * SAMPLE_RATE / HOP - 0.5))
            last = min(FRAMES, max(first + 1, round((start + duration - begin) * SAMPLE_RATE / HOP)))
            if start >= begin and first < FRAMES:
                onset[first] = True
            if stem["drums"]:
                # A hit rings on: a fifth of a second.
                activity[first : first + 17, 1] = True
                heard[FAMILIES] = True
                continue
            if LOWEST_PITCH <= number < LOWEST_PITCH + PITCHES:
                pitch[first:last, number - LOWEST_PITCH] = True
            heard[stem["program"] // 8] = True
            if stem["voice"]:
                activity[first:last, 0] = True
                heard[FAMILIES + 1] = True
    names = [name for time, name in truth["keys"] if time <= (begin + end) / 2]
    key = KEYS.index(names[-1]) if names and names[-1] in KEYS else -1
    return {"pitch": pitch, "onset": onset, "activity": activity, "instruments": heard, "key": np.array(key)}


def cache(extractor: AnyExtractor | None, wanted: list[Piece], folder: Path) -> None:
    """With an extractor its states (and stage 1's features), without one mel and labels."""
    folder.mkdir(parents=True, exist_ok=True)
    for piece in wanted:
        path = folder / f"{piece.name}.npz"
        if path.exists():
            continue
        audio = torch.from_numpy(read_segment(piece.item, piece.start, TOPS * TOP))
        arrays: dict[str, NDArray[Any]]
        if extractor is None:
            arrays = {"mel": half(log_mel(audio)), **labels_of(piece), "song": np.array(piece.song)}
        else:
            states = states_of(extractor, audio)
            arrays = {"coarse": half(states.coarse), "medium": half(states.medium), "fine": half(states.fine)}
            arrays |= {f"encoder{level}": half(x) for level, x in enumerate(states.encoder)}
            arrays["clips"] = half(states.clips)
        write_arrays(path, arrays)


def half(x: torch.Tensor) -> NDArray[np.float16]:
    return x.float().numpy().astype(np.float16)
