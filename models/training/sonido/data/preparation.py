"""The resumable, parallel command that turns all raw inputs into shards.

One shard is a folder `SPLIT/KIND/NAME/` with `mix.flac`, optionally `stems/NN.flac`, `truth.json` (rendered items and
modules) and `item.json`; it is made beside and renamed. Stems are 16-bit and sum to the mix sample
by sample (modules: to within the player's own rounding and filters).
"""

from __future__ import annotations

import functools
import hashlib
import json
import math
import multiprocessing
import os
import re
import resource
import shutil
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soundfile
from numpy.typing import NDArray

from sonido.data import (
    drum_kits,
    generated,
    groove,
    gus_patches,
    midi_files,
    modules,
    musicxml,
    pop909,
    recordings,
    sample_folders,
    song_stems,
    soundfonts,
    stk,
)  # fmt: skip
from sonido.data.arrangement import arrange
from sonido.data.clips import PARTIAL
from sonido.data.renderer import Sources, render, truth
from sonido.data.sample_folders import library_of
from sonido.data.score import Score
from sonido.data.splits import Split, kept_for_probes, refuse_reserved, sources_for, split_of_song
from sonido.processes import KEPT_MEMORY

SAMPLE_RATE = 44_100
MODULE_SUFFIXES = (".mod", ".xm", ".it", ".s3m")


@dataclass(frozen=True)
class Inputs:
    """Where the raw material lies; a missing folder is an empty corpus."""

    pop909: Path | None = None
    groove: Path | None = None
    lieder: Path | None = None
    eir: Path | None = None
    generated: tuple[int, ...] = ()
    """Numbers of random songs (`sonido.data.generated`)."""
    game_midi: tuple[str, ...] = ("/usr/share/games", "/usr/share/planetblupi")
    modules: tuple[str, ...] = ("/usr/share/games", "/usr/share/tuxtype", "/usr/share/tuxmath",
                                "/usr/share/open-invaders", "/usr/share/tomatoes")  # fmt: skip
    soundtracks: tuple[str, ...] = recordings.SOUNDTRACK_ROOTS


KINDS = {"eir": "eir", "soundtrack": "soundtrack", "fretsonfire": "soundtrack", "module": "module"}
"""What the loader balances by; everything else is rendered."""


@dataclass(frozen=True)
class Job:
    kind: str
    """'pop909', 'groove', 'lieder', 'game', 'generated', 'module', 'eir', 'fretsonfire' or 'soundtrack'."""
    unit: str
    """What the split hashes."""
    path: str
    variant: int

    @property
    def split(self) -> Split:
        return split_of_song(self.unit)

    @property
    def name(self) -> str:
        stem = re.sub(r"[^A-Za-z0-9]+", "_", Path(self.path).stem)[:40]
        digest = hashlib.sha256(f"{self.kind}|{self.unit}|{self.path.rpartition('/')[2]}|{self.variant}".encode())
        return f"{stem}-{digest.hexdigest()[:12]}"

    @property
    def seed(self) -> int:
        return int(hashlib.sha256(self.name.encode()).hexdigest()[:8], 16)


def list_jobs(inputs: Inputs, variants: int = 1, first_variant: int = 0) -> list[Job]:
    """All jobs in an order that mixes the corpora (by hash), so that a stop in the middle leaves a balanced set.

    Scores come in `variants` renderings, numbered from `first_variant`; recordings always in the same ones.
    """
    jobs: list[Job] = []
    for variant in range(first_variant, first_variant + variants):
        if inputs.pop909:
            jobs += [Job("pop909", f"pop909/{p.name}", str(p), variant) for p in pop909.songs(inputs.pop909)]
        if inputs.groove:
            found = groove.songs(inputs.groove)
            jobs += [Job("groove", "groove/" + "/".join(p.parts[-3:-1]), str(p), variant) for p in found]
        if inputs.lieder:
            root = inputs.lieder
            jobs += [
                Job("lieder", f"lieder/{p.relative_to(root).parent}", str(p), variant) for p in musicxml.songs(root)
            ]
        jobs += [Job("generated", f"generated/{n}", f"generated/{n}", variant) for n in inputs.generated]
        jobs += [
            Job("game", f"game/{p.parts[4]}", str(p), variant) for p in _files(inputs.game_midi, (".mid", ".midi"))
        ]
    jobs += [Job("module", f"module/{p.stem}", str(p), 0) for p in _files(inputs.modules, MODULE_SUFFIXES)]
    if inputs.eir:
        jobs += [
            Job("eir", song, str(inputs.eir / song.partition("/")[2]), v)
            for song in recordings.eir_songs(inputs.eir)
            for v in range(6)
        ]
    jobs += [Job("fretsonfire", unit, str(path), 0) for unit, path in recordings.frets_on_fire(inputs.soundtracks)]
    jobs += [Job("soundtrack", unit, str(path), 0) for unit, path in recordings.soundtracks(inputs.soundtracks)]
    return sorted(jobs, key=lambda job: hashlib.sha256(job.name.encode()).digest())


