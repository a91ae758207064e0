"""Real recordings: EIR multitrack songs (CC0) and game soundtracks under free licences."""

from __future__ import annotations

import subprocess
from pathlib import Path

import numpy as np
import soundfile
import soxr
from numpy.typing import NDArray

from sonido.data.splits import refuse_reserved

SAMPLE_RATE = 44_100
GAME_FOLDERS = ("/usr/share/naev", "/usr/share/unknown-horizons", "/usr/share/freedroidrpg", "/usr/share/starfighter")
"""Roots that are one album each; in the other roots every folder is one."""
SOUNDTRACK_ROOTS = (
    *("/usr/share/games", "/usr/share/hyperrogue", "/usr/share/ufoai", "/usr/share/scummvm"),
    *GAME_FOLDERS,
)
MINIMAL_SECONDS = 25.0
"""Shorter files in game folders are jingles and effects."""


def read(path: Path) -> NDArray[np.float32]:
    """[2, samples] float32 at 44.1 kHz of anything libsndfile or ffmpeg reads. Raises ValueError with their reason."""
    refuse_reserved(str(path))
    if path.suffix.lower() in (".m4a", ".aac", ".mp4"):
        command = ["ffmpeg", "-v", "error", "-i", str(path), "-f", "f32le", "-ac", "2", "-ar", str(SAMPLE_RATE), "-"]
        done = subprocess.run(command, capture_output=True, stdin=subprocess.DEVNULL)
        if done.returncode:
            raise ValueError(f"{path.name}: ffmpeg cannot read it: {done.stderr.decode()[-200:]}")
        return np.ascontiguousarray(np.frombuffer(done.stdout, "<f4").reshape(-1, 2).T)
    try:
        audio, rate = soundfile.read(str(path), dtype="float32", always_2d=True)
    except soundfile.LibsndfileError as error:
        raise ValueError(f"{path.name}: {error}") from error
    if rate != SAMPLE_RATE:
        audio = soxr.resample(audio, rate, SAMPLE_RATE)
    stereo = np.repeat(audio, 2, axis=1) if audio.shape[1] == 1 else audio[:, :2]
    return np.ascontiguousarray(stereo.T)


DRUM_WORDS = ("DRUM", "KICK", "SNARE", "HH", "CLAP", "PERC", "PRC", "HAT", "BEAT", "TOPS", "K_&_SN", "FILL")
ROLES = {"vocals": ("VOX",), "bass": ("BASS",), "drums": DRUM_WORDS}


def role_of(file_name: str) -> str:
    """Stem role from an EIR file name: vocals, drums, bass or other."""
    upper = file_name.upper()
    return next((role for role, words in ROLES.items() if any(word in upper for word in words)), "other")


def eir_songs(root: Path) -> dict[str, list[Path]]:
    """'eir/3.Sodium' -> its stem files (bounced masters left out)."""
    return {
        f"eir/{folder.name}": sorted(
            p for p in folder.iterdir() if p.suffix in (".m4a", ".wav") and "master" not in p.name.lower()
        )
        for folder in sorted(root.iterdir())
        if folder.is_dir() and folder.name[:1].isdigit()
    }


def frets_on_fire(roots: tuple[str, ...] = SOUNDTRACK_ROOTS) -> list[tuple[str, Path]]:
    """(unit, song folder): rock songs as guitar.ogg (and rhythm.ogg) beside song.ogg, the rest of the band."""
    found = [p.parent for root in roots for p in sorted(Path(root).rglob("guitar.ogg"))]
    return [(f"fretsonfire/{folder.name}", folder) for folder in found]


def is_button_score(path: Path) -> bool:
    """Frets on Fire's notes.mid says which buttons to press; it is no music."""
    return "fretsonfire" in path.parts


def soundtracks(roots: tuple[str, ...] = SOUNDTRACK_ROOTS) -> list[tuple[str, Path]]:
    """(album unit, file): long compressed audio files under the game folders; the album is the game's folder."""
    found: list[tuple[str, Path]] = []
    for root in roots:
        base = Path(root)
        for path in sorted(base.rglob("*")) if base.is_dir() else []:
            if path.suffix.lower() not in (".ogg", ".mp3", ".flac", ".opus") or not path.is_file():
                continue
            if is_button_score(path):  # stems, read by `frets_on_fire`
                continue
            try:
                info = soundfile.info(str(path))
            except soundfile.LibsndfileError:
                continue
            if info.frames / info.samplerate >= MINIMAL_SECONDS:
                album = base.name if root in GAME_FOLDERS else path.relative_to(base).parts[0]
                found.append((f"soundtrack/{album}", path))
    return found
