"""From a finished run to what is shipped: the pack's graphs, what its gates need, golden values, the card's numbers.

`pack/` of the output folder is what `sonidoPack.mjs` takes, `weights/` is what `weights/SIZE` holds in the repository.
"""

from __future__ import annotations

import json
import shutil
from pathlib import Path

from sonido import checkpoint, feature_export, feature_golden
from sonido.clip_stage import load_clip
from sonido.config import model_config
from sonido.ngram import COUNTS
from sonido.onnx_export import export, graphs
from sonido.onnx_parity import compare
from sonido.pipeline import STAGES, load_codec, load_priors
from sonido.results import gates
from sonido.shipped import GATED

MOST_BYTES = 50_000_000


def release(run: Path, size: str, out: Path, layers: list[int] | None, grown: bool) -> None:
    """Raises ValueError where the run or a file is not fit to be shipped, ArithmeticError where ONNX differs."""
    missing = [name for name in STAGES if not checkpoint.exists(run / name / "checkpoint")]
    if missing:
        raise ValueError(f"{run} has no checkpoint of {', '.join(missing)}; train them first (README.md)")
    if not (run / "tokens" / COUNTS).exists():
        raise ValueError(f"{run}/tokens has no {COUNTS}, the n-grams of the training tokens; `python -m sonido tokens`")
    step, of = checkpoint.read(run / "stage1" / "checkpoint")[0]["step"], run / "tokens" / "stage1_step"
    if of.read_text() != str(step):
        raise ValueError(
            f"{run}/tokens are of step {of.read_text()} of stage 1, which is at {step} now; make them anew"
        )
    pack, weights = out / "pack", out / "weights"
    for folder in (pack, weights):
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
    for agreement in feature_export.export_features(run, pack, size, layers, grown=grown):
        print(f"graph={agreement.graph} output={agreement.output} worst={agreement.worst:.3g}", flush=True)
    feature_golden.write(run, size, out / "golden" / "features.safetensors", layers)
    export_gated(run, size, out / "all", weights)
    shutil.copy(pack / "features.json", weights / "features.json")
    for path in sorted([*pack.iterdir(), *weights.iterdir()]):
        print(f"file={path.relative_to(out)} bytes={path.stat().st_size}")
        if path.stat().st_size >= MOST_BYTES:
            raise ValueError(f"{path} has {path.stat().st_size} bytes, fewer than {MOST_BYTES} are allowed")
    print("\n".join([*card_lines(pack), *gates(run)]))


def export_gated(run: Path, size: str, scratch: Path, weights: Path) -> None:
    """Decoder and priors in float16, compared with PyTorch, and the n-grams of the priors' training tokens."""
    config = model_config(size)
    items = graphs(load_codec(run, size), load_clip(run, config), load_priors(run, config))
    wanted = [graph for graph in items if f"{graph.name}.fp16.onnx" in GATED]
    export(wanted, scratch, {"size": size})
    failed = [r for graph in wanted for r in compare(graph, scratch) if not r.passed]
    if failed:
        raise ArithmeticError(
            "ONNX differs from PyTorch: " + ", ".join(f"{r.graph}/{r.output} {r.worst:.2g}" for r in failed)
        )
    for name in GATED:
        shutil.copy(scratch / name, weights / name)
    shutil.rmtree(scratch)
    shutil.copy(run / "tokens" / COUNTS, weights / COUNTS)


def card_lines(pack: Path) -> list[str]:
    """What the model card says of the run, from features.json."""
    facts = json.loads((pack / "features.json").read_text())
    hours, steps = facts["hours"], facts["steps"]
    return [
        f"- {facts['parameters'] / 1e6:.2f} M parameters, codebooks {'/'.join(map(str, facts['codebooks']))}, "
        f"features of widths {'/'.join(map(str, facts['widths']))} at depths {'/'.join(map(str, facts['layers']))}",
        f"- steps: {', '.join(f'{name} {count}' for name, count in steps.items())}",
        f"- hours: stage 1 drew {hours['stage1']} of {hours['available']}; stage 2 had tokens of {hours['stage2']}",
    ]
