"""Training presets per size: what differs from the defaults, and why."""

from __future__ import annotations

import dataclasses
from typing import Any

from torch import nn

from sonido.config import TrainConfig, model_config, overlay
from sonido.flat_codec import FlatCodec, flat_config
from sonido.hqvae import HQVAE

LARGE = ("S", "M")
"""Sizes whose presets are for a GPU."""

STAGE1: dict[str, dict[str, Any]] = {
    "debug": {
        "steps": 60,
        "batch": 2,
        "segment": 16_384,
        "continuous_steps": 20,
        "codebook_batches": 8,
        "log_every": 20,
        "validate_every": 60,
        "learning_rate": 2e-3,
        "warm_up": 10,
    },
    # Two shared CPU cores: small batches, bf16 matrix products, a rate that gets far in few steps, hard codes soon
    # (a long stochastic phase is where the coarse level dies).
    "tiny": {
        "steps": 9500,
        "batch": 4,
        "segment": 49_152,
        "bf16": True,
        "learning_rate": 1.2e-3,
        "ema_decay": 0.995,
        "waveform_weight": 3.0,
        "continuous_steps": 250,
        "first_temperature": 0.5,
        "anneal_until": 0.1,
        "rate_until": 0.11,
        "hard_from": 0.11,
        "validate_every": 700,
        "log_every": 50,
    },
    "S": {"steps": 100_000, "batch": 32, "bf16": True, "learning_rate": 5e-4, "warm_up": 1000, "ema_decay": 0.9995},
    "M": {"steps": 150_000, "batch": 32, "bf16": True, "learning_rate": 4e-4, "warm_up": 1000, "ema_decay": 0.9995},
}

GROWN: dict[str, Any] = {
    "steps": 9000,
    "batch": 4,
    "segment": 49_152,
    "bf16": True,
    "learning_rate": 7e-4,
    "warm_up": 200,
    "ema_decay": 0.998,
    "waveform_weight": 3.0,
    "longest_window": 8192,
    "continuous_steps": 0,
    "rate_start": 0.1,
    "rate_final": 0.1,
    "hard_from": 0.0,
    "revive_until": 0.05,
    "validate_every": 600,
    "log_every": 50,
}
"""A codec that begins as a trained smaller one, on CPU cores: hard codes from the first step.

With variances as small as the new codebooks', a tenth of the rate pulls z to its codes as hard as the smaller codec's
did; all of it makes `RunningCentre` and the pull chase each other (gradient norm 145 after 200 steps). Unused codes
take new places at the start only: going on with that keeps usage down (LOG.md, `S-h`).
"""

PRIORS: dict[str, dict[str, Any]] = {
    "debug": {"steps": 60, "batch": 8, "learning_rate": 3e-3, "warm_up": 10, "log_every": 20, "validate_every": 60},
    "tiny": {
        "steps": 1500,
        "batch": 8,
        "bf16": True,
        "learning_rate": 3e-3,
        "ema_decay": 0.98,
        "weight_decay": 0.05,
        "validate_every": 300,
    },
    "S": {"steps": 60_000, "batch": 64, "bf16": True, "learning_rate": 6e-4, "warm_up": 1000, "weight_decay": 0.05},
    "M": {"steps": 80_000, "batch": 64, "bf16": True, "learning_rate": 4e-4, "warm_up": 1000, "weight_decay": 0.05},
}

PRIORS_ON_CPU: dict[str, Any] = {
    "steps": 2400,
    "batch": 8,
    "bf16": True,
    "learning_rate": 2e-3,
    "warm_up": 150,
    "ema_decay": 0.99,
    "weight_decay": 0.05,
    "validate_every": 400,
}
"""Priors larger than `tiny` where there is no GPU: as many steps as fit in an hour on two cores."""

CLIP: dict[str, dict[str, Any]] = {
    "debug": {"steps": 30, "batch": 8, "warm_up": 5, "log_every": 10, "validate_every": 30},
    "tiny": {"steps": 1000, "batch": 32, "log_every": 100},
    "S": {"steps": 5000, "batch": 128},
    "M": {"steps": 5000, "batch": 128},
}


CLIP_ON_CPU: dict[str, Any] = {"steps": 2400, "batch": 32, "log_every": 100}
"""The same for the clip embedding: a quarter of an hour on one core."""


def stage1_config(size: str, steps: int | None, seed: int, grown: bool = False) -> TrainConfig:
    return _config(GROWN if grown else STAGE1[size], steps, seed)


def prior_config(size: str, level: int, seed: int, steps: int | None = None, device: str = "cuda") -> TrainConfig:
    """Each level draws other windows from the same seed."""
    preset = PRIORS_ON_CPU if device == "cpu" and size in LARGE else PRIORS[size]
    return _config(preset, steps, 1000 * (level + 1) + seed)


def clip_config(size: str, seed: int, device: str = "cuda") -> TrainConfig:
    return _config(CLIP_ON_CPU if device == "cpu" and size in LARGE else CLIP[size], None, seed)


def _config(changes: dict[str, Any], steps: int | None, seed: int) -> TrainConfig:
    config = overlay(TrainConfig(steps=1, batch=1), **changes, seed=seed)
    return config if steps is None else overlay(config, steps=steps)


def make_codec(kind: str, size: str, changes: dict[str, Any] | None = None) -> nn.Module:
    """`changes` are fields of the codec's config for ablations."""
    codec = dataclasses.replace(model_config(size).codec, **(changes or {}))
    return HQVAE(codec) if kind == "hqvae" else FlatCodec(flat_config(kind, codec))
