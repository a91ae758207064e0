#!/usr/bin/env python3
"""One file for a GPU machine without network: renders on all cores, trains, checkpoints, and resumes in the next call.

Here:   python -m sonido.gpu_driver bundle --raw RAW --out sonido-bundle.tar.xz
There:  python gpu_driver.py train --bundle sonido-bundle.tar.xz --out OUT --size S --minutes 9

The bundle (under 60 MB) holds this package, the raw music (MIDI archives, some tracker modules), small soundfonts and
the synthesiser with its libraries, so the machine needs Python with torch, numpy and safetensors, plus the wheels that
the bundle brings in wheels/ (scipy, soundfile, soxr, mido) where they are missing. OUT receives only files under
15 MB; pass the newest OUT as --resume of the next call. Work files (shards, caches) stay in --work and are rendered
again on a fresh machine.
"""

from __future__ import annotations

import argparse
import importlib.util
import io
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
import time
from pathlib import Path

BUNDLE_LIMIT = 60_000_000
FILE_LIMIT = 15_000_000
NEEDED = {"scipy": "scipy", "soundfile": "soundfile", "soxr": "soxr", "mido": "mido", "safetensors": "safetensors"}


def bundle(arguments: argparse.Namespace) -> None:
    """Packs code, music, sound sources and the synthesiser. Raises ValueError when it would exceed the limit."""
    package = Path(__file__).resolve().parent
    raw = Path(arguments.raw)
    out = Path(arguments.out)
    out.parent.mkdir(parents=True, exist_ok=True)
    with tarfile.open(out, "w:xz", preset=6) as archive:
        for source in sorted(package.rglob("*.py")):
            archive.add(source, f"code/sonido/{source.relative_to(package)}")
        for corpus in arguments.corpora:
            # Members are sorted, so equal inputs give equal archives; symbolic links are followed.
            folder = (raw / corpus).resolve()
            for path in sorted(p for p in folder.rglob("*") if p.is_file() and p.suffix in (".mid", ".txt", ".mxl")):
                if "versions" not in path.parts and not path.name.startswith("chord_audio"):
                    archive.add(path, f"raw/{corpus}/{path.relative_to(folder)}")
        for font in arguments.soundfonts:
            archive.add(Path(font).resolve(), f"sounds/{Path(font).parent.name}/{Path(font).name}")
        for module in arguments.modules:
            archive.add(module, f"modules/{Path(module).name}")
        for wheel in arguments.wheels:
            archive.add(wheel, f"wheels/{Path(wheel).name}")
        if not arguments.without_synthesiser:
            _add_synthesiser(archive)
        if arguments.modules:
            _add_module_player(archive)
    size = out.stat().st_size
    if size > BUNDLE_LIMIT:
        raise ValueError(f"the bundle has {size} bytes, the limit is {BUNDLE_LIMIT}; give fewer corpora or soundfonts")
    print(f"bundle={out} bytes={size}")


def _add_synthesiser(archive: tarfile.TarFile) -> None:
    """fluidsynth and every library it loads, the loader included: it then runs on any Linux of this processor."""
    program = shutil.which("fluidsynth")
    if program is None:
        return
    archive.add(Path(program).resolve(), "fluidsynth/fluidsynth")
    listing = subprocess.run(["ldd", program], capture_output=True, text=True, check=True).stdout
    for line in listing.splitlines():
        words = line.split()
        path = (
            words[2] if len(words) > 2 and words[1] == "=>" else words[0] if words and words[0].startswith("/") else ""
        )
        if path:
            archive.add(Path(path).resolve(), f"fluidsynth/lib/{Path(path).name}")


def _add_module_player(archive: tarfile.TarFile) -> None:
    """libxmp, which needs nothing but the C library."""
    listing = subprocess.run(["/sbin/ldconfig", "-p"], capture_output=True, text=True).stdout
    paths = [line.split()[-1] for line in listing.splitlines() if line.strip().startswith("libxmp.so.4 ")]
    if paths:
        archive.add(Path(paths[0]).resolve(), "libxmp/libxmp.so.4")


def train(arguments: argparse.Namespace) -> None:
    """Unpack, render, stage 1, tokens, stage 2 until --minutes are over; everything that exists already is kept."""
    started = time.monotonic()
    deadline = started + 60 * arguments.minutes
    work, out = Path(arguments.work), Path(arguments.out)
    _unpack(Path(arguments.bundle), work)
    _install_missing(work / "bundle" / "wheels")
    sys.path.insert(0, str(work / "bundle" / "code"))
    os.environ["SONIDO_SOUNDS"] = str(work / "bundle" / "sounds")
    loader = work / "bundle" / "fluidsynth" / "lib" / "ld-linux-x86-64.so.2"
    if loader.exists():
        folder = loader.parent
        program = folder.parent / "fluidsynth"
        os.environ["SONIDO_FLUIDSYNTH"] = f"{loader} --library-path {folder} {program}"
    player = work / "bundle" / "libxmp" / "libxmp.so.4"
    if player.exists():
        os.environ["SONIDO_LIBXMP"] = str(player)
    run = work / "run"
    if arguments.resume:
        _copy_state(Path(arguments.resume), run)
    _stages(arguments, work, run, out, deadline)
    print(f"driver=done minutes={(time.monotonic() - started) / 60:.1f}", flush=True)


