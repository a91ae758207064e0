"""The clip embedding of a run as functions over folders: its training and the embeddings of the tokenised items.

`clip/` of a run folder holds its checkpoint and log, `clip/spectra/` what it hears and `clip/embeddings/` what it says.
"""

from __future__ import annotations

import json
import os
import shutil
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import soundfile
import torch
from numpy.typing import NDArray
from torch import Tensor

from sonido import checkpoint
from sonido.clip_embedding import ClipEmbedding
from sonido.clip_grid import HOP, WINDOW, count_of
from sonido.clip_training import ClipTrainer, hear, train_clip
from sonido.config import ModelConfig, overlay
from sonido.data.clips import Item, read_index
from sonido.data.splits import kept_for_probes
from sonido.presets import clip_config
from sonido.spectrum import TOP
from sonido.tokenisation import TokenItem, read_tokens


def item_of(folder: Path) -> Item:
    """The item of one shard folder."""
    document = json.loads((folder / "item.json").read_text())
    return Item(folder / "mix.flac", document["frames"], document["kind"], tuple(document["stems"]))


def _allowed(item: Item) -> bool:
    return not kept_for_probes(str(json.loads(item.path.with_name("item.json").read_text())["unit"]))


def _items(run: Path, shards: list[Path]) -> tuple[list[Item], list[Item]]:
    """(training, validation) items of `shards`, or without any those of the run's tokens."""
    if not shards:
        halves = [read_tokens(run / "tokens" / split) for split in ("train", "held_out")]
        train, held_out = ([item_of(i.source) for i in half if i.truth] for half in halves)
        return train, held_out
    train = [i for folder in shards for i in read_index(folder, "train") if _allowed(i)]
    return train, [i for folder in shards for i in read_index(folder, "validation")]


def train(
    run: Path,
    size: str,
    dimension: int,
    seed: int = 0,
    shards: list[Path] | None = None,
    steps: int | None = None,
    minutes: float | None = None,
    device: str = "cpu",
) -> int:
    """Trains on rendered items but the songs that are kept for the probes. A finished embedding is left as it is."""
    config = clip_config(size, seed, device)
    config = config if steps is None else overlay(config, steps=steps)
    done = run / "clip" / "finished"
    if done.exists():
        return int(done.read_text())
    items, held_out = _items(run, shards or [])
    heard, other = hear(items, run / "clip" / "spectra"), hear(held_out, run / "clip" / "spectra")
    torch.manual_seed(seed)
    deadline = None if minutes is None else time.monotonic() + 60 * minutes
    reached = train_clip(ClipTrainer(dimension), heard, other, config, run / "clip", deadline, device)
    if reached >= config.steps:
        done.write_text(str(reached))
    return reached


def load_clip(run: Path, config: ModelConfig) -> ClipEmbedding:
    clip = ClipEmbedding(config.clip_dimension)
    directory = run / "clip" / "checkpoint"
    checkpoint.fill(clip, checkpoint.pick(checkpoint.averages(directory), "clip."), directory)
    return clip.eval()


@torch.no_grad()
def embed_long(clip: Callable[[Tensor], Tensor], audio: Tensor) -> Tensor:
    """audio [2, time] -> all embeddings of its grid [count, dimension]; `clip` takes one window [1, 2, samples]."""
    count = count_of(-(-audio.shape[1] // TOP))
    rows = []
    for number in range(count):
        window = audio[:, number * HOP * TOP : (number * HOP + WINDOW) * TOP]
        rows.append(clip(torch.nn.functional.pad(window, (0, WINDOW * TOP - window.shape[1]))[None])[0])
    return torch.stack(rows)


def embed_items(run: Path, split: str, items: list[TokenItem], clip: ClipEmbedding) -> None:
    """Gives every item its embeddings, kept in the run folder until the clip embedding changes."""
    folder = run / "clip" / "embeddings"
    now = str(checkpoint.read(run / "clip" / "checkpoint")[0]["step"])
    stamp = folder / "clip_step"
    if stamp.exists() and stamp.read_text() != now:
        shutil.rmtree(folder)
    (folder / split).mkdir(parents=True, exist_ok=True)
    if not stamp.exists():  # levels may train side by side: what others read is not written again
        stamp.write_text(now)
    for item in items:
        path = folder / split / f"{item.source.name}.npy"
        if not path.exists():
            audio, _ = soundfile.read(str(item.source / "mix.flac"), dtype="float32", always_2d=True)
            partial = path.with_suffix(f".{os.getpid()}.npy")
            np.save(partial, embed_long(clip, torch.from_numpy(np.ascontiguousarray(audio.T))).numpy())
            partial.rename(path)
        embedded: NDArray[np.float32] = np.load(path)
        item.clips = embedded
