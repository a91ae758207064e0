"""Both stages in slices until a deadline, with everything published after each slice: the inside of the GPU driver.

Stage 2 starts when stage 1 has reached its last step and not before: tokens and priors of a codec that still moves
would be thrown away in the next call.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from sonido import pipeline
from sonido.presets import stage1_config


@dataclass(frozen=True)
class Plan:
    size: str
    stages: Literal["both", "stage1", "stage2"]
    device: str
    deadline: float
    """time.monotonic() at which training stops."""
    checkpoint_minutes: float
    token_hours: float
    steps: int | None = None
    """Of stage 1; None for the preset's."""
    prior_steps: int | None = None

    def slice_minutes(self) -> float:
        return min(self.checkpoint_minutes, (self.deadline - time.monotonic()) / 60)


def run_stages(plan: Plan, shards: Path, run: Path, publish: Callable[[], None]) -> bool:
    """Goes on from what `run` holds. Returns whether everything asked for is finished."""
    if plan.stages != "stage2" and not _stage1(plan, shards, run, publish):
        return False
    if plan.stages == "stage1":
        return True
    if plan.slice_minutes() <= 0:
        return False
    pipeline.tokens(shards, run, plan.size, plan.token_hours, 0.5, plan.device)
    for level in range(3):
        finished = False
        while not finished and plan.slice_minutes() > 0:
            minutes = plan.slice_minutes()
            finished = pipeline.stage2(
                run, plan.size, (level,), minutes=minutes, steps=plan.prior_steps, device=plan.device
            )
            publish()
        if not finished:
            return False
    return True


def _stage1(plan: Plan, shards: Path, run: Path, publish: Callable[[], None]) -> bool:
    last = stage1_config(plan.size, plan.steps, 0).steps
    while plan.slice_minutes() > 0:
        step = pipeline.stage1(shards, run / "stage1", plan.size, steps=plan.steps,
                               minutes=plan.slice_minutes(), device=plan.device)  # fmt: skip
        publish()
        if step >= last:
            return True
    return False
