"""The heads as ONNX with the probabilities that the product shows, and labels.json with what it must know to feed them.

Graph: mel [batch, 256, 384], extra [batch, 256, width], mask [batch, 256] -> instruments [batch, 18], key [batch, 24],
role [batch, 18] (probabilities) and activity [batch, 256, 2]. Weights are stored in float16 and used in float32.
"""

from __future__ import annotations

import json
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import torch
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper
from torch import Tensor, nn

from sonido.mel import BANDS, HIGHEST, HOP, LOWEST, WINDOW
from sonido.onnx_export import OPSET
from sonido.onnx_parity import session
from sonido.tagging.calibration import Temperatures
from sonido.tagging.head import MEL_WIDTH, SILENT, TaggingHead
from sonido.tagging.labels import ACTIVITIES, HELD_BY, INSTRUMENTS, KEYS, LEAST_HELD, ROLES

WINDOW_FRAMES = 256
"""Coarse frames of a window: 11.9 s."""
OUTPUTS = ("instruments", "key", "role", "activity")
TOLERANCE = 5e-3
"""Largest error of a probability."""


class HeadGraph(nn.Module):
    def __init__(self, head: TaggingHead, temperatures: Temperatures) -> None:
        super().__init__()
        self.head, self.temperatures = head, temperatures

    def forward(self, mel: Tensor, extra: Tensor, mask: Tensor) -> tuple[Tensor, ...]:
        instruments, key, role, activity = self.head(mel, extra, mask)
        t = self.temperatures
        return (
            (instruments / t.instruments).sigmoid(),
            (key / t.key).softmax(-1),
            (role / t.role).softmax(-1),
            (activity / t.activity).sigmoid(),
        )


def example_inputs(head: TaggingHead, batch: int, seed: int) -> tuple[Tensor, Tensor, Tensor]:
    """Random frames with the training's statistics, the last quarter masked."""
    generator = torch.Generator().manual_seed(seed)
    width = head.mean.shape[0]
    rows = torch.randn(batch, WINDOW_FRAMES, width, generator=generator) * head.deviation + head.mean
    mask = torch.ones(batch, WINDOW_FRAMES)
    mask[:, -WINDOW_FRAMES // 4 :] = 0
    return rows[..., :MEL_WIDTH], rows[..., MEL_WIDTH:], mask


def export_head(head: TaggingHead, path: Path, temperatures: Temperatures) -> float:
    """Writes the graph and returns the worst error of a probability. Raises ArithmeticError above TOLERANCE."""
    path.parent.mkdir(parents=True, exist_ok=True)
    graph = HeadGraph(head, temperatures).eval()
    names = ("mel", "extra", "mask")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        torch.onnx.export(
            graph, example_inputs(head, 2, 0), str(path), opset_version=OPSET, dynamo=False,
            input_names=list(names), output_names=list(OUTPUTS),
            dynamic_axes={name: {0: "batch"} for name in (*names, *OUTPUTS)},
        )  # fmt: skip
    model = onnx.load(str(path))
    store_in_half(model)
    onnx.checker.check_model(model)
    onnx.save(model, str(path))
    worst = parity(graph, path, example_inputs(head, 3, 1))
    if worst > TOLERANCE:
        raise ArithmeticError(f"{path.name} differs from PyTorch by {worst:.2g}, at most {TOLERANCE} is allowed")
    return worst


def store_in_half(model: onnx.ModelProto) -> None:
    """Large float32 weights become float16 with a Cast back, in place."""
    kept, casts = [], []
    for tensor in model.graph.initializer:
        values = numpy_helper.to_array(tensor)
        if tensor.data_type != TensorProto.FLOAT or values.size < 4096:
            kept.append(tensor)
            continue
        kept.append(numpy_helper.from_array(values.astype(np.float16), f"{tensor.name}.half"))
        casts.append(helper.make_node("Cast", [f"{tensor.name}.half"], [tensor.name], to=TensorProto.FLOAT))
    nodes = [*casts, *model.graph.node]
    del model.graph.initializer[:], model.graph.node[:]
    model.graph.initializer.extend(kept)
    model.graph.node.extend(nodes)


@torch.no_grad()
def parity(graph: HeadGraph, path: Path, inputs: tuple[Tensor, Tensor, Tensor]) -> float:
    run = session(path)
    names = ("mel", "extra", "mask")
    found: list[NDArray[Any]] = run.run(list(OUTPUTS), {n: x.numpy() for n, x in zip(names, inputs, strict=True)})
    expected = graph(*inputs)
    return max(float(np.abs(f - e.numpy()).max()) for f, e in zip(found, expected, strict=True))


def write_labels(path: Path, facts: dict[str, Any]) -> None:
    front_end = {"hop": HOP, "window": WINDOW, "bands": BANDS, "lowestHertz": LOWEST, "highestHertz": HIGHEST}
    document = {
        "format": 1,
        "windowFrames": WINDOW_FRAMES,
        "silent": SILENT,
        "mel": front_end,
        "instruments": list(INSTRUMENTS),
        "keys": list(KEYS),
        "roles": list(ROLES),
        "activities": list(ACTIVITIES),
        "heldBy": {name: list(roles) for name, roles in HELD_BY.items()},
        "leastHeld": LEAST_HELD,
        **facts,
    }
    path.write_text(json.dumps(document, indent=2) + "\n")
