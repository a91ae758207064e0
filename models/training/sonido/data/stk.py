"""Physical and FM models of the Synthesis ToolKit (Debian's `stk`), rendered offline from a SKINI score by its program.

Only the models that are in tune, speak within 10 ms and give the same samples on every run are used; the plucked
string, the winds and the bow seed their noise by the clock or speak late.
"""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from pathlib import Path

import numpy as np
import soundfile
from numpy.typing import NDArray

from sonido.data.score import Part

SAMPLE_RATE = 44_100
PROGRAM = "stk-demo"
VOICES = 16
VOLUME = 20
"""MIDI controller 7: the sixteen voices must not clip."""

FAMILIES = {
    0: ("Rhodey", "Wurley"),
    2: ("BeeThree",),
    3: ("Mandolin", "HevyMetl"),
    4: ("Moog", "Mandolin"),
    6: ("FMVoices",),
    10: ("Moog", "HevyMetl"),
}
"""General MIDI family (program // 8) -> instruments."""


def installed() -> dict[int, tuple[str, ...]]:
    return FAMILIES if shutil.which(PROGRAM) else {}


def skini(part: Part, samples: int) -> str:
    """The score with times as whole samples: the program cuts every time difference to samples, so nothing drifts."""
    events = [(0, 0, f"ControlChange {{}} 1 7 {VOLUME}")]
    for note in part.notes:
        first, last = round(note.start * SAMPLE_RATE), round((note.start + note.duration) * SAMPLE_RATE)
        if first < samples and note.velocity:
            events.append((first, 2, f"NoteOn {{}} 1 {note.pitch} {note.velocity}"))
            events.append((min(last, samples), 1, f"NoteOff {{}} 1 {note.pitch} 64"))
    events.append((samples, 3, f"ControlChange {{}} 1 7 {VOLUME}"))
    lines, now = [], 0
    for time, _, text in sorted(events):
        lines.append(text.format(f"{(time - now + 0.25) / SAMPLE_RATE if time > now else 0:.9f}"))
        now = time
    return "\n".join(lines) + "\n"


def render(part: Part, instrument: str, samples: int) -> NDArray[np.float32]:
    """[2, samples] float32 at 44.1 kHz, both channels alike. Raises RuntimeError with the program's last words."""
    with tempfile.TemporaryDirectory(prefix="sonido-") as folder:
        score, out = Path(folder, "part.ski"), Path(folder, "out.wav")
        score.write_text(skini(part, samples))
        command = [PROGRAM, instrument, "-s", str(SAMPLE_RATE), "-n", str(VOICES), "-ow", str(out), "-if", str(score)]
        done = subprocess.run(command, capture_output=True, text=True, timeout=600, stdin=subprocess.DEVNULL)
        if done.returncode or not out.exists():
            raise RuntimeError(f"{PROGRAM} failed on {instrument}: {done.stderr[-300:]}")
        mono, _ = soundfile.read(str(out), dtype="float32", always_2d=True)
    audio = np.zeros((2, samples), np.float32)
    audio[:, : len(mono)] = mono[:samples, 0]
    return audio
