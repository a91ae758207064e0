"""Major or minor where a score gives its key signature alone, as OpenScore's Lieder do.

The twelve pitch classes, weighted by how long they sound, are correlated with the profiles of the two keys that share
the signature (J. Albrecht, D. Shanahan, "The use of large corpora to train a new type of key-finding algorithm", Music
Perception 31(1), 2013).
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

MAJOR = (0.238, 0.006, 0.111, 0.006, 0.137, 0.094, 0.016, 0.214, 0.009, 0.08, 0.008, 0.081)
MINOR = (0.22, 0.006, 0.104, 0.123, 0.019, 0.103, 0.012, 0.214, 0.062, 0.022, 0.061, 0.052)


def is_minor(notes: Iterable[tuple[int, float]], major_tonic: int) -> bool:
    """Whether (MIDI pitch, duration) are rather in the relative minor of the major key on `major_tonic` (0 is C)."""
    classes = np.zeros(12)
    for pitch, duration in notes:
        classes[(pitch - major_tonic) % 12] += duration
    if np.ptp(classes) == 0:
        return False
    return bool(_alike(np.roll(classes, -9), MINOR) > _alike(classes, MAJOR))


def _alike(classes: np.ndarray, profile: tuple[float, ...]) -> float:
    return float(np.corrcoef(classes, profile)[0, 1])
