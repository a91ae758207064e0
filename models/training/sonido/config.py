"""One scale dial from which every size follows; dataclass configs with small overlays.

`SIZES` names the dials in use. The prior widths and depths at dial 4 and 6 are those of the S and M rows of the
model plan (256x6, 256x4, 192x3 and 384x8, 320x6, 256x4); dial 1 is the `debug` row (64x2 each) and dial 2 (`tiny`,
2.8 million parameters in both stages) is what two CPU cores can train in about two hours.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass, field

SAMPLE_RATE = 44_100
HOPS = (2048, 512, 128)
"""Samples per token, coarse to fine: 21.5, 86.1 and 344.5 tokens per second."""

SIZES = {"debug": 1, "tiny": 2, "S": 4, "M": 6}


def _power_of_two_at_most(number: int) -> int:
    return 1 << (number.bit_length() - 1)


@dataclass(frozen=True)
class CodecConfig:
    """Stage 1. All levels are listed coarse to fine."""

    width: int
    code_dimension: int
    codebooks: tuple[int, int, int]
    residual_layers: tuple[int, int, int] = (0, 0, 0)
    blocks: tuple[int, int, int] = (2, 2, 2)
    gain_shape: bool = False
    """Whether the loudness of a coarse frame is taken out of the spectrum and told to the coarse level alone."""
    tonal: bool = False
    """Whether the encoder hears a spectrum with long windows (`sonido.tonal`) on its two coarser levels."""
    level_dropout: float = 0.25
    initial_variance: float = 0.5
    maximal_log_variance: float = 5.0


@dataclass(frozen=True)
class PriorConfig:
    """One sparse transformer of stage 2. `context` = `blocks` x `block_length` tokens."""

    level: int
    width: int
    layers: int
    heads: int
    vocabulary: int
    block_length: int
    blocks: int
    upper_vocabulary: int | None
    upper_ratio: int
    clip_dimension: int
    clip_dropout: float = 0.2
    token_out: float = 0.05

    @property
    def context(self) -> int:
        return self.block_length * self.blocks


@dataclass(frozen=True)
class TrainConfig:
    """A training run of either stage."""

    steps: int
    batch: int
    learning_rate: float = 1e-3
    warm_up: int = 100
    clip_norm: float = 1.0
    ema_decay: float = 0.999
    weight_decay: float = 0.0
    segment: int = 65_536
    seed: int = 0
    bf16: bool = False
    """Matrix products in bf16, on processors that have them (`precision.py`)."""
    continuous_steps: int = 300
    codebook_batches: int = 40
    revive_every: int = 50
    revive_batches: int = 8
    revive_until: float = 0.9
    waveform_weight: float = 1.0
    rate_start: float = 0.05
    rate_until: float = 0.5
    rate_final: float = 1.0
    anneal_until: float = 0.6
    hard_from: float = 0.75
    longest_window: int = 2048
    """Of the STFT distances in the training error; the reported metric stays at 2048, 1024 and 512."""
    first_temperature: float = 1.0
    final_temperature: float = 0.1
    log_every: int = 20
    validate_every: int = 500
    checkpoint_every: int = 200


@dataclass(frozen=True)
class ModelConfig:
    size: str
    codec: CodecConfig
    priors: tuple[PriorConfig, PriorConfig, PriorConfig]
    clip_dimension: int = field(default=64)


def model_config(size: str) -> ModelConfig:
    """All sizes from the dial of `size`. Raises ValueError for an unknown size."""
    if size not in SIZES:
        raise ValueError(f"size '{size}' is unknown, expected one of {', '.join(SIZES)}")
    n = SIZES[size]
    width = min(48 * n, 16 * (n + 8))
    top = min(2048, _power_of_two_at_most(64 * n * n))
    middle = min(1024, top)
    fine = min(1024, max(64, _power_of_two_at_most(32 * n * n)))
    codec = CodecConfig(
        width=width,
        code_dimension=max(16, width // 4),
        codebooks=(top, middle, fine),
        tonal=n >= SIZES["S"],
    )
    top_width = min(64 * n, 16 * n * (n - 1) + 64)
    widths = (top_width, min(top_width, 32 * (n + 4)), min(top_width, 32 * (n + 2)))
    patterns = min(3, n + 1)  # from `tiny` on all three: with two a token hardly sees the block before
    layers = (min(2 * n, n + 2), max(patterns, n), max(patterns, n // 2 + 1))
    block_length = 8 if n == 1 else 32
    blocks = (8, 8, 16) if n == 1 else (16, 16, 32)
    clip_dimension = 32 * n
    priors = tuple(
        PriorConfig(
            level=level,
            width=widths[level],
            layers=layers[level],
            heads=max(2, widths[level] // 64),
            vocabulary=codec.codebooks[level],
            block_length=block_length,
            blocks=blocks[level],
            upper_vocabulary=None if level == 0 else codec.codebooks[level - 1],
            upper_ratio=4,
            clip_dimension=clip_dimension,
        )
        for level in range(3)
    )
    return ModelConfig(size, codec, (priors[0], priors[1], priors[2]), clip_dimension)


def overlay(config: TrainConfig, **changes: object) -> TrainConfig:
    """`config` with some fields replaced; unknown field names raise TypeError."""
    return dataclasses.replace(config, **changes)  # type: ignore[arg-type]
