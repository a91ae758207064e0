"""ONNX graphs of fixed-size chunks with a dynamic batch, opset 17.

- encoder: audio [batch, 2, samples] -> coarse, medium and fine features [batch, time, width];
- quantiser: the three features -> tokens per level [batch, tokens] int64 (top-down path with nearest codes);
- decoder: tokens -> audio [batch, 2, samples];
- clip: audio [batch, 2, samples] of a whole clip -> clip embedding;
- prior0..2: tokens, (tokens above,) clip, keep_clip -> logits and the mid-depth feature.

A float16 copy of each but the quantiser keeps its inputs and outputs in float32, and its analysis filterbank and
codebooks too. The quantiser exists in float32 alone: near-ties between codes would flip.
"""

from __future__ import annotations

import copy
import json
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import onnx
import torch
from torch import Tensor, nn

from sonido import clip_grid
from sonido.clip_embedding import ClipEmbedding
from sonido.config import HOPS
from sonido.filterbank import Analysis
from sonido.hqvae import HQVAE
from sonido.prior import Prior
from sonido.quantiser import StochasticQuantiser
from sonido.spectrum import Spectrum
from sonido.stereo import to_mid_side
from sonido.tokenisation import CONTEXT
from sonido.tonal import TonalSpectrum

OPSET = 17
CHUNK_TOPS = 64
"""Coarse tokens a codec chunk holds: 64 x 2048 samples = 2.97 s, of which CONTEXT on each side are context."""
KEEP_FLOAT32 = (Analysis, StochasticQuantiser, TonalSpectrum, Spectrum)


