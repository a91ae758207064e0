"""`python -m sonido.sweep`: what matters most in stage 1, one thing changed at a time.

Short runs of the `tiny` codec from nothing, all with the same schedule and seed: rates of the levels (a second code a
position), codebook sizes, the balance of the error's terms, and what the batches are drawn from. A run that is finished
is kept, one that was stopped goes on, so the command may be killed and called again.
"""

from __future__ import annotations

import argparse
import datetime
import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch

from sonido.config import HOPS, CodecConfig, overlay
from sonido.data.augmentation import Augmentation
from sonido.data.clips import Item, Prefetched, RandomSegments, fixed_segments, read_index
from sonido.hqvae import HQVAE
from sonido.pipeline import held_out_items
from sonido.presets import make_codec, stage1_config
from sonido.results import commit, last_held_out, write_section
from sonido.stage1 import train

SIZE = "tiny"
REAL = ("eir", "soundtrack")
SCHEDULE: dict[str, Any] = {"continuous_steps": 150, "anneal_until": 0.4, "rate_until": 0.4, "hard_from": 0.4}
"""The preset's phases for a run of some hundred steps."""


@dataclass(frozen=True)
class Variant:
    name: str
    codec: dict[str, Any] = field(default_factory=dict)
    training: dict[str, Any] = field(default_factory=dict)
    balance: float = 0.5
    kinds: tuple[str, ...] = ()
    draw: int = 0
    """Added to the seed: what the same settings give another time."""


VARIANTS = (
    Variant("the preset"),
    Variant("levels: two codes a coarse position", {"residual_layers": (1, 0, 0)}),
    Variant("levels: two codes a medium position", {"residual_layers": (0, 1, 0)}),
    Variant("codebooks: 64, 64, 32", {"codebooks": (64, 64, 32)}),
    Variant("codebooks: 1024, 1024, 512", {"codebooks": (1024, 1024, 512)}),
    Variant("error: waveform weight 1", training={"waveform_weight": 1.0}),
    Variant("error: waveform weight 10", training={"waveform_weight": 10.0}),
    Variant("error: a tenth of the rate", training={"rate_start": 0.1, "rate_final": 0.1}),
    Variant("data: kinds by their hours", balance=1.0),
    Variant("data: kinds equally often", balance=0.0),
    Variant("data: recordings only", kinds=REAL),
    Variant("data: rendered and modules only", kinds=("rendered", "module")),
    Variant("the preset, second draw", draw=1),
    Variant("data: rendered and modules only, second draw", kinds=("rendered", "module"), draw=1),
)


def kilobits(codec: CodecConfig) -> float:
    """Nominal kilobits per second of all levels."""
    layers = zip(HOPS, codec.codebooks, codec.residual_layers, strict=True)
    return sum(44_100 / hop * (1 + more) * (codes - 1).bit_length() for hop, codes, more in layers) / 1000


def run(variant: Variant, items: list[Item], held_out: torch.Tensor, steps: int, seed: int, folder: Path) -> None:
    seed += variant.draw
    config = overlay(stage1_config(SIZE, steps, seed), **SCHEDULE, validate_every=steps, **variant.training)
    chosen = [item for item in items if not variant.kinds or item.kind in variant.kinds]
    torch.manual_seed(seed)
    model = make_codec("hqvae", SIZE, variant.codec)
    segments = RandomSegments(chosen, config.batch, config.segment, seed, Augmentation(), variant.balance)
    train(model, Prefetched(segments), held_out, config, folder, "sweep")


def row(variant: Variant, folder: Path) -> str | None:
    held = last_held_out(folder / "log.txt")
    if held is None:
        return None
    model = make_codec("hqvae", SIZE, variant.codec)
    assert isinstance(model, HQVAE)
    usage, rise = (
        " / ".join(f"{float(held[f'{what}_{level}']):.2f}" for level in range(3)) for what in ("usage", "ablation")
    )
    return (
        f"| {variant.name} | {kilobits(model.config):.1f} | {float(held['si_sdr']):.2f} | "
        f"{float(held['mrstft']):.3f} | {usage} | {rise} |"
    )


def main() -> None:
    parser = argparse.ArgumentParser(prog="sonido.sweep", description=__doc__)
    parser.add_argument("--shards", required=True)
    parser.add_argument("--out", required=True, help="folder of the runs")
    parser.add_argument("--steps", type=int, default=600)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--results", help="Markdown file that takes the table")
    a = parser.parse_args()
    torch.set_num_threads(1)
    out, shards = Path(a.out), Path(a.shards)
    out.mkdir(parents=True, exist_ok=True)
    known = out / "items.json"  # all runs draw from the same items, whatever is rendered meanwhile
    items = read_index(shards, "train")
    if known.exists():
        names = set(json.loads(known.read_text()))
        items = [item for item in items if item.path.parent.name in names]
    else:
        known.write_text(json.dumps([item.path.parent.name for item in items]))
    held_out = fixed_segments([i for i in held_out_items(shards) if i.kind in REAL], 32, 49_152, 7)
    rows: list[str] = []
    for number, variant in enumerate(VARIANTS):
        folder = out / f"{number:02d}"
        run(variant, items, held_out, a.steps, a.seed, folder)
        line = row(variant, folder)
        if line is not None:
            rows.append(line)
            print(line, flush=True)
    if a.results:
        hours = sum(item.frames for item in items) / 44_100 / 3600
        about = (
            f"{datetime.date.today().isoformat()}, commit {commit()}, seed {a.seed}: {a.steps} steps of 4 x 1.1 s "
            f"from nothing, {hours:.1f} h to draw from, one thing changed at a time. Held-out real music, hard codes, "
            "averaged weights; usage is perplexity/K, the rise is that of MR-STFT when a level is random, "
            "coarse / medium / fine."
        )
        head = ["| changed | kbit/s | SI-SDR dB | MR-STFT | usage | rise |", "|---|---|---|---|---|---|"]
        write_section(Path(a.results), f"sweep-{SIZE}", ["## Sweep of stage 1", "", about, "", *head, *rows])


if __name__ == "__main__":
    main()
