"""The whole chain at toy size: render -> stage 1 -> stage 2 -> ONNX -> parity on real audio. Minutes on two cores."""

from __future__ import annotations

import shutil
import subprocess
import time
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from sonido import pipeline
from sonido.audition import draw_samples, picture
from sonido.clip_stage import load_clip
from sonido.config import model_config
from sonido.data import recordings, soundfonts
from sonido.data.clips import read_index, read_segment
from sonido.data.generated import numbers
from sonido.data.preparation import Inputs, prepare
from sonido.onnx_export import CHUNK_TOPS
from sonido.plots import plot
from sonido.sampler import Sampling

SIZE = "debug"
CHUNK = CHUNK_TOPS * 2048


def chain(out: Path, data: Path | None, processes: int = 2) -> dict[str, float]:
    """Runs everything in `out` (emptied first) and returns seconds per stage. `data` holds the EIR songs when given.

    Raises what any stage raises; ArithmeticError when a held-out number is not finite or ONNX differs.
    """
    shutil.rmtree(out, ignore_errors=True)
    seconds: dict[str, float] = {}
    clock = time.monotonic()

    def lap(stage: str) -> None:
        nonlocal clock
        seconds[stage] = time.monotonic() - clock
        clock = time.monotonic()

    has_fonts = bool(soundfonts.installed()) and shutil.which(soundfonts.fluidsynth_command()[0]) is not None
    print(f"stage=render soundfonts={has_fonts} eir={data is not None}", flush=True)
    inputs = Inputs(generated=tuple(numbers(10, 2)), game_midi=(), modules=(), soundtracks=())
    prepare(inputs, out / "shards", processes, keep_stems=True, seconds=14.0, hours=1.0, variants=1)
    if (out / "shards" / "failures.txt").exists():
        raise RuntimeError("rendering failed: " + (out / "shards" / "failures.txt").read_text())
    lap("render")
    pipeline.stage1(out / "shards", out / "stage1", SIZE)
    lap("stage1")
    pipeline.tokens(out / "shards", out, SIZE, hours=1.0, held_out_hours=0.1)
    pipeline.stage2(out, SIZE)
    lap("stage2")
    results = pipeline.to_onnx(out, out / "onnx", SIZE, real_clip(out / "shards", data))
    lap("onnx")
    config = model_config(SIZE)
    condition = torch.from_numpy(read_segment(read_index(out / "shards", "train")[0], 0, 6 * 44_100))
    model = pipeline.load_codec(out, SIZE)
    clip, priors = load_clip(out, config), pipeline.load_priors(out, config)
    drawn = draw_samples(model, clip, priors, condition[None], 0.7, 0, Sampling())[0]
    if not torch.isfinite(drawn).all():
        raise ArithmeticError("the sampled audio is not finite")
    picture({"condition": condition, "sample": drawn}, out / "sample.png")
    plot(out / "stage1" / "log.txt", out / "stage1.png")
    lap("sample")
    worst = max(r.worst for r in results)
    print(f"stage=done parity_checks={len(results)} worst={worst:.3g} "
          + " ".join(f"{k}={v:.0f}s" for k, v in seconds.items()), flush=True)  # fmt: skip
    return seconds


def real_clip(shards: Path, data: Path | None) -> Tensor:
    """[2, 2, CHUNK]: two places of a real song when the data are there, else of rendered songs."""
    if data is not None:
        stems = recordings.eir_songs(data)
        song = next((files for name, files in stems.items() if "Hydrogen" in name), [])
        try:
            parts = [recordings.read(p) for p in song if "VOX_LEAD" in p.name or "MAIN_DRUMS" in p.name]
            length = min(p.shape[1] for p in parts)
            mix = np.sum([p[:, :length] for p in parts], axis=0) * 0.5
            places = [int(np.argmax(np.abs(mix).sum(0))) // 2, length // 2]
            return torch.from_numpy(np.stack([mix[:, s : s + CHUNK] for s in places])).float()
        except (ValueError, FileNotFoundError, subprocess.SubprocessError) as error:
            print(f"stage=parity skipped_real_audio='{error}' (install ffmpeg for it)", flush=True)
    items = read_index(shards, "train")[:2]
    return torch.from_numpy(np.stack([read_segment(item, 0, CHUNK) for item in items]))
