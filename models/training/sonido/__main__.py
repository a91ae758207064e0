"""`python -m sonido COMMAND`: every stage of the training as one command."""

from __future__ import annotations

import argparse
import math
import os
from pathlib import Path

import torch

from sonido import (
    audition,
    clip_stage,
    debug_chain,
    feature_export,
    feature_golden,
    kept,
    musicality,
    pipeline,
    plots,
    release,
    results,
    shipped_run,
)
from sonido.config import SIZES, model_config
from sonido.data.clips import fixed_segments
from sonido.data.preparation import Inputs, prepare
from sonido.sampler import Sampling
from sonido.tokenisation import TOP, WINDOW


def _folder(path: Path) -> Path | None:
    return path if path.is_dir() else None


def _prepare(a: argparse.Namespace) -> None:
    raw = Path(a.raw)
    eir = _folder(Path(a.eir)) if a.eir else _folder(raw / "eir")
    inputs = Inputs(_folder(raw / "pop909"), _folder(raw / "groove"), _folder(raw / "lieder"), eir)
    prepare(inputs, Path(a.out), a.processes, a.stems, a.seconds, a.hours, a.variants, tuple(a.kinds), tuple(a.splits),
            a.first_variant)  # fmt: skip


def _stage1(a: argparse.Namespace) -> None:
    changes = {"gain_shape": True} if a.gain_shape else {}
    start = (Path(a.start), a.start_size) if a.start else None
    given = {"learning_rate": a.learning_rate, "revive_until": a.revive_until}
    pipeline.stage1(
        Path(a.shards),
        Path(a.out),
        a.size,
        a.codec,
        a.steps,
        a.until,
        a.minutes,
        a.seed,
        a.device,
        changes,
        start,
        tuple(a.kinds),
        {k: v for k, v in given.items() if v is not None},
    )


def _tokens(a: argparse.Namespace) -> None:
    pipeline.tokens(Path(a.shards), Path(a.run_folder), a.size, a.hours, a.held_out_hours, a.device, a.processes)


def _stage2(a: argparse.Namespace) -> None:
    start = Path(a.start) if a.start else None
    shards = [Path(folder) for folder in a.clip_shards]
    pipeline.stage2(Path(a.run_folder), a.size, tuple(a.levels), a.seed, a.minutes, a.steps, a.device, start, shards,
                    a.learning_rate, a.recorded_share)  # fmt: skip


def _clip(a: argparse.Namespace) -> None:
    shards, dimension = [Path(folder) for folder in a.shards], model_config(a.size).clip_dimension
    clip_stage.train(Path(a.run_folder), a.size, dimension, a.seed, shards, a.steps, a.minutes, a.device)


def _export(a: argparse.Namespace) -> None:
    for result in pipeline.to_onnx(Path(a.run_folder), Path(a.out), a.size):
        print(f"graph={result.graph} output={result.output} worst={result.worst:.3g}")


def _export_features(a: argparse.Namespace) -> None:
    for result in feature_export.export_features(Path(a.run_folder), Path(a.out), a.size, a.layers):
        print(f"graph={result.graph} output={result.output} worst={result.worst:.3g}")
    if a.golden:
        feature_golden.write(Path(a.run_folder), a.size, Path(a.golden), a.layers)


def _release(a: argparse.Namespace) -> None:
    try:
        release.release(Path(a.run_folder), a.size, Path(a.out), a.layers, a.grown)
    except (ArithmeticError, ValueError) as error:
        raise SystemExit(str(error)) from error


def _share(text: str) -> float:
    value = float(text)
    if not 0 <= value <= 1:
        raise argparse.ArgumentTypeError(f"{text} is no share; a number from 0 to 1 was expected")
    return value


