"""Where the clip embeddings of a piece lie and which one a window of tokens takes, however the piece is cut."""

from __future__ import annotations

WINDOW = 256
"""Coarse tokens a clip embedding covers (11.9 s)."""
HOP = 128
"""Coarse tokens between the starts of two."""


def count_of(tokens: int) -> int:
    """Embeddings of a piece of `tokens` coarse tokens: full windows, but one of a shorter piece (then silence)."""
    return 1 if tokens < WINDOW else (tokens - WINDOW) // HOP + 1


def clip_of(start: int, context: int, per_top: int, count: int) -> int:
    """The embedding with the centre nearest to that of a window of `context` tokens from `start` (a tie: the later).

    `per_top` tokens of the level make a coarse one; the piece has `count` embeddings.
    """
    centre = (start + context // 2) // per_top
    return min(count - 1, max(0, (centre - WINDOW // 2 + HOP // 2) // HOP))
