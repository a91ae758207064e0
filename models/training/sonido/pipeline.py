"""The stages as functions over folders: what the command line, the debug chain and the GPU driver share.

A run folder holds stage1/, tokens/{train,held_out}/, clip/, prior0..2/, onnx/ and their logs.
"""

from __future__ import annotations

import hashlib
import shutil
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import torch

from sonido import checkpoint, clip_stage
from sonido.checkpoint import load_average
from sonido.clip_stage import load_clip
from sonido.config import ModelConfig, model_config, overlay
from sonido.data.augmentation import Augmentation
from sonido.data.clips import Item, Prefetched, RandomSegments, fixed_segments, read_index
from sonido.features import in_onnxruntime, tokenise_graph
from sonido.grow_codec import grow_codec
from sonido.hqvae import HQVAE
from sonido.logline import RunLog
from sonido.ngram import COUNTS, Counts, save_counts
from sonido.onnx_export import export, graphs, write_graph
from sonido.onnx_parity import Parity, compare
from sonido.presets import make_codec, prior_config, stage1_config
from sonido.prior import Prior, depth, grow
from sonido.processes import spread
from sonido.stage1 import train as train_stage1
from sonido.stage2 import train_prior
from sonido.tokenisation import cache_tokens, first_hours, in_pytorch, read_tokens


def held_out_items(shards: Path) -> list[Item]:
    return [i for split in ("validation", "test") if (shards / split).exists() for i in read_index(shards, split)]


GROWTH_BATCHES = 100
STAGES = ("stage1", "clip", "prior0", "prior1", "prior2")
"""Folders of a run that have a checkpoint."""


def stage1(
    shards: Path,
    out: Path,
    size: str,
    codec: str = "hqvae",
    steps: int | None = None,
    until: int | None = None,
    minutes: float | None = None,
    seed: int = 0,
    device: str = "cpu",
    changes: dict[str, Any] | None = None,
    start: tuple[Path, str] | None = None,
    kinds: tuple[str, ...] = (),
    training: dict[str, Any] | None = None,
) -> int:
    """Trains a codec on the shards, or on `kinds` of items alone; held-out numbers are on recordings if there are any.

    `start` is the run folder and size of a codec that a new schedule begins with, or of a smaller one that an HQ-VAE
    grows from. `training` replaces values of the preset.
    """
    config = stage1_config(size, steps, seed, grown=start is not None)
    config = overlay(config, **(training or {}))
    held_out = held_out_items(shards)
    items = [item for item in read_index(shards, "train") if not kinds or item.kind in kinds]
    real = [i for i in held_out if i.kind in ("eir", "soundtrack")] or held_out
    torch.manual_seed(seed)  # before the weights are drawn
    model = make_codec(codec, size, changes)
    segments = RandomSegments(items, config.batch, config.segment, seed, Augmentation())
    if start is not None and not checkpoint.exists(out / "checkpoint"):
        if start[1] == size:
            load_average(start[0] / "stage1" / "checkpoint", model)
        elif isinstance(model, HQVAE):
            shown = RandomSegments(items, config.batch, config.segment, seed, None)
            grow_codec(model, load_codec(*start), [shown.at(10**9 + i) for i in range(GROWTH_BATCHES)])
    RunLog(out, codec).write(
        0,
        size=size,
        seed=seed,
        parameters=sum(p.numel() for p in model.parameters()),
        train_items=len(items),
        train_hours=sum(i.frames for i in items) / 44_100 / 3600,
        held_out_real=len(real),
    )
    return train_stage1(
        model,
        Prefetched(segments),
        fixed_segments(real, 32, config.segment, 7),
        config,
        out,
        codec,
        until=until,
        deadline=None if minutes is None else time.monotonic() + 60 * minutes,
        device=device,
    )


def load_codec(run: Path, size: str) -> HQVAE:
    model = HQVAE(model_config(size).codec)
    load_average(run / "stage1" / "checkpoint", model)
    return model.eval()


def tokens(
    shards: Path,
    run: Path,
    size: str,
    hours: float,
    held_out_hours: float,
    device: str = "cpu",
    processes: int = 1,
) -> None:
    """Items in the order of their names' hashes, so that any number of hours is a fair mix of the corpora.

    Tokens of an earlier state of stage 1 are thrown away. Their n-grams are what a release needs of them.
    """
    stamp, now = run / "tokens" / "stage1_step", str(checkpoint.read(run / "stage1" / "checkpoint")[0]["step"])
    if stamp.exists() and stamp.read_text() != now:
        shutil.rmtree(run / "tokens")
    stamp.parent.mkdir(exist_ok=True)
    stamp.write_text(now)
    train = first_hours(_mixed(read_index(shards, "train")), hours)
    held_out = first_hours(_mixed(held_out_items(shards)), held_out_hours)
    graph = run / "tokens" / "tokenise.onnx"
    if device == "cpu" and not graph.exists():
        write_graph(tokenise_graph(load_codec(run, size)), graph)
    shares = [(run, size, device, train[i::processes], held_out[i::processes]) for i in range(processes)]
    spread(_tokenise, shares, processes)
    items = read_tokens(run / "tokens" / "train")
    books = model_config(size).codec.codebooks
    save_counts([Counts.of([i.tokens[n] for i in items], k) for n, k in enumerate(books)], run / "tokens" / COUNTS)


