"""A run folder from the graphs that are shipped: training goes on where the shipped weights ended, without their run.

The exporter keeps the names of parameters but not those of the matrices behind `Linear`, which it transposes: such a
matrix takes its name from the bias that is added to its product. Weights come back in the precision they were shipped
in (float16 where the graph has them so); the optimisers' moments are gone, so `stage2 --start` begins a new schedule.
"""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import numpy as np
import onnx
import torch
from onnx import ModelProto, NodeProto, numpy_helper
from torch import Tensor, nn

from sonido import checkpoint
from sonido.clip_training import ClipTrainer
from sonido.config import model_config
from sonido.hqvae import HQVAE
from sonido.pipeline import STAGES
from sonido.prior import Prior
from sonido.shipped import MODELS, WEIGHTS

LOGS = MODELS / "training" / "logs"
"""RUN-STAGE.txt of every run that was shipped."""


def restore(size: str, run: Path, name: str) -> None:
    """Writes stage1/, clip/ and prior0..2/ of a new run folder, with the logs of the run `name` that the graphs are of.

    Raises ValueError when the folder has checkpoints already, a log is missing or the graphs lack a weight.
    """
    logs = {stage: LOGS / f"{name}-{stage}.txt" for stage in STAGES}
    missing = [str(path) for path in logs.values() if not path.exists()]
    if missing:
        raise ValueError(f"no {', '.join(missing)}; name the run that is shipped, see the card of the pack")
    if any(checkpoint.exists(run / name / "checkpoint") for name in STAGES):
        raise ValueError(f"{run} has checkpoints already; name a new folder")
    config, pack, weights = model_config(size), MODELS / "packs" / f"sonido-{size.lower()}", WEIGHTS / size
    steps = json.loads((weights / "features.json").read_text())["steps"]
    known = onnx.load(str(pack / "tokenise.onnx"), load_external_data=False)
    heard = {name.removeprefix("quantiser."): value for name, value in graph_weights(known).items()}
    decoder = onnx.load(str(weights / "decoder.fp16.onnx"))
    said = {name.removeprefix("module.model."): value for name, value in graph_weights(decoder).items()}
    _write(run / "stage1", HQVAE(config.codec), said | heard, steps["stage1"])
    clip = {f"clip.{name}": value for name, value in graph_weights(onnx.load(str(pack / "clip.onnx"))).items()}
    _write(run / "clip", ClipTrainer(config.clip_dimension), clip, steps["clip"], fresh=r"(?!clip\.)")
    (run / "clip" / "finished").write_text(str(steps["clip"]))
    for level, settings in enumerate(config.priors):
        graph = graph_weights(onnx.load(str(weights / f"prior{level}.fp16.onnx")))
        named = {name.removeprefix("module.prior."): value for name, value in graph.items()}
        positions = named.pop("positions")
        named["column_position"] = positions.mean(0, keepdim=True)
        named["row_position"] = (positions - named["column_position"]).mean(1, keepdim=True)
        _write(run / f"prior{level}", Prior(settings), named, steps[f"prior{level}"])
    for stage, path in logs.items():
        shutil.copy(path, run / stage / "log.txt")


def graph_weights(model: ModelProto) -> dict[str, Tensor]:
    """Parameters of a graph by the names that they have in PyTorch, float32."""
    values = {tensor.name: numpy_helper.to_array(tensor) for tensor in model.graph.initializer}
    users: dict[str, list[NodeProto]] = {}
    for node in model.graph.node:
        for name in node.input:
            users.setdefault(name, []).append(node)
        if node.op_type == "Cast" and node.input[0] in values:
            values[node.output[0]] = values.pop(node.input[0])
    found: dict[str, Tensor] = {}
    for name, value in values.items():
        if not name.startswith("onnx::"):
            found[name] = _float(value)
            continue
        for node in users.get(name, []):
            if node.op_type == "MatMul":
                found[_name_of(node, users, values)] = _float(value.T)
            elif node.op_type == "Flatten":
                found["positions"] = _float(value)
            elif node.op_type == "Mul" and node.name.startswith("/pitch/"):
                found["pitch.octaves"] = _float(value[0, :, :, 0])
    return found


def _name_of(matmul: NodeProto, users: dict[str, list[NodeProto]], values: dict[str, np.ndarray]) -> str:
    """The parameter whose transposed values `matmul` multiplies by."""
    for node in users.get(matmul.output[0], []):
        for name in map(str, node.input):
            if node.op_type == "Add" and name in values and name.endswith(".bias"):
                return name.removesuffix("bias") + "weight"
    path = str(matmul.name).removesuffix("/MatMul").strip("/")
    return path.replace("/", ".") + ".weight"


def _float(value: np.ndarray) -> Tensor:
    return torch.from_numpy(np.array(value, dtype=np.float32))


def _write(folder: Path, model: nn.Module, weights: dict[str, Tensor], step: int, fresh: str | None = None) -> None:
    """A checkpoint at `step`; parameters whose names match `fresh` and fixed buffers need not be among `weights`."""
    own = dict(model.named_parameters())
    running = {name: value for name, value in model.named_buffers() if ".centring." in name}
    wanted = [name for name in (*own, *running) if fresh is None or not re.match(fresh, name)]
    missing = [name for name in wanted if name not in weights]
    if missing:
        raise ValueError(f"the shipped graphs lack {', '.join(missing)} of {folder.name}; is this size's pack whole?")
    model.load_state_dict({name: weights[name].reshape((own | running)[name].shape) for name in wanted}, strict=False)
    checkpoint.save_weights(folder / "checkpoint", step, model.state_dict())
