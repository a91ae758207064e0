"""Checkpoints that resume bit-exactly: weights, averaged weights, optimiser moments and random states.

Tensors go into safetensors files of at most `part_bytes` each, everything else into JSON: no pickles. A checkpoint is
complete when its `checkpoint.json` exists (written last, by rename).
"""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file
from torch import Tensor, nn

from sonido.ema import Average

FORMAT = 1
PART_BYTES = 14_000_000


def _split(tensors: dict[str, Tensor], part_bytes: int) -> list[dict[str, Tensor]]:
    parts: list[dict[str, Tensor]] = [{}]
    size = 0
    for name, tensor in tensors.items():
        bytes_here = tensor.numel() * tensor.element_size()
        if bytes_here > part_bytes:
            raise ValueError(f"tensor {name} has {bytes_here} bytes, more than the {part_bytes} of one file")
        if size + bytes_here > part_bytes:
            parts.append({})
            size = 0
        parts[-1][name] = tensor.detach().cpu().contiguous().clone()
        size += bytes_here
    return parts


def save(
    directory: Path,
    step: int,
    model: nn.Module,
    average: Average,
    optimiser: torch.optim.Optimizer,
    part_bytes: int = PART_BYTES,
    extra: dict[str, float] | None = None,
) -> None:
    tensors = {f"model.{k}": v for k, v in model.state_dict().items()}
    tensors |= {f"average.{k}": v for k, v in average.shadow.items()}
    state = optimiser.state_dict()
    scalars: dict[str, float] = {}
    for index, moments in state["state"].items():
        for key, value in moments.items():
            if isinstance(value, Tensor):
                tensors[f"optimiser.{index}.{key}"] = value
            else:
                scalars[f"{index}.{key}"] = value
    _publish(directory, step, tensors, scalars, extra or {}, part_bytes)


def save_weights(directory: Path, step: int, weights: dict[str, Tensor]) -> None:
    """A checkpoint without the optimiser's moments: training goes on from it as from averaged weights."""
    tensors = {f"{kind}.{name}": tensor for kind in ("model", "average") for name, tensor in weights.items()}
    _publish(directory, step, tensors, {}, {}, PART_BYTES)


def _publish(
    directory: Path,
    step: int,
    tensors: dict[str, Tensor],
    scalars: dict[str, float],
    extra: dict[str, float],
    part_bytes: int,
) -> None:
    tensors["random.cpu"] = torch.get_rng_state()
    if torch.cuda.is_available():
        tensors["random.cuda"] = torch.cuda.get_rng_state()
    partial = directory.with_name(directory.name + ".partial")
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir(parents=True)
    parts = _split(tensors, part_bytes)
    for number, part in enumerate(parts):
        save_file(part, partial / f"part{number:03d}.safetensors")
    document = {"format": FORMAT, "step": step, "parts": len(parts), "scalars": scalars, "extra": extra}
    (partial / "checkpoint.json").write_text(json.dumps(document))
    old = directory.with_name(directory.name + ".old")
    shutil.rmtree(old, ignore_errors=True)
    if directory.exists():
        os.replace(directory, old)
    os.replace(partial, directory)
    shutil.rmtree(old, ignore_errors=True)


def read(directory: Path) -> tuple[dict[str, object], dict[str, Tensor]]:
    """(document, tensors). Falls back to the previous checkpoint when a kill hit between the two renames."""
    if not (directory / "checkpoint.json").exists():
        directory = directory.with_name(directory.name + ".old")
    document = json.loads((directory / "checkpoint.json").read_text())
    if document["format"] != FORMAT:
        raise ValueError(f"checkpoint {directory} has format {document['format']}, expected {FORMAT}; train it again")
    tensors: dict[str, Tensor] = {}
    for number in range(document["parts"]):
        tensors |= load_file(directory / f"part{number:03d}.safetensors")
    return document, tensors


def exists(directory: Path) -> bool:
    return any((d / "checkpoint.json").exists() for d in (directory, directory.with_name(directory.name + ".old")))


def restore(directory: Path, model: nn.Module, average: Average, optimiser: torch.optim.Optimizer) -> int:
    """Loads everything in place and returns the step."""
    document, tensors = read(directory)
    model.load_state_dict(pick(tensors, "model."))
    average.shadow = {k: v.to(average.shadow[k].device) for k, v in pick(tensors, "average.").items()}
    scalars = document["scalars"]
    assert isinstance(scalars, dict)
    state: dict[int, dict[str, object]] = {}
    for name, value in [*pick(tensors, "optimiser.").items(), *scalars.items()]:
        index, _, key = name.partition(".")
        state.setdefault(int(index), {})[key] = value
    optimiser.load_state_dict({"state": state, "param_groups": optimiser.state_dict()["param_groups"]})
    torch.set_rng_state(tensors["random.cpu"])
    if "random.cuda" in tensors and torch.cuda.is_available():
        torch.cuda.set_rng_state(tensors["random.cuda"])
    step = document["step"]
    assert isinstance(step, int)
    return step


def load_average(directory: Path, model: nn.Module) -> None:
    """The averaged weights into `model`, for evaluation and export. Raises ValueError when they are of another size."""
    fill(model, averages(directory), directory)


def fill(model: nn.Module, weights: dict[str, Tensor], directory: Path) -> None:
    """`weights` of the checkpoint `directory` into `model`. Raises ValueError when they are of another size."""
    try:
        model.load_state_dict(weights)
    except RuntimeError as error:
        raise ValueError(f"{directory} is of another size than was asked for; give its own with --size") from error


def averages(directory: Path) -> dict[str, Tensor]:
    return pick(read(directory)[1], "average.")


def pick(tensors: dict[str, Tensor], prefix: str) -> dict[str, Tensor]:
    return {name[len(prefix) :]: tensor for name, tensor in tensors.items() if name.startswith(prefix)}