def _files(roots: Iterable[str], suffixes: tuple[str, ...]) -> list[Path]:
    return [
        p
        for root in roots
        if Path(root).is_dir()
        for p in sorted(Path(root).rglob("*"))
        if p.suffix.lower() in suffixes and not recordings.is_button_score(p)
    ]


def _write(
    folder: Path, mix: NDArray[np.int16], stems: dict[str, NDArray[np.int16]], document: object, job: Job
) -> float:
    """Writes a shard, whole or not at all, also beside another process that makes the same; returns its seconds."""
    partial = folder.with_name(f"{folder.name}.{os.getpid()}{PARTIAL}")
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir(parents=True)
    soundfile.write(str(partial / "mix.flac"), mix.T, SAMPLE_RATE, subtype="PCM_16")
    if stems:
        (partial / "stems").mkdir()
        for name, audio in stems.items():
            soundfile.write(str(partial / "stems" / f"{name}.flac"), audio.T, SAMPLE_RATE, subtype="PCM_16")
    if document is not None:
        (partial / "truth.json").write_text(json.dumps(document))
    item = {
        "frames": mix.shape[1],
        "kind": KINDS.get(job.kind, "rendered"),
        "corpus": job.kind,
        "unit": job.unit,
        "stems": sorted(stems),
    }
    (partial / "item.json").write_text(json.dumps(item))
    if not (folder / "item.json").exists():
        shutil.rmtree(folder, ignore_errors=True)  # a rest of it
    try:
        partial.rename(folder)
    except OSError:
        if not (folder / "item.json").exists():
            raise
        shutil.rmtree(partial)  # the other one was faster
    return float(mix.shape[1] / SAMPLE_RATE)


def _remove_partial(out: Path) -> None:
    """What processes that have ended left half-made."""
    for partial in out.glob(f"*/*/*{PARTIAL}"):
        try:
            os.kill(int(partial.name.split(".")[-2]), 0)
        except ProcessLookupError:
            shutil.rmtree(partial, ignore_errors=True)


def _load_score(job: Job, inputs: Inputs) -> Score:
    path = Path(job.path)
    if job.kind == "pop909":
        return pop909.load(path)
    if job.kind == "groove":
        return groove.load(path)
    if job.kind == "lieder":
        assert inputs.lieder is not None
        return musicxml.load(path, inputs.lieder)
    if job.kind == "generated":
        return generated.from_path(path)
    return midi_files.read_midi(path, job.unit)


@functools.cache
def allowed_sources(split: Split) -> Sources:
    fonts, kits = soundfonts.installed(), drum_kits.installed()
    drum_fonts, folder_kits = soundfonts.installed(known=soundfonts.DRUM_FONTS), sample_folders.installed()
    font_names, kit_names = sources_for(split, [f.name for f in fonts]), sources_for(split, [k.name for k in kits])
    # A pool of its own: sources that came later must not change which of the earlier ones is held out.
    later = sources_for(split, sorted({*(f.name for f in drum_fonts), *(library_of(k.name) for k in folder_kits)}))
    return Sources(
        tuple(f for f in fonts if f.name in font_names),
        (*(k for k in kits if k.name in kit_names), *(k for k in folder_kits if library_of(k.name) in later)),
        tuple(f for f in drum_fonts if f.name in later),
        gus_patches.installed() if split == "train" else {},  # one library: it can be on one side only
        stk.installed() if split == "train" else {},
    )


@functools.cache
def _grooves(root: Path, split: Split) -> list[Path]:
    return [
        p
        for p in groove.songs(root)
        if split_of_song("groove/" + "/".join(p.parts[-3:-1])) == split and "_beat_" in p.name
    ]


def _random_groove(job: Job, inputs: Inputs, random: np.random.Generator) -> tuple[Score, float] | None:
    """A performance of the same split, with its tempo from the file name (NN_style_BPM_...)."""
    if inputs.groove is None or random.uniform() < 0.25:
        return None
    files = _grooves(inputs.groove, job.split)
    if not files:
        return None
    path = files[int(random.integers(len(files)))]
    match = re.search(r"_(\d+)_beat_", path.name)
    return (groove.load(path), float(match.group(1))) if match else None


