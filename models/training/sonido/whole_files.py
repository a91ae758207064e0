"""Files that are whole or not there: written beside, then renamed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np


def _beside(path: Path) -> Path:
    return path.with_suffix(".partial")  # not the suffix that readers look for


def write_text(path: Path, text: str) -> None:
    _beside(path).write_text(text)
    _beside(path).rename(path)


def write_arrays(path: Path, arrays: dict[str, Any], compressed: bool = False) -> None:
    """An .npz file."""
    with _beside(path).open("wb") as file:
        (np.savez_compressed if compressed else np.savez)(file, **arrays)
    _beside(path).rename(path)