class EncoderGraph(nn.Module):
    def __init__(self, model: HQVAE) -> None:
        super().__init__()
        self.encoder = model.encoder

    def forward(self, audio: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        coarse, medium, fine = self.encoder(to_mid_side(audio))
        return coarse, medium, fine


class QuantiserGraph(nn.Module):
    def __init__(self, model: HQVAE) -> None:
        super().__init__()
        self.levels = model.levels

    def forward(self, coarse: Tensor, medium: Tensor, fine: Tensor) -> tuple[Tensor, ...]:
        state: Tensor | None = None
        tokens: list[Tensor] = []
        for layer, feature in zip(self.levels, (coarse, medium, fine), strict=True):
            prepared = layer.prepare(state)
            rest = layer.target(prepared, feature)
            found: list[Tensor] = []
            for quantiser in layer.quantisers:
                index = quantiser.posterior_logits(rest).argmax(-1)
                rest = rest - quantiser.lookup(index)
                found.append(index)
            joined = torch.stack(found, dim=-1).flatten(1)
            code = layer.sum_of_codes(joined)
            state = code if prepared is None else prepared + code
            tokens.append(joined)
        return tuple(tokens)


class DecoderGraph(nn.Module):
    def __init__(self, model: HQVAE) -> None:
        super().__init__()
        self.model = model

    def forward(self, coarse: Tensor, medium: Tensor, fine: Tensor) -> Tensor:
        return self.model.decode([coarse, medium, fine])


@dataclass(frozen=True)
class Graph:
    """A module with example inputs; the names are the graph's interface."""

    name: str
    module: nn.Module
    inputs: dict[str, Tensor]
    outputs: tuple[str, ...]
    dynamic: tuple[tuple[int, str], ...] = ()
    """Further dynamic axes of the inputs beside the batch, with their names."""


def graphs(model: HQVAE, clip: ClipEmbedding, priors: list[Prior], batch: int = 2) -> list[Graph]:
    """All graphs with random example inputs of the exported sizes."""
    generator = torch.Generator().manual_seed(0)
    audio = 0.1 * torch.randn(batch, 2, CHUNK_TOPS * HOPS[0], generator=generator)
    features = dict(zip(("coarse", "medium", "fine"), model.encoder(to_mid_side(audio)), strict=True))
    tokens = dict(zip(("coarse", "medium", "fine"), model.encode(audio), strict=True))
    result = [
        Graph("encoder", EncoderGraph(model), {"audio": audio}, ("coarse", "medium", "fine")),
        Graph("quantiser", QuantiserGraph(model), features, ("coarse_tokens", "medium_tokens", "fine_tokens")),
        Graph("decoder", DecoderGraph(model), tokens, ("audio",)),
        clip_graph(clip, batch),
    ]
    for prior in priors:
        c = prior.config
        inputs = {"tokens": torch.randint(c.vocabulary, (batch, c.context), generator=generator)}
        if c.upper_vocabulary is not None:
            shape = (batch, c.context // c.upper_ratio)
            inputs["upper"] = torch.randint(c.upper_vocabulary, shape, generator=generator)
        inputs["clip"] = torch.randn(batch, c.clip_dimension, generator=generator)
        inputs["keep_clip"] = torch.ones(batch, 1)
        result.append(Graph(f"prior{c.level}", PriorGraph(prior), inputs, ("logits", "feature")))
    return result


def clip_graph(clip: ClipEmbedding, batch: int = 2) -> Graph:
    """The last clip of the example ends in silence."""
    generator = torch.Generator().manual_seed(1)
    audio = 0.1 * torch.randn(batch, 2, clip_grid.WINDOW * HOPS[0], generator=generator)
    audio[-1, :, audio.shape[-1] // 2 :] = 0
    return Graph("clip", clip, {"audio": audio}, ("clip",))


class PriorGraph(nn.Module):
    """The top prior has no level above, so its graph has one input less."""

    def __init__(self, prior: Prior) -> None:
        super().__init__()
        self.prior = prior

    def forward(self, tokens: Tensor, *rest: Tensor) -> tuple[Tensor, Tensor]:
        upper = rest[0] if len(rest) == 3 else None
        out: tuple[Tensor, Tensor] = self.prior(tokens, upper, rest[-2], rest[-1])
        return out


def precisions(graph: Graph) -> tuple[str, ...]:
    """File suffixes; the quantiser has no float16 form, since near-ties flip up to 6 % of its tokens there."""
    return ("",) if graph.name == "quantiser" else ("", ".fp16")


class HalfGraph(nn.Module):
    """A float16 copy of a graph with float32 inputs and outputs."""

    def __init__(self, module: nn.Module) -> None:
        super().__init__()
        self.module = copy.deepcopy(module).half()
        for part in self.module.modules():
            if isinstance(part, KEEP_FLOAT32):
                part.float()

    def forward(self, *inputs: Tensor) -> Tensor | tuple[Tensor, ...]:
        out = self.module(*inputs)
        if isinstance(out, tuple):
            return tuple(o.float() if o.is_floating_point() else o for o in out)
        single: Tensor = out.float()
        return single


def write_graph(graph: Graph, path: Path, half: bool = False) -> None:
    """One ONNX file with the batch and all other dynamic axes that the graph names."""
    dynamic = {name: {0: "batch"} for name in (*graph.inputs, *graph.outputs)}
    for name in graph.inputs:
        dynamic[name] |= dict(graph.dynamic)
    if graph.dynamic:
        for name in graph.outputs:
            dynamic[name][1] = f"{name}_tokens"
    graph.module.eval()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        torch.onnx.export(
            HalfGraph(graph.module) if half else graph.module, tuple(graph.inputs.values()), str(path),
            opset_version=OPSET, dynamo=False, input_names=list(graph.inputs), output_names=list(graph.outputs),
            dynamic_axes=dynamic,
        )  # fmt: skip
    onnx.checker.check_model(onnx.load(str(path)))


def export(items: list[Graph], directory: Path, facts: dict[str, Any]) -> None:
    """NAME.onnx and NAME.fp16.onnx per graph, and manifest.json with `facts`, shapes and the opset."""
    directory.mkdir(parents=True, exist_ok=True)
    sizes = {"chunk_coarse_tokens": CHUNK_TOPS, "context": CONTEXT, "clip_window": clip_grid.WINDOW}
    manifest: dict[str, Any] = {"format": 1, "opset": OPSET, **sizes, **facts}
    manifest["graphs"] = {}
    for graph in items:
        for suffix in precisions(graph):
            write_graph(graph, directory / f"{graph.name}{suffix}.onnx", half=suffix != "")
        manifest["graphs"][graph.name] = {
            "inputs": {name: list(tensor.shape[1:]) for name, tensor in graph.inputs.items()},
            "outputs": list(graph.outputs),
        }
    (directory / "manifest.json").write_text(json.dumps(manifest, indent=2) + "\n")