def run_job(job: Job, inputs: Inputs, out: Path, keep_stems: bool, seconds: float) -> float:
    """Makes one shard and returns its seconds of audio; 0 when it exists already."""
    folder = out / job.split / job.kind / job.name
    refuse_reserved(job.path)
    if (folder / "item.json").exists():
        return 0.0
    if job.kind == "soundtrack":
        audio = recordings.read(Path(job.path))
        return _write(folder, song_stems.sixteen_bit(audio), {}, None, job)
    if job.kind == "fretsonfire":
        mix, stems = song_stems.guitar_and_rest(Path(job.path))
        return _write(folder, mix, stems if keep_stems else {}, None, job)
    if job.kind == "eir":
        paths = recordings.eir_songs(Path(job.path).parent)[job.unit]
        mix, stems = song_stems.remix(paths, job.variant > 0, job.seed)
        return _write(folder, mix, stems if keep_stems else {}, None, job)
    if job.kind == "module":
        module = modules.load(Path(job.path), seconds=240, stems=keep_stems)
        channels = {c: [[n.start, n.duration, n.pitch, n.velocity] for n in ns] for c, ns in module.notes.items()}
        document = {"format": 1, "song": job.unit, "tempo": module.tempo, "channels": channels}
        stems = {f"{channel:02d}": audio for channel, audio in module.stems.items()}
        return _write(folder, module.mix, stems, document, job)
    random = np.random.default_rng(job.seed)
    score = _load_score(job, inputs)
    with_drums = job.kind in ("pop909", "lieder") and random.uniform() < (0.85 if job.kind == "pop909" else 0.1)
    partner = _random_groove(job, inputs, random) if with_drums else None
    score = arrange(score, partner, seconds, random)
    length = min(seconds, score.duration + 1.0)
    rendering = render(score, allowed_sources(job.split), length, job.seed)
    stems = {f"{i:02d}": stem.audio for i, stem in enumerate(rendering.stems)} if keep_stems else {}
    return _write(folder, rendering.mix, stems, truth(rendering), job)


def processor_seconds() -> float:
    """User and system time of this process and of its finished children (the synthesiser)."""
    usage = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(u.ru_utime + u.ru_stime for u in usage)


def _worker(arguments: tuple[Job, Inputs, Path, bool, float]) -> tuple[str, float, float, str]:
    """(name, seconds of audio, processor seconds, what went wrong or nothing)."""
    job, before = arguments[0], processor_seconds()
    try:
        made, problem = run_job(*arguments), ""
    except (ValueError, RuntimeError, KeyError, IndexError, ZeroDivisionError) as error:
        made, problem = 0.0, f"{type(error).__name__}: {error}"
    return job.name, made, processor_seconds() - before, problem


def prepare(
    inputs: Inputs, out: Path, processes: int, keep_stems: bool, seconds: float, hours: float, variants: int,
    kinds: tuple[str, ...] = (), splits: tuple[str, ...] = (), first_variant: int = 0,
) -> float:  # fmt: skip
    """Runs all jobs but those of the probes' songs, or stops when `hours` of new audio exist."""
    jobs = [job for job in list_jobs(inputs, variants, first_variant) if not kinds or job.kind in kinds]
    jobs = [job for job in jobs if not splits or job.split in splits]
    jobs = [job for job in jobs if not kept_for_probes(job.unit)]
    return run_jobs(jobs, inputs, out, processes, keep_stems, seconds, hours)


def run_jobs(
    jobs: list[Job], inputs: Inputs, out: Path, processes: int, keep_stems: bool, seconds: float,
    hours: float = math.inf,
) -> float:  # fmt: skip
    """Runs jobs until all are done or `hours` of new audio exist; prints one line a minute and returns the new hours.

    `realtime_per_core` is audio per processor second, so other programs on the machine do not count.
    Failures are written to `out`/failures.txt with their reason and counted, not hidden.
    """
    out.mkdir(parents=True, exist_ok=True)
    os.environ.update(KEPT_MEMORY | os.environ)  # what the workers start with
    started, last = time.monotonic(), 0.0
    made, spent, failed = 0.0, 0.0, 0
    work = ((job, inputs, out, keep_stems, seconds) for job in jobs)
    with multiprocessing.get_context("spawn").Pool(processes, initializer=os.nice, initargs=(5,)) as pool:
        for done, (name, length, seconds_spent, problem) in enumerate(pool.imap_unordered(_worker, work), 1):
            made, spent = made + length, spent + seconds_spent
            if problem:
                failed += 1
                with (out / "failures.txt").open("a") as file:
                    file.write(f"{name}: {problem}\n")
            elapsed = time.monotonic() - started
            if elapsed - last > 60 or done == len(jobs):
                last = elapsed
                print(f"prepared={done}/{len(jobs)} hours={made / 3600:.2f} failed={failed} "
                      f"realtime_per_core={made / max(spent, 1e-3):.1f}", flush=True)  # fmt: skip
            if made / 3600 >= hours:
                pool.terminate()
                break
    _remove_partial(out)
    return made / 3600
