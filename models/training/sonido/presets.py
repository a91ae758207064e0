"""Training presets per size: what differs from the defaults, and why."""

from __future__ import annotations

from torch import nn

from sonido.config import TrainConfig, model_config, overlay
from sonido.flat_codec import FlatCodec, flat_config
from sonido.hqvae import HQVAE

STAGE1 = {
    "debug": {"steps": 60, "batch": 2, "segment": 16_384, "log_every": 20, "validate_every": 60, "learning_rate": 2e-3,
              "warm_up": 10},
    # Two shared CPU cores: small batches, bf16 matrix products, a rate that gets far in few steps.
    "tiny": {"steps": 5000, "batch": 3, "segment": 49_152, "bf16": True, "learning_rate": 1.5e-3, "ema_decay": 0.998,
             "validate_every": 250, "log_every": 50},
    "S": {"steps": 100_000, "batch": 32, "bf16": True, "learning_rate": 5e-4, "warm_up": 1000, "ema_decay": 0.9995},
    "M": {"steps": 150_000, "batch": 32, "bf16": True, "learning_rate": 4e-4, "warm_up": 1000, "ema_decay": 0.9995},
}  # fmt: skip


def stage1_config(size: str, steps: int | None, seed: int) -> TrainConfig:
    config = overlay(TrainConfig(steps=1, batch=1), **STAGE1[size], seed=seed)
    return config if steps is None else overlay(config, steps=steps)


def make_codec(kind: str, size: str) -> nn.Module:
    codec = model_config(size).codec
    return HQVAE(codec) if kind == "hqvae" else FlatCodec(flat_config(kind, codec))
