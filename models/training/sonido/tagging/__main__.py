"""`python -m sonido.tagging COMMAND`: clips -> cache -> comparison and shipped heads."""

from __future__ import annotations

import argparse
import datetime
from pathlib import Path

import numpy as np
import torch

from sonido.config import SIZES
from sonido.data.preparation import Inputs
from sonido.probe.collection import Depths
from sonido.probe.runs import Source
from sonido.processes import spread
from sonido.results import commit, write_section
from sonido.tagging.calibration import Temperatures, fit_temperatures
from sonido.tagging.clips import PARTS, cache_part, cache_songs
from sonido.tagging.evaluate import (
    AP,
    REAL,
    RENDERED,
    Outcome,
    data_key,
    fitted_on,
    groups_of,
    keep,
    kept_outcome,
    leave_one_song_out,
    names_of,
    read_data,
)
from sonido.tagging.export import export_head, write_labels
from sonido.tagging.parts import make_clips
from sonido.tagging.train import HeadConfig, train_head


def extractor_name(a: argparse.Namespace) -> str:
    """As `sonido.probe` names its cache."""
    return Source(a.size, Path(a.run_folder)).name()


def _clips(a: argparse.Namespace) -> None:
    raw = Path(a.raw)
    make_clips(Inputs(raw / "pop909", raw / "groove"), Path(a.out), a.train, a.held_out, 6.0, a.seed, a.processes)


def _cache(a: argparse.Namespace) -> None:
    source = Source(a.size, Path(a.run_folder))
    folders = {Path(a.out) / source.name(): source, Path(a.out) / "mel": None}
    given = (Path(a.clips), Path(a.eir))
    spread(cache_part, [(f, *given, s, part) for f, s in folders.items() for part in PARTS], a.processes)
    shares = [(f, s, share) for f, s in folders.items() for share in range(a.processes)]
    spread(cache_songs, [(f, Path(a.songs), s, share, a.processes) for f, s, share in shares], a.processes)


VARIANTS = ("mel", "features")
HEAD_VERSION = 3
"""One more when the head or its training changes: kept outcomes of another version do not count."""


def refuse_different_clips(mel: set[str], features: set[str]) -> None:
    """Raises SystemExit when one of the two lacks a clip: the comparison would not be one."""
    if mel == features:
        return
    missing = [f"{len(mel - features)} without features", f"{len(features - mel)} without mel"]
    raise SystemExit(
        f"{len(mel | features)} clips are cached, {' and '.join(missing)}, such as {min(mel ^ features)}; "
        "call `sonido.probe` and `sonido.tagging cache` again, they make what is missing"
    )


def _compare(a: argparse.Namespace) -> None:
    """Outcomes are kept beside the cache, so that a run that was cut short goes on where it stopped."""
    depths: Depths = (a.depths[0], a.depths[1], a.depths[2])
    outcomes: dict[str, list[Outcome]] = {name: [] for name in VARIANTS}
    caches = (Path(a.probes), Path(a.cache))
    refuse_different_clips(*(set(names_of(*caches, features)) for features in (None, extractor_name(a))))
    for variant in VARIANTS:
        if variant not in a.only:
            continue
        features = extractor_name(a) if variant == "features" else None
        data = None
        known = "mel" if features is None else f"{features}-{'.'.join(map(str, depths))}"
        of = f"{data_key(*caches, features)}-{HEAD_VERSION}"
        for seed in range(a.seeds):
            path = Path(a.cache) / "outcomes" / f"{known}-{of}-{a.steps}-{seed}.json"
            outcome = kept_outcome(path)
            if outcome is None:
                data = data or read_data(*caches, features, depths)
                outcome = leave_one_song_out(data, HeadConfig(steps=a.steps), seed, mel_extra=features is None)
                keep(outcome, path)
            outcomes[variant].append(outcome)
            text = " ".join(f"{k.replace(' ', '_').replace(',', '')}={v:.3f}" for k, v in outcome.scores.items())
            print(f"head={variant} seed={seed} {text}", flush=True)
    if len(a.only) < len(VARIANTS):
        return
    lines = table(outcomes)
    print("\n".join(lines))
    if a.results:
        about = (
            f"{datetime.date.today().isoformat()}, commit {commit()}, run `{Path(a.run_folder).name}`, depths "
            f"{' '.join(map(str, a.depths))}, {a.seeds} seeds, {a.steps} steps. Equal numbers of parameters."
        )
        title = f"## Tagging head on `{a.size}`, with and without features"
        write_section(Path(a.results), f"tagging-{a.size}", [title, "", about, "", *lines])