def _mixed(items: list[Item]) -> list[Item]:
    return sorted(items, key=lambda item: hashlib.sha256(item.path.parent.name.encode()).digest())


def _tokenise(run: Path, size: str, device: str, train: list[Item], held_out: list[Item]) -> None:
    if device == "cpu":
        encode = in_onnxruntime(run / "tokens" / "tokenise.onnx")
    else:
        encode = in_pytorch(load_codec(run, size).to(device))
    cache_tokens(encode, held_out, run / "tokens" / "held_out")
    cache_tokens(encode, train, run / "tokens" / "train")


def stage2(
    run: Path,
    size: str,
    levels: tuple[int, ...] = (0, 1, 2),
    seed: int = 0,
    minutes: float | None = None,
    steps: int | None = None,
    device: str = "cpu",
    start: Path | None = None,
    clip_shards: list[Path] | None = None,
    learning_rate: float | None = None,
    recorded_share: float | None = None,
) -> bool:
    """Clip embedding, then the priors of `levels`; `minutes` bounds each; `steps` and `learning_rate` replace presets.

    `recorded_share` of the priors' windows is of items that were not rendered; None for as many as there are hours.

    The clip embedding learns from `clip_shards`, or from what was tokenised; a run that has one keeps it.

    New priors start from the averaged weights of the run folder `start`, whose priors may have fewer layers.
    Returns whether all of them reached their last step.
    """
    config = model_config(size)
    train, held_out = read_tokens(run / "tokens" / "train"), read_tokens(run / "tokens" / "held_out")
    clip_stage.train(run, size, config.clip_dimension, seed, clip_shards, device=device)
    clip = load_clip(run, config)
    for split, items in (("train", train), ("held_out", held_out)):
        clip_stage.embed_items(run, split, items, clip)
    finished = True
    for level in levels:
        torch.manual_seed(seed + level)
        prior = Prior(config.priors[level])
        if start is not None:
            grow(prior, checkpoint.averages(start / f"prior{level}" / "checkpoint"))
        deadline = None if minutes is None else time.monotonic() + 60 * minutes
        settings = prior_config(size, level, seed, steps, device)
        settings = settings if learning_rate is None else overlay(settings, learning_rate=learning_rate)
        directory = run / f"prior{level}"
        reached = train_prior(prior, train, held_out, settings, directory, deadline, device, recorded_share)
        finished = finished and reached >= settings.steps
    return finished


def load_priors(run: Path, config: ModelConfig) -> list[Prior]:
    priors = []
    for level, prior_settings in enumerate(config.priors):
        directory = run / f"prior{level}" / "checkpoint"
        weights = checkpoint.averages(directory)
        prior = Prior(replace(prior_settings, layers=depth(weights)))  # older runs have fewer
        checkpoint.fill(prior, weights, directory)
        priors.append(prior.eval())
    return priors


def to_onnx(run: Path, out: Path, size: str, clip_seconds: torch.Tensor | None = None) -> list[Parity]:
    """Exports all graphs and compares them with PyTorch; `clip_seconds` [batch, 2, time] real audio for the encoder.

    Raises ArithmeticError naming the graphs that miss the tolerance.
    """
    config = model_config(size)
    model, clip, priors = load_codec(run, size), load_clip(run, config), load_priors(run, config)
    items = graphs(model, clip, priors)
    facts = {"size": size, "bits_per_second": model.bits_per_second, "codebooks": list(config.codec.codebooks)}
    export(items, out, facts)
    results: list[Parity] = []
    for graph in items:
        results += compare(graph, out)
    if clip_seconds is not None:
        inputs = {"audio": clip_seconds}
        with torch.no_grad():
            for graph in items[:3]:
                results += compare(graph, out, inputs)
                produced = graph.module(*inputs.values())
                if isinstance(produced, tuple):
                    inputs = dict(zip(("coarse", "medium", "fine"), produced, strict=True))
    failed = [r for r in results if not r.passed]
    if failed:
        raise ArithmeticError(
            "ONNX differs from PyTorch: " + ", ".join(f"{r.graph}/{r.output} {r.worst:.2g}" for r in failed)
        )
    return results
