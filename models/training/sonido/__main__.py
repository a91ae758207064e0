"""`python -m sonido COMMAND`: every stage of the training as one command."""

from __future__ import annotations

import argparse
import math
import time
from pathlib import Path

import torch

from sonido.config import SIZES
from sonido.data.augmentation import Augmentation
from sonido.data.clips import RandomSegments, fixed_segments, read_index
from sonido.data.preparation import Inputs, prepare
from sonido.logline import RunLog
from sonido.presets import make_codec, stage1_config
from sonido.stage1 import train as train_stage1


def _prepare(arguments: argparse.Namespace) -> None:
    raw = Path(arguments.raw)
    inputs = Inputs(
        pop909=_folder(raw / "pop909"),
        groove=_folder(raw / "groove"),
        lieder=_folder(raw / "lieder"),
        eir=_folder(Path(arguments.eir)) if arguments.eir else _folder(raw / "eir"),
    )
    prepare(inputs, Path(arguments.out), arguments.processes, arguments.stems, arguments.seconds,
            arguments.hours, arguments.variants, tuple(arguments.kinds))  # fmt: skip


def _stage1(arguments: argparse.Namespace) -> None:
    torch.set_num_threads(arguments.threads)
    shards = Path(arguments.shards)
    config = stage1_config(arguments.size, arguments.steps, arguments.seed)
    train_items = read_index(shards, "train")
    held_out = [i for split in ("validation", "test") if (shards / split).exists() for i in read_index(shards, split)]
    real = [i for i in held_out if i.kind in ("eir", "soundtrack")] or held_out
    batches = RandomSegments(train_items, config.batch, config.segment, config.seed, Augmentation())
    directory = Path(arguments.out)
    hours = sum(i.frames for i in train_items) / 44_100 / 3600
    model = make_codec(arguments.codec, arguments.size)
    RunLog(directory, arguments.codec).write(
        0, size=arguments.size, seed=config.seed, parameters=sum(p.numel() for p in model.parameters()),
        train_items=len(train_items), train_hours=hours, held_out_real=len(real),
    )  # fmt: skip
    deadline = time.monotonic() + 60 * arguments.minutes if arguments.minutes else None
    train_stage1(model, batches, fixed_segments(real, 32, config.segment, 7), config, directory, arguments.codec,
                 until=arguments.until, deadline=deadline, device=arguments.device)  # fmt: skip


def _folder(path: Path) -> Path | None:
    return path if path.is_dir() else None


def main() -> None:
    parser = argparse.ArgumentParser(prog="sonido", description=__doc__)
    commands = parser.add_subparsers(required=True)
    command = commands.add_parser("prepare", help="raw music -> shards")
    command.add_argument("--raw", required=True, help="folder with unpacked pop909/, groove/, lieder/")
    command.add_argument("--eir", default="", help="folder with the EIR songs' stems")
    command.add_argument("--out", required=True)
    command.add_argument("--processes", type=int, default=1)
    command.add_argument("--stems", action="store_true", help="keep stems beside the mixes")
    command.add_argument("--seconds", type=float, default=90.0, help="longest rendered excerpt")
    command.add_argument("--hours", type=float, default=math.inf)
    command.add_argument("--variants", type=int, default=1)
    command.add_argument("--kinds", nargs="*", default=[], help="only these corpora")
    command.set_defaults(run=_prepare)
    command = commands.add_parser("stage1", help="train the HQ-VAE or a baseline on shards")
    command.add_argument("--shards", required=True)
    command.add_argument("--out", required=True)
    command.add_argument("--size", choices=list(SIZES), default="tiny")
    command.add_argument("--codec", choices=["hqvae", "vq", "rvq"], default="hqvae")
    command.add_argument("--steps", type=int)
    command.add_argument("--until", type=int, help="stop early after this step, keeping the schedule of --steps")
    command.add_argument("--minutes", type=float, help="stop early after this time")
    command.add_argument("--seed", type=int, default=0)
    command.add_argument("--threads", type=int, default=1)
    command.add_argument("--device", default="cpu")
    command.set_defaults(run=_stage1)
    arguments = parser.parse_args()
    arguments.run(arguments)


if __name__ == "__main__":
    main()
