"""Averaged weights of a run that are worth keeping in the repository, in float16.

What is kept of a run that is not finished lets its training go on elsewhere; what is finished is shipped instead, and
can be shipped from what is kept: the n-grams of its training tokens are kept too.
"""

from __future__ import annotations

import shutil
from pathlib import Path

from safetensors import safe_open
from safetensors.torch import save_file

from sonido import checkpoint
from sonido.ngram import COUNTS
from sonido.pipeline import STAGES

TOKENS = (COUNTS, "stage1_step")
"""What is kept of the tokens."""


def keep(run: Path, out: Path) -> None:
    """STAGE.safetensors of every stage that has a checkpoint, STAGE.txt, its log, and the n-grams of the tokens.

    Raises ValueError without any checkpoint.
    """
    found = [name for name in STAGES if checkpoint.exists(run / name / "checkpoint")]
    if not found:
        raise ValueError(f"{run} has no checkpoint of {', '.join(STAGES)}; expected at least one")
    out.mkdir(parents=True, exist_ok=True)
    for name in found:
        document, _ = checkpoint.read(run / name / "checkpoint")
        averages = checkpoint.averages(run / name / "checkpoint")
        halves = {key: value.half() if value.is_floating_point() else value for key, value in averages.items()}
        save_file(halves, out / f"{name}.safetensors", metadata={"step": str(document["step"])})
        shutil.copy(run / name / "log.txt", out / f"{name}.txt")
    if all((run / "tokens" / name).exists() for name in TOKENS):
        for name in TOKENS:
            shutil.copy(run / "tokens" / name, out / name)


def restore(kept: Path, run: Path) -> None:
    """A run folder with the stages of `keep`; raises ValueError where one exists already or there is nothing."""
    stages = [name for name in STAGES if (kept / f"{name}.safetensors").exists()]
    taken = [name for name in stages if checkpoint.exists(run / name / "checkpoint")]
    if taken or not stages:
        raise ValueError(f"{run} has {', '.join(taken)} already" if taken else f"{kept} has no STAGE.safetensors")
    for name in stages:
        with safe_open(kept / f"{name}.safetensors", framework="pt") as file:
            step = int(file.metadata()["step"])
            weights = {key: file.get_tensor(key) for key in file.keys()}  # noqa: SIM118
        floats = {key: value.float() if value.is_floating_point() else value for key, value in weights.items()}
        (run / name).mkdir(parents=True, exist_ok=True)
        shutil.copy(kept / f"{name}.txt", run / name / "log.txt")
        checkpoint.save_weights(run / name / "checkpoint", step, floats)
    if all((kept / name).exists() for name in TOKENS):
        (run / "tokens").mkdir()
        for name in TOKENS:
            shutil.copy(kept / name, run / "tokens" / name)
