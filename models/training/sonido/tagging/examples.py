"""Cached clips as tensors for the head, with or without features."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from sonido.clip_embedding import FAMILIES
from sonido.clip_grid import clip_of
from sonido.probe.collection import Depths
from sonido.probe.states import averaged
from sonido.tagging.head import PER_FRAME, mel_statistics, sounding, stacked
from sonido.tagging.labels import INSTRUMENTS, MIXTURE, ROLES


@dataclass(frozen=True)
class Example:
    name: str
    mel: Tensor
    """[frames, 384]"""
    extra: Tensor
    """[frames, extra width]"""
    mask: Tensor
    """[frames] 1 where it sounds."""
    activity: Tensor
    """[frames, 2]"""
    instruments: Tensor
    known: Tensor
    """[18] 1 where the instrument's label is known."""
    key: int
    """-1 when unknown, as for role."""
    role: int


def read_examples(mel_folder: Path, state_folder: Path | None, depths: Depths) -> list[Example]:
    """All clips of a folder; with `state_folder` those that have states there, and features as `extra`."""
    found: list[Example] = []
    for path in sorted(mel_folder.glob("*.npz")):
        states = None if state_folder is None else state_folder / path.name
        if states is not None and not states.exists():
            continue
        with np.load(path) as arrays:
            found.append(_example(path.stem, dict(arrays), None if states is None else _features(states, depths)))
    return found


def as_mixtures(examples: list[Example]) -> list[Example]:
    """The role of pieces in which several kinds of instruments sound; what one kind plays alone keeps none."""
    mixture = ROLES.index(MIXTURE)
    return [replace(e, role=mixture) if e.instruments[: FAMILIES + 1].sum() > 1 else e for e in examples]


def _features(path: Path, depths: Depths) -> Tensor:
    """[coarse frames, widths of levels and clip embedding]: finer levels averaged, of the clips the nearest."""
    parts = []
    with np.load(path) as arrays:
        for name, depth in zip(("coarse", "medium", "fine"), depths, strict=True):
            if depth is not None:
                rows = torch.from_numpy(arrays[name][:, depth].astype(np.float32))
                parts.append(rows if name == "coarse" else averaged(rows, PER_FRAME))
        clips = torch.from_numpy(arrays["clips"].astype(np.float32))
    nearest = [clip_of(frame, 0, 1, len(clips)) for frame in range(len(parts[0]))]
    parts.append(clips[nearest])
    return torch.cat(parts, dim=1)


def _example(name: str, arrays: dict[str, Any], features: Tensor | None) -> Example:
    mel = torch.from_numpy(arrays["mel"].astype(np.float32))
    activity = torch.from_numpy(arrays["activity"].astype(np.float32))
    if len(activity) == len(mel):  # the probes' labels are at the medium rate
        activity = activity.reshape(-1, PER_FRAME, 2).amax(1)
    known = arrays["known"] if "known" in arrays else np.ones(len(INSTRUMENTS), bool)
    return Example(
        name,
        stacked(mel),
        mel_statistics(mel) if features is None else features,
        sounding(mel).float(),
        activity,
        torch.from_numpy(arrays["instruments"].astype(np.float32)),
        torch.from_numpy(known.astype(np.float32)),
        int(arrays["key"]) if "key" in arrays else -1,
        int(arrays["role"]) if "role" in arrays else -1,
    )
