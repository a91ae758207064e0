"""Exports the feature graphs of a run, with their facts, into the folder that the product's pack is made from.

Weights are stored in float16 where the outputs stay within the tolerance, and all arithmetic is float32: on CPUs real
float16 arithmetic is slower and rounds more. `tokenise` keeps float32 weights: near-ties between codes would flip.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import onnxruntime
import torch
from onnx import TensorProto, helper, numpy_helper
from torch import Tensor

from sonido import checkpoint, clip_grid
from sonido.clip_stage import load_clip
from sonido.config import HOPS, SAMPLE_RATE, model_config
from sonido.features import feature_graphs
from sonido.logline import parse_line
from sonido.ngram import COUNTS, read_counts
from sonido.onnx_export import OPSET, Graph, write_graph
from sonido.pipeline import STAGES, load_codec, load_priors
from sonido.presets import stage1_config
from sonido.tokenisation import CONTEXT, TOP

TOKEN_AGREEMENT = 0.999
FEATURE_TOLERANCE = 2e-3
"""Largest error relative to the largest magnitude."""
SMALLEST = 4096
"""Values from which a weight is worth storing in float16."""


@dataclass(frozen=True)
class Agreement:
    graph: str
    output: str
    worst: float
    """Share of differing tokens, or the largest error relative to the largest magnitude."""
    passed: bool


def export_features(
    run: Path,
    out: Path,
    size: str,
    layers: list[int] | None = None,
    audio: Tensor | None = None,
    grown: bool = False,
) -> list[Agreement]:
    """tokenise.onnx, clip.onnx, features0..2.onnx and features.json; `audio` [batch, 2, time] is compared on.

    `grown` says that stage 1 was grown from a smaller codec: its hours are then counted with that preset.

    Raises ArithmeticError naming the outputs that differ from PyTorch's by more than the tolerance.
    """
    config = model_config(size)
    model, clip, priors = load_codec(run, size), load_clip(run, config), load_priors(run, config)
    results = export_graphs(feature_graphs(model, clip, priors, layers), out, audio)
    steps = {name: _steps(run / name) for name in STAGES}
    facts: dict[str, Any] = {
        "format": 2,
        "size": size,
        "opset": OPSET,
        "context_coarse_tokens": CONTEXT,
        "hops": list(HOPS),
        "codebooks": list(config.codec.codebooks),
        "contexts": [p.context for p in config.priors],
        "widths": [p.width for p in config.priors],
        "layers": layers or [p.feature_layer for p in priors],
        "clip": {"window": clip_grid.WINDOW, "hop": clip_grid.HOP, "dimension": config.clip_dimension},
        "parameters": sum(p.numel() for module in (model, clip, *priors) for p in module.parameters()),
        "steps": steps,
        "hours": _hours(run, size, steps["stage1"], grown),
    }
    (out / "features.json").write_text(json.dumps(facts, indent=2) + "\n")
    return results


def _steps(folder: Path) -> int:
    step = checkpoint.read(folder / "checkpoint")[0]["step"]
    if not isinstance(step, int):
        raise ValueError(f"the checkpoint in {folder} has the step {step}, a whole number was expected")
    return step


def _hours(run: Path, size: str, steps: int, grown: bool) -> dict[str, float]:
    """Hours of audio that stage 1 could draw from, that it drew, and that stage 2 had as tokens."""
    lines = [parse_line(line) for line in (run / "stage1" / "log.txt").read_text().splitlines()]
    available = [line["train_hours"] for line in lines if "train_hours" in line]  # once each time it was started
    if not available:
        raise ValueError(f"{run}/stage1/log.txt does not say train_hours; it is written when stage 1 starts")
    config = stage1_config(size, None, 0, grown)
    tokens = int(read_counts(run / "tokens" / COUNTS)[0].single.sum())
    return {
        "available": float(available[-1]),
        "stage1": round(steps * config.batch * config.segment / SAMPLE_RATE / 3600, 2),
        "stage2": round(tokens * TOP / SAMPLE_RATE / 3600, 2),
    }


def export_graphs(items: list[Graph], out: Path, audio: Tensor | None = None) -> list[Agreement]:
    """One ONNX file per graph, each compared with PyTorch."""
    out.mkdir(parents=True, exist_ok=True)
    results: list[Agreement] = []
    for graph in items:
        path = out / f"{graph.name}.onnx"
        write_graph(graph, path)
        if graph.name != "tokenise":
            store_half(path)
        results += _compare(graph, path)
        if graph.name == "tokenise" and audio is not None:
            results += _compare(Graph(graph.name, graph.module, {"audio": audio}, graph.outputs), path)
    failed = [r for r in results if not r.passed]
    if failed:
        raise ArithmeticError(
            "ONNX differs from PyTorch: " + ", ".join(f"{r.graph}/{r.output} {r.worst:.2g}" for r in failed)
        )
    return results


def store_half(path: Path) -> None:
    """Large float32 weights of an ONNX file become float16 with a Cast behind, which is folded when it is loaded."""
    model = onnx.load(str(path))
    casts = []
    for tensor in model.graph.initializer:
        values = numpy_helper.to_array(tensor)
        if tensor.data_type != TensorProto.FLOAT or values.size < SMALLEST:
            continue
        name = tensor.name
        tensor.CopyFrom(numpy_helper.from_array(values.astype(np.float16), f"{name}.half"))
        casts.append(helper.make_node("Cast", [f"{name}.half"], [name], to=TensorProto.FLOAT))
    nodes = [*casts, *model.graph.node]
    del model.graph.node[:]
    model.graph.node.extend(nodes)
    onnx.checker.check_model(model)
    onnx.save(model, str(path))


@torch.no_grad()
def _compare(graph: Graph, path: Path) -> list[Agreement]:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    wanted = graph.module(*graph.inputs.values())
    wanted = wanted if isinstance(wanted, tuple) else (wanted,)
    found = session.run(list(graph.outputs), {name: tensor.numpy() for name, tensor in graph.inputs.items()})
    results: list[Agreement] = []
    for name, want, got in zip(graph.outputs, wanted, found, strict=True):
        expected = want.numpy()
        if expected.shape != got.shape:
            raise ValueError(f"{graph.name}/{name}: shape {got.shape} from onnxruntime, expected {expected.shape}")
        if graph.name == "tokenise":
            worst = float((expected != got).mean())
            results.append(Agreement(graph.name, name, worst, 1 - worst >= TOKEN_AGREEMENT))
        else:
            worst = float(np.abs(expected - got).max() / np.abs(expected).max())
            results.append(Agreement(graph.name, name, worst, worst <= FEATURE_TOLERANCE))
    return results