def _stages(arguments: argparse.Namespace, work: Path, run: Path, out: Path, deadline: float) -> None:
    from sonido.data.preparation import Inputs, prepare
    from sonido.staged_run import Plan, run_stages

    raw = work / "bundle" / "raw"
    pop909, groove, lieder = (raw / n if (raw / n).is_dir() else None for n in ("pop909", "groove", "lieder"))
    generated = tuple(range(arguments.generated))
    inputs = Inputs(
        pop909,
        groove,
        lieder,
        generated=generated,
        game_midi=(),
        soundtracks=(),
        modules=(str(work / "bundle" / "modules"),),
    )
    cores = os.cpu_count() or 1
    share = min(arguments.render_minutes * 60, max(20.0, deadline - time.monotonic()) / 2)
    hours = arguments.hours if arguments.hours else share * 15 * cores / 3600
    prepare(inputs, work / "shards", cores, False, arguments.seconds, hours, 1)

    plan = Plan(
        arguments.size, arguments.stages, arguments.device, deadline, arguments.checkpoint_minutes,
        arguments.token_hours, arguments.steps, arguments.prior_steps,
    )  # fmt: skip
    finished = run_stages(plan, work / "shards", run, lambda: _publish(run, out))
    print(f"finished={finished}", flush=True)


def _unpack(archive: Path, work: Path) -> None:
    target = work / "bundle"
    if (target / "complete").exists():
        return
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir(parents=True)
    with tarfile.open(archive, "r:xz") as file:
        file.extractall(target, filter="data")
    program = target / "fluidsynth" / "fluidsynth"
    if program.exists():
        program.chmod(0o755)
        for library in (target / "fluidsynth" / "lib").iterdir():
            library.chmod(0o755)
    (target / "complete").touch()


def _install_missing(wheels: Path) -> None:
    missing = [name for module, name in NEEDED.items() if importlib.util.find_spec(module) is None]
    files = [p for p in wheels.glob("*.whl") if p.name.split("-")[0].lower() in missing] if wheels.is_dir() else []
    if files:
        site = wheels.parent / "site"
        command = [sys.executable, "-m", "pip", "install", "-q", "--no-index", "--no-deps", "--target", str(site)]
        subprocess.run([*command, *map(str, files)], check=True)
        sys.path.insert(0, str(site))
        os.environ["PYTHONPATH"] = os.pathsep.join([str(site), os.environ.get("PYTHONPATH", "")])


def _publish(run: Path, out: Path) -> None:
    """Checkpoints and logs as at most a few files: out/RUN.NN.part of one tar, each under the limit."""
    out.mkdir(parents=True, exist_ok=True)
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        for path in sorted(run.rglob("*")):
            if path.is_file() and "tokens" not in path.parts and ".partial" not in str(path):
                archive.add(path, str(path.relative_to(run)))
    data = buffer.getvalue()
    for old in out.glob("state.*.part"):
        old.unlink()
    for number, start in enumerate(range(0, len(data), FILE_LIMIT)):
        (out / f"state.{number:02d}.part").write_bytes(data[start : start + FILE_LIMIT])
    print(f"published bytes={len(data)} files={-(-len(data) // FILE_LIMIT)}", flush=True)


def _copy_state(published: Path, run: Path) -> None:
    """The newest published state into the run folder, unless it is there already."""
    if (run / "stage1" / "checkpoint").exists():
        return
    data = b"".join(p.read_bytes() for p in sorted(published.glob("state.*.part")))
    if not data:
        raise ValueError(f"{published} holds no state.NN.part files; give the --out folder of an earlier call")
    run.mkdir(parents=True, exist_ok=True)
    with tarfile.open(fileobj=io.BytesIO(data)) as archive:
        archive.extractall(run, filter="data")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(required=True)
    command = commands.add_parser("bundle")
    command.add_argument("--raw", required=True)
    command.add_argument("--out", required=True)
    command.add_argument("--corpora", nargs="*", default=["pop909", "groove", "lieder"])
    command.add_argument("--soundfonts", nargs="*", default=["/usr/share/sounds/sf2/TimGM6mb.sf2"])
    command.add_argument("--modules", nargs="*", default=[])
    command.add_argument("--wheels", nargs="*", default=[])
    command.add_argument("--without-synthesiser", action="store_true", help="only the package's own voices will sound")
    command.set_defaults(run=bundle)
    command = commands.add_parser("train")
    command.add_argument("--bundle", required=True)
    command.add_argument("--out", required=True)
    command.add_argument("--work", default=str(Path(tempfile.gettempdir(), "sonido-work")))
    command.add_argument("--resume", default="")
    command.add_argument("--size", default="S")
    command.add_argument("--stages", choices=["both", "stage1", "stage2"], default="both")
    command.add_argument("--minutes", type=float, default=9.0)
    command.add_argument("--render-minutes", type=float, default=2.0)
    command.add_argument("--checkpoint-minutes", type=float, default=3.0)
    command.add_argument("--hours", type=float, default=0.0, help="hours to render; 0 derives them from the cores")
    command.add_argument("--seconds", type=float, default=60.0)
    command.add_argument("--token-hours", type=float, default=20.0)
    command.add_argument("--generated", type=int, default=0, help="also this many random songs")
    command.add_argument("--steps", type=int, help="of stage 1, instead of the preset's")
    command.add_argument("--prior-steps", type=int, help="of each prior, instead of the preset's")
    command.add_argument("--device", default="cuda")
    command.set_defaults(run=train)
    arguments = parser.parse_args()
    arguments.run(arguments)


if __name__ == "__main__":
    main()
