"""onnxruntime against PyTorch for every exported graph.

Tolerances: float32 outputs within 1e-3 of the output's largest magnitude, float16 within 2e-2; tokens (arg-max over
distances, float32 only) equal in at least 99.9 % of the positions, since near-ties may fall either way.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
import torch
from numpy.typing import NDArray
from torch import Tensor

from sonido.onnx_export import Graph, precisions

FLOAT_TOLERANCE = {"": 1e-3, ".fp16": 2e-2}
TOKEN_AGREEMENT = 0.999


@dataclass(frozen=True)
class Parity:
    graph: str
    output: str
    worst: float
    """Largest error relative to the largest magnitude, or for tokens the share that differs."""
    passed: bool


def session(path: Path) -> onnxruntime.InferenceSession:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])


@torch.no_grad()
def compare(graph: Graph, directory: Path, inputs: dict[str, Tensor] | None = None) -> list[Parity]:
    """Both precisions on `inputs` (default: the graph's examples); also with a batch of one."""
    given = inputs or graph.inputs
    results: list[Parity] = []
    for suffix in precisions(graph):
        run = session(directory / f"{graph.name}{suffix}.onnx")
        for size in (len(next(iter(given.values()))), 1):
            part = {name: tensor[:size] for name, tensor in given.items()}
            expected = graph.module(*part.values())
            outputs = expected if isinstance(expected, tuple) else (expected,)
            found = run.run(list(graph.outputs), {name: tensor.numpy() for name, tensor in part.items()})
            for name, want, got in zip(graph.outputs, outputs, found, strict=True):
                results.append(_judge(f"{graph.name}{suffix}", name, want.numpy(), got, suffix))
    return results


def _judge(graph: str, output: str, want: NDArray[Any], got: NDArray[Any], suffix: str) -> Parity:
    if want.shape != got.shape:
        raise ValueError(f"{graph}/{output}: shape {got.shape} from onnxruntime, expected {want.shape}")
    if want.dtype == np.int64:
        differing = float((want != got).mean())
        return Parity(graph, output, differing, 1 - differing >= TOKEN_AGREEMENT)
    worst = float(np.abs(want - got).max() / max(1e-6, float(np.abs(want).max())))
    return Parity(graph, output, worst, worst <= FLOAT_TOLERANCE[suffix])
