"""Long audio to tokens in chunks with context, equal to encoding it whole; and the token cache of the shards."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from sonido.config import HOPS
from sonido.data.clips import Item, read_segment
from sonido.hqvae import HQVAE
from sonido.stereo import to_mid_side
from sonido.whole_files import write_arrays

TOP = HOPS[0]
CONTEXT = 16
"""Coarse tokens of audio on either side of a chunk; more than the encoder sees (test_tokenisation proves it)."""
WINDOW = 128
"""Coarse tokens of an excerpt that is judged (5.9 s)."""


@torch.no_grad()
def encode_chunk(model: HQVAE, audio: Tensor) -> tuple[list[Tensor], list[Tensor]]:
    """(tokens per level, the encoder's features per level [batch, time, width])."""
    features = model.encoder(to_mid_side(audio))
    state: Tensor | None = None
    tokens: list[Tensor] = []
    for layer, feature in zip(model.levels, features, strict=True):
        prepared = layer.prepare(state)
        code, level_tokens = layer.encode(layer.target(prepared, feature))
        state = code if prepared is None else prepared + code
        tokens.append(level_tokens)
    return tokens, list(features)


Encode = Callable[[Tensor], Sequence[Tensor]]
"""Audio [1, 2, tops * 2048] -> tensors [1, a multiple of tops, ...], such as the tokens of each level."""


def in_pytorch(model: HQVAE) -> Encode:
    """The tokens of each level, computed where the model lies."""
    device = model.decoder.head.weight.device
    return lambda audio: [tokens.cpu() for tokens in encode_chunk(model, audio.to(device))[0]]


def encode_long(encode: Encode, audio: Tensor, chunk: int = 256) -> list[Tensor]:
    """What `encode` gives of audio [2, time] without its batch; the last started coarse token is padded with zeros."""
    count = -(-audio.shape[1] // TOP)
    padded = torch.nn.functional.pad(audio, (0, count * TOP - audio.shape[1]))
    pieces: list[list[Tensor]] = []
    for start in range(0, count, chunk):
        end = min(count, start + chunk)
        low, high = max(0, start - CONTEXT), min(count, end + CONTEXT)
        encoded = encode(padded[None, :, low * TOP : high * TOP])
        ratios = [found.shape[1] // (high - low) for found in encoded]
        pieces.append([f[0, (start - low) * r : (end - low) * r] for f, r in zip(encoded, ratios, strict=True)])
    return [torch.cat(parts) for parts in zip(*pieces, strict=True)]


@dataclass
class TokenItem:
    tokens: list[NDArray[np.int64]]
    truth: dict[str, object]
    """Of rendered items, else empty."""
    source: Path
    """Folder of the shard."""
    clips: NDArray[np.float32] = field(default_factory=lambda: np.zeros((0, 0), np.float32))
    """Clip embeddings on their grid [count, dimension]."""

    @property
    def rendered(self) -> bool:
        """By us, from notes; else it came as audio."""
        return bool(self.truth)


def first_hours(items: list[Item], hours: float) -> list[Item]:
    """The first items that together last `hours`; the one that passes the mark is among them."""
    chosen: list[Item] = []
    seconds = 0.0
    for item in items:
        if seconds > hours * 3600:
            break
        seconds += item.frames / 44_100
        chosen.append(item)
    return chosen


def cache_tokens(encode: Encode, items: list[Item], folder: Path) -> None:
    """Writes one .npz per item; existing files are kept."""
    folder.mkdir(parents=True, exist_ok=True)
    for item in items:
        path = folder / f"{item.path.parent.name}.npz"
        if path.exists():
            continue
        tokens = encode_long(encode, torch.from_numpy(read_segment(item, 0, item.frames)))
        arrays = {f"level{i}": t.numpy().astype(np.int16) for i, t in enumerate(tokens)}
        write_arrays(path, {"source": np.array(str(item.path.parent)), **arrays})


def read_tokens(folder: Path) -> list[TokenItem]:
    """All cached items of a folder. Raises ValueError when there are none."""
    items: list[TokenItem] = []
    for path in sorted(folder.glob("*.npz")):
        with np.load(path) as arrays:
            tokens = [arrays[f"level{i}"].astype(np.int64) for i in range(3)]
            source = Path(str(arrays["source"]))
        truth_file = source / "truth.json"
        truth = json.loads(truth_file.read_text()) if truth_file.exists() else {}
        items.append(TokenItem(tokens, truth if "stems" in truth else {}, source))
    if not items:
        raise ValueError(f"no token files in {folder}; run `python -m sonido tokens` first")
    return items