def _per_level(values: list[float]) -> tuple[float, float, float]:
    if len(values) not in (1, 3):
        raise SystemExit(f"{len(values)} values found, expected one for all levels or three from coarse to fine")
    return (values[0], values[len(values) // 2], values[-1])


def _keep(a: argparse.Namespace) -> None:
    kept.keep(Path(a.run_folder), Path(a.out))


def _restore(a: argparse.Namespace) -> None:
    if a.kept:
        kept.restore(Path(a.kept), Path(a.run_folder))
        return
    shipped_run.restore(a.size, Path(a.run_folder), a.shipped)


def _judge(a: argparse.Namespace) -> None:
    """Samples against held-out songs and shuffled tokens: table, sounds and spectrograms."""
    run, out = Path(a.run_folder), Path(a.out)
    config = model_config(a.size)
    model, clip = pipeline.load_codec(run, a.size), clip_stage.load_clip(run, config)
    priors = pipeline.load_priors(run, config)
    items = [i for i in pipeline.held_out_items(Path(a.shards)) if i.frames > 30 * 44_100]
    excerpts = fixed_segments(items, a.count, WINDOW * TOP, a.seed)
    sampling = Sampling(_per_level(a.temperature), _per_level(a.top_p))
    judgement = audition.judge(model, clip, priors, excerpts, a.seconds, a.seed, sampling)
    for name, sound in judgement.sounds.items():
        audition.write_audio(sound, out / f"{name.replace(' ', '-')}-{a.seed}.flac")
    audition.picture(judgement.sounds, out / f"spectrograms-{a.seed}.png")
    lines = musicality.table(judgement.groups)
    print("\n".join(lines))
    if a.results:
        about = f"{a.count} samples of {a.seconds:g} s, {sampling.describe()}, seed {a.seed}."
        title = f"## SoniDo `{a.size}`: did stage 2 learn music?"
        results.write_section(Path(a.results), f"sonido-{a.size}-music", [title, "", about, "", *lines])


def _plot(a: argparse.Namespace) -> None:
    for log in sorted(Path(a.run_folder).rglob("log.txt")):
        plots.plot(log, Path(a.out) / f"{log.parent.name}.png")


def _report(a: argparse.Namespace) -> None:
    baselines = {Path(folder).name: Path(folder) for folder in a.baselines}
    results.report(Path(a.run_folder), baselines, a.size, a.seed, Path(a.out))


def _chain(a: argparse.Namespace) -> None:
    data = Path(a.eir or os.environ.get("SONIDESK_DATA", "../shared/data") + "/eir")
    debug_chain.chain(Path(a.out), data if data.is_dir() else None, a.processes)


def main() -> None:
    parser = argparse.ArgumentParser(prog="sonido", description=__doc__)
    parser.add_argument("--threads", type=int, default=1, help="PyTorch threads")
    commands = parser.add_subparsers(required=True)

    prepare_command = commands.add_parser("prepare", help="raw music -> shards")
    prepare_command.add_argument("--raw", required=True, help="folder with unpacked pop909/, groove/, lieder/")
    prepare_command.add_argument("--eir", default="", help="folder with the EIR songs' stems")
    prepare_command.add_argument("--out", required=True)
    prepare_command.add_argument("--processes", type=int, default=1)
    prepare_command.add_argument("--stems", action="store_true", help="keep stems beside the mixes")
    prepare_command.add_argument("--seconds", type=float, default=90.0, help="longest rendered excerpt")
    prepare_command.add_argument("--hours", type=float, default=math.inf)
    prepare_command.add_argument("--variants", type=int, default=1, help="renderings of each score")
    prepare_command.add_argument(
        "--first-variant", type=int, default=0, help="number of the first of them: others are other music"
    )
    prepare_command.add_argument("--kinds", nargs="*", default=[], help="only these corpora")
    prepare_command.add_argument("--splits", nargs="*", default=[], help="only these of train, validation, test")
    prepare_command.set_defaults(run=_prepare)

    def add(name: str, text: str, shards: bool, run_folder: bool) -> argparse.ArgumentParser:
        command = commands.add_parser(name, help=text)
        command.add_argument("--size", choices=list(SIZES), default="tiny")
        command.add_argument("--seed", type=int, default=0)
        if shards:
            command.add_argument("--shards", required=True)
        if run_folder:
            command.add_argument("--run-folder", required=True)
        return command

    command = add("stage1", "train the HQ-VAE or a baseline on shards", True, False)
    command.add_argument("--out", required=True)
    command.add_argument("--codec", choices=["hqvae", "vq", "rvq"], default="hqvae")
    command.add_argument("--steps", type=int)
    command.add_argument("--until", type=int, help="stop early after this step, keeping the schedule of --steps")
    command.add_argument("--minutes", type=float, help="stop early after this time")
    command.add_argument("--device", default="cpu")
    command.add_argument("--kinds", nargs="*", default=[], help="only these of rendered, module, eir, soundtrack")
    command.add_argument("--learning-rate", type=float, help="the highest, instead of the preset's")
    command.add_argument("--revive-until", type=float, help="share of the steps with new places for unused codes")
    command.add_argument("--gain-shape", action="store_true", help="ablation: loudness split off the spectrum")
    command.add_argument("--start", help="run folder of an HQ-VAE that this one goes on from, or grows from")
    command.add_argument("--start-size", choices=list(SIZES), default="tiny")
    command.set_defaults(run=_stage1)

    command = add("tokens", "encode shards with the trained stage 1", True, True)
    command.add_argument("--hours", type=float, default=math.inf)
    command.add_argument("--held-out-hours", type=float, default=1.0)
    command.add_argument("--processes", type=int, default=1)
    command.add_argument("--device", default="cpu")
    command.set_defaults(run=_tokens)

    command = add("clip", "train the clip embedding alone, on rendered shards", False, True)
    command.add_argument("--shards", nargs="+", required=True, help="the probes' songs in them are left out")
    command.add_argument("--steps", type=int, help="instead of the preset's")
    command.add_argument("--minutes", type=float, help="stop early after this time")
    command.add_argument("--device", default="cpu")
    command.set_defaults(run=_clip)

    command = add("stage2", "train the clip embedding and the priors", False, True)
    command.add_argument("--levels", type=int, nargs="*", default=[0, 1, 2])
    command.add_argument("--minutes", type=float, help="bound for each prior")
    command.add_argument("--steps", type=int, help="of each prior, instead of the preset's")
    command.add_argument("--clip-shards", nargs="*", default=[], help="what the clip embedding learns from")
    command.add_argument("--start", help="run folder whose priors, of as many or fewer layers, new ones start from")
    command.add_argument("--learning-rate", type=float, help="the highest, instead of the preset's")
    command.add_argument("--recorded-share", type=_share, help="of the windows of items that were not rendered, 0 to 1")
    command.add_argument("--device", default="cpu")
    command.set_defaults(run=_stage2)

    command = add("export", "ONNX graphs with parity check", False, True)
    command.add_argument("--out", required=True)
    command.set_defaults(run=_export)

    command = add("export-features", "the feature graphs that the product's pack is made from", False, True)
    command.add_argument("--out", required=True)
    command.add_argument("--layers", type=int, nargs=3, help="depth per level; default: the middle of each prior")
    command.add_argument("--golden", help="safetensors file that takes what PyTorch computes of a test signal")
    command.set_defaults(run=_export_features)

    command = add("release", "all that is shipped of a finished run: graphs, gates, golden values", False, True)
    command.add_argument("--out", required=True)
    command.add_argument("--layers", type=int, nargs=3, help="depth per level; default: the middle of each prior")
    command.add_argument("--grown", action="store_true", help="stage 1 was grown from a smaller codec")
    command.set_defaults(run=_release)

    command = add("keep", "averaged weights of a run in float16, small enough for the repository", False, True)
    command.add_argument("--out", required=True)
    command.set_defaults(run=_keep)

    command = add("restore", "a run folder from what is kept, or from the shipped graphs", False, True)
    source = command.add_mutually_exclusive_group(required=True)
    source.add_argument("--kept", help="folder of `keep`")
    source.add_argument("--shipped", help="name of the run that is shipped, such as S-h: its logs are in logs/")
    command.set_defaults(run=_restore)

    command = add("judge", "samples against held-out music and shuffled tokens: table, audio, spectrograms", True, True)
    command.add_argument("--out", required=True)
    command.add_argument("--seconds", type=float, default=4.0)
    command.add_argument("--count", type=int, default=12)
    command.add_argument("--temperature", type=float, nargs="+", default=[1.0], help="one, or one per level")
    command.add_argument("--top-p", type=float, nargs="+", default=[1.0], help="one, or one per level")
    command.add_argument("--results", help="Markdown file that takes the table")
    command.set_defaults(run=_judge)

    command = add("plot", "curves of every log under a run folder", False, True)
    command.add_argument("--out", required=True)
    command.set_defaults(run=_plot)

    command = add("report", "write the result tables of a run into a Markdown file", False, True)
    command.add_argument("--baselines", nargs="*", default=[], help="folders of baseline runs")
    command.add_argument("--out", required=True)
    command.set_defaults(run=_report)

    command = commands.add_parser("chain", help="the debug chain from rendering to ONNX parity")
    command.add_argument("--out", required=True)
    command.add_argument("--eir", default="")
    command.add_argument("--processes", type=int, default=2)
    command.set_defaults(run=_chain)

    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    arguments.run(arguments)


if __name__ == "__main__":
    main()
