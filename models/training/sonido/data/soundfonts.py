"""Soundfonts rendered by the fluidsynth program, one part at a time, dry (its own reverb and chorus off)."""

from __future__ import annotations

import os
import subprocess
import tempfile
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from sonido.data.midi_files import write_part
from sonido.data.score import Part

SAMPLE_RATE = 44_100

KNOWN = {
    "fluid": ("sf2/FluidR3_GM.sf2", "MIT"),
    "musescore": ("sf3/MuseScore_General_Full.sf3", "MIT"),
    "timgm": ("sf2/TimGM6mb.sf2", "GPL-2"),
    "opl3": ("sf2/OPL-3_FM_128M.sf2", "GPL-3 or public domain (see the package)"),
}
"""Name -> (path under the sounds folder, licence)."""
DRUM_FONTS = {
    "Black_Pearl_4": ("sf2/Black_Pearl_4_LV2.sf2", "CC BY-SA 3.0"),
    "Red_Zeppelin_4": ("sf2/Red_Zeppelin_4_LV2.sf2", "CC BY-SA 3.0"),
}
"""Soundfonts that hold one multi-sampled drum kit and nothing else."""


@dataclass(frozen=True)
class Soundfont:
    name: str
    path: Path


def installed(root: Path | None = None, known: dict[str, tuple[str, str]] | None = None) -> list[Soundfont]:
    """Soundfonts of `known` (default KNOWN) found under `root` (default /usr/share/sounds, or $SONIDO_SOUNDS)."""
    base = root or Path(os.environ.get("SONIDO_SOUNDS", "/usr/share/sounds"))
    wanted = KNOWN if known is None else known
    return [Soundfont(name, base / path) for name, (path, _) in wanted.items() if (base / path).exists()]


def fluidsynth_command() -> list[str]:
    """The program, or the wrapper that a bundle brings along in $SONIDO_FLUIDSYNTH."""
    return os.environ.get("SONIDO_FLUIDSYNTH", "fluidsynth").split()


def render(part: Part, font: Soundfont, program: int, samples: int, detune_cents: float = 0.0) -> NDArray[np.float32]:
    """[2, samples] float32 at 44.1 kHz. Raises RuntimeError with the program's last words when it fails."""
    with tempfile.TemporaryDirectory(prefix="sonido-") as folder:
        midi, out, setup = Path(folder, "part.mid"), Path(folder, "out.raw"), Path(folder, "setup.txt")
        # A kit's only preset is in bank 0: channel 10 would look for it in bank 128 and play nothing.
        write_part(replace(part, drums=False) if font.name in DRUM_FONTS else part, midi, program)
        setup.write_text(
            "tuning tune 0 0\n"
            + "".join(f"tune 0 0 {key} {100 * key + detune_cents:.3f}\n" for key in range(128))
            + "".join(f"settuning {channel} 0 0\n" for channel in range(9))
            if detune_cents
            else ""
        )
        command = [
            *fluidsynth_command(), "-n", "-i", "-q", "-R", "0", "-C", "0", "-g", "0.4", "-r", str(SAMPLE_RATE),
            "-o", "synth.dynamic-sample-loading=1", "-o", "synth.polyphony=256", "-o", "synth.midi-bank-select=gm",
            "-T", "raw", "-O", "float", "-E", "little", "-F", str(out),
            *(["-f", str(setup)] if detune_cents else []),
            str(font.path), str(midi),
        ]  # fmt: skip
        done = subprocess.run(command, capture_output=True, text=True, timeout=600, stdin=subprocess.DEVNULL)
        if done.returncode or not out.exists():
            raise RuntimeError(f"fluidsynth failed on {font.name} program {program}: {done.stderr[-300:]}")
        raw = np.fromfile(out, dtype="<f4").reshape(-1, 2).T
    audio = np.zeros((2, samples), np.float32)
    count = min(samples, raw.shape[1])
    audio[:, :count] = raw[:, :count]
    return audio
