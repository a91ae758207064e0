"""Splits fixed by hash: a song, an album or a sound source is in one split for ever, whatever else is added later.

Songs: 90 % train, 5 % validation, 5 % test by SHA-256 of the unit's name. Sound sources (soundfonts, kits) are few, so
the one source of a pool whose hash is smallest is held out and the rest train; sources added later form pools of their
own. Rendering pairs train songs with train
sources and the other songs with held-out sources only.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Literal

Split = Literal["train", "validation", "test"]

RESERVED_SONGS = {"eir/1.Hydrogen": "test"}
"""Real multitrack songs held out by hand, because four songs are too few to hash."""

NEVER = (
    *("2.lithium", "4.potassium", "7.francium", "musicdelta", "vocadito"),
    *("maestro", "guitarset", "free-music", "asap", "splendidgrandpiano"),
)
"""Names of the items reserved for acceptance: refused wherever they turn up."""


def refuse_reserved(name: str) -> None:
    """Raises ValueError for data that must never be trained on."""
    lowered = name.lower()
    for word in NEVER:
        if word in lowered:
            raise ValueError(f"'{name}' is reserved for acceptance ({word}); remove it from the training inputs")


def _number(name: str) -> int:
    return int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], "big")


def split_of_song(unit: str) -> Split:
    """`unit` is the largest thing that must stay together: a song with all its takes, an album, a session."""
    refuse_reserved(unit)
    if unit in RESERVED_SONGS:
        return "test"
    if unit.startswith("eir/"):
        return "train"
    bucket = _number(unit) % 100
    return "test" if bucket < 5 else "validation" if bucket < 10 else "train"


PROBED_CORPORA = ("pop909/", "lieder/")
PROBED_SHARE = 25


def kept_for_probes(unit: str) -> bool:
    """Whether a training song belongs to the probes: a quarter of the score corpora, which no stage is trained on."""
    return (
        unit.startswith(PROBED_CORPORA)
        and split_of_song(unit) == "train"
        and _number(f"probe/{unit}") % 100 < PROBED_SHARE
    )


def held_out_source(names: Sequence[str]) -> str | None:
    """The one of `names` kept from training, None when there are fewer than two."""
    return min(names, key=_number) if len(names) >= 2 else None


def sources_for(split: Split, names: Sequence[str]) -> list[str]:
    """The sources that songs of `split` may be rendered with."""
    held = held_out_source(names)
    if held is None:
        return list(names)
    return [n for n in names if n != held] if split == "train" else [held]
