"""Recorded songs that come as stems, brought to 16 bit so that the stems sum to the mix sample by sample."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from sonido.data import recordings

Track = NDArray[np.int16]


def sixteen_bit(audio: NDArray[np.float32]) -> Track:
    """[2, samples], made quieter where it is above full scale."""
    return np.round(audio / max(1.0, float(np.abs(audio).max()) / 0.99) * 32767).astype(np.int16)


def summed(tracks: dict[str, NDArray[np.float32]]) -> tuple[Track, dict[str, Track]]:
    """(mix, stems) of tracks of any lengths, with one gain for all where their sum is above full scale."""
    length = max(t.shape[1] for t in tracks.values())
    total = np.zeros((2, length), np.float32)
    for track in tracks.values():
        total[:, : track.shape[1]] += track
    scale = 32767 * min(1.0, 0.99 / max(1e-6, float(np.abs(total).max())))
    stems: dict[str, Track] = {}
    mix = np.zeros((2, length), np.int32)
    for name, track in tracks.items():
        stems[name] = np.zeros((2, length), np.int16)
        # A stem alone may be louder than the sum it cancels in.
        stems[name][:, : track.shape[1]] = np.round(np.clip(track * scale, -32768, 32767))
        mix += stems[name]
    return np.clip(mix, -32768, 32767).astype(np.int16), stems


def guitar_and_rest(folder: Path) -> tuple[Track, dict[str, Track]]:
    """A Frets on Fire song: guitar.ogg (and rhythm.ogg) beside song.ogg, which is the rest of the band."""
    names = {"guitar": "guitar", "rhythm": "rhythm", "song": "rest"}
    return summed({names[p.stem]: recordings.read(p) for p in sorted(folder.glob("*.ogg")) if p.stem in names})


def remix(paths: list[Path], varied: bool, seed: int) -> tuple[Track, dict[str, Track]]:
    """The plain sum of the stem files, or when `varied` some muted and the others' gains moved."""
    random = np.random.default_rng(seed)
    tracks: dict[str, NDArray[np.float32]] = {}
    for path in paths:
        muted = varied and random.uniform() < 0.35
        gain = float(10 ** (random.normal(0, 4) / 20)) if varied else 1.0
        if not muted:
            name = f"{recordings.role_of(path.stem)}-{path.stem}".replace(" ", "_")
            tracks[name] = recordings.read(path) * np.float32(gain)
    if not tracks:
        raise ValueError(f"{paths[0].parent.name}: every stem came out muted, use another seed")
    return summed(tracks)
