"""Long audio to tokens in chunks with context, equal to encoding it whole; and the token cache of the shards."""

from __future__ import annotations

import json
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


@torch.no_grad()
def encode_long(model: HQVAE, audio: Tensor, chunk: int = 256) -> tuple[list[Tensor], Tensor]:
    """audio [2, time]; the last started coarse token is padded with zeros. Tokens per level [tokens] and features."""
    count = -(-audio.shape[1] // TOP)
    padded = torch.nn.functional.pad(audio, (0, count * TOP - audio.shape[1]))
    layers = model.layers_per_level
    device = model.decoder.head.weight.device
    pieces: list[list[Tensor]] = [[] for _ in HOPS]
    features: list[Tensor] = []
    for start in range(0, count, chunk):
        end = min(count, start + chunk)
        low, high = max(0, start - CONTEXT), min(count, end + CONTEXT)
        tokens, encoded = encode_chunk(model, padded[None, :, low * TOP : high * TOP].to(device))
        for level, hop in enumerate(HOPS):
            per_top = TOP // hop * layers[level]
            pieces[level].append(tokens[level][0, (start - low) * per_top : (end - low) * per_top].cpu())
        features.append(encoded[0][0, start - low : end - low].cpu())
    return [torch.cat(p) for p in pieces], torch.cat(features)


@dataclass
class TokenItem:
    tokens: list[NDArray[np.int64]]
    truth: dict[str, object]
    """Of rendered items, else empty."""
    source: Path
    """Folder of the shard."""
    clips: NDArray[np.float32] = field(default_factory=lambda: np.zeros((0, 0), np.float32))
    """Clip embeddings on their grid [count, dimension]."""


def cache_tokens(model: HQVAE, items: list[Item], folder: Path, hours: float) -> int:
    """Writes one .npz per item until `hours` are encoded; existing files are kept. Returns the number of files."""
    folder.mkdir(parents=True, exist_ok=True)
    seconds, files = 0.0, 0
    for item in items:
        if seconds > hours * 3600:
            break
        path = folder / f"{item.path.parent.name}.npz"
        seconds += item.frames / 44_100
        files += 1
        if path.exists():
            continue
        tokens, _ = encode_long(model, torch.from_numpy(read_segment(item, 0, item.frames)))
        arrays = {f"level{i}": t.numpy().astype(np.int16) for i, t in enumerate(tokens)}
        partial = path.with_suffix(".partial.npz")
        np.savez(partial, source=str(item.path.parent), **arrays)  # type: ignore[arg-type]
        partial.rename(path)
    return files


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