def table(outcomes: dict[str, list[Outcome]]) -> list[str]:
    first = outcomes[VARIANTS[0]][0]
    counts = first.counts
    lines = [
        f"Trained on {counts['mixes'] + counts['songs']} mixtures of 11.9 s, {counts['parts']} rendered parts of "
        f"5.9 s, the other three EIR songs and their voices over other music ({counts['eir_sung']} of all four); "
        f"tested on {counts['held_mixes']} mixtures and {counts['held_parts']} parts of held-out songs through unseen "
        f"sound sources, and on {len(first.roles)} stems and {counts['eir_mixes']} places of the mixes of the EIR "
        "songs, each song left out in turn.",
        "",
        "| | mel | features |",
        "|---|---|---|",
    ]
    more = [n for prefix in (AP, "confidence") for n in first.scores if n.startswith(prefix)]
    for name in (*RENDERED, *REAL, *more):
        cells = [[o.scores[name] for o in outcomes[variant]] for variant in VARIANTS]
        lines.append(f"| {name} | " + " | ".join(f"{np.mean(c):.3f} ± {np.std(c):.3f}" for c in cells) + " |")
    return lines


def _export(a: argparse.Namespace) -> None:
    """Heads trained on all training data and all four EIR songs."""
    depths: Depths = (a.depths[0], a.depths[1], a.depths[2])
    out = Path(a.out)
    parameters = 0
    temperatures: dict[str, Temperatures] = {}
    for variant in VARIANTS:
        features = extractor_name(a) if variant == "features" else None
        data = read_data(Path(a.probes), Path(a.cache), features, depths)
        head = train_head(groups_of(data, None), HeadConfig(steps=a.steps), a.seed, mel_extra=features is None)
        parameters = sum(p.numel() for p in head.parameters())
        temperatures[variant] = fit_temperatures(head, fitted_on(data))
        worst = export_head(head, out / f"tag-{variant}.onnx", temperatures[variant])
        print(f"head={variant} parameters={parameters} worst={worst:.2g} {temperatures[variant]}")
    facts = {"run": Path(a.run_folder).name, "depths": a.depths, "parameters": parameters}
    if a.key_weight is not None:
        facts["keyWeight"] = a.key_weight
    write_labels(out / "tag.json", facts | {"temperatures": {k: vars(t) for k, t in temperatures.items()}})


def main() -> None:
    parser = argparse.ArgumentParser(prog="sonido.tagging", description=__doc__)
    commands = parser.add_subparsers(required=True)

    command = commands.add_parser("clips", help="render single parts of each role")
    command.add_argument("--raw", required=True, help="folder with unpacked pop909/ and groove/")
    command.add_argument("--out", required=True)
    command.add_argument("--train", type=int, default=120, help="clips of each role")
    command.add_argument("--held-out", type=int, default=10)
    command.add_argument("--seed", type=int, default=0)
    command.add_argument("--processes", type=int, default=1)
    command.set_defaults(run=_clips)

    def add(name: str, text: str) -> argparse.ArgumentParser:
        command = commands.add_parser(name, help=text)
        command.add_argument("--run-folder", required=True)
        command.add_argument("--size", choices=list(SIZES), default="S")
        return command

    command = add("cache", "mel and states of parts, songs of the shards and the EIR songs")
    command.add_argument("--clips", required=True)
    command.add_argument("--eir", required=True)
    command.add_argument("--songs", required=True, help="shards with rendered songs of the training split")
    command.add_argument("--out", required=True)
    command.add_argument("--processes", type=int, default=1)
    command.set_defaults(run=_cache)

    for name, text, action in (
        ("compare", "with and without features, one EIR song left out at a time", _compare),
        ("export", "the shipped heads as ONNX", _export),
    ):
        command = add(name, text)
        command.add_argument("--probes", required=True, help="the cache of sonido.probe")
        command.add_argument("--cache", required=True)
        command.add_argument("--depths", type=int, nargs=3, required=True)
        command.add_argument("--steps", type=int, default=HeadConfig.steps)
        command.set_defaults(run=action)
        if name == "compare":
            command.add_argument("--seeds", type=int, default=3)
            command.add_argument("--only", nargs="*", choices=VARIANTS, default=list(VARIANTS), help="without a table")
            command.add_argument("--results", help="Markdown file that takes the table")
        else:
            command.add_argument("--out", required=True)
            command.add_argument("--seed", type=int, default=0)
            command.add_argument("--key-weight", type=float, help="of measured keys beside heard ones: `bench -- keys`")

    arguments = parser.parse_args()
    torch.set_num_threads(1)
    arguments.run(arguments)


if __name__ == "__main__":
    main()
