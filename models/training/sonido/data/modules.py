"""Tracker modules through libxmp: the mix, one stem per channel (the others muted) and the exact pattern notes."""

from __future__ import annotations

import ctypes
import ctypes.util
import os
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from sonido.data.score import Note

SAMPLE_RATE = 44_100
MAX_CHANNELS = 64
DEFAULT_MIX = 70
XMP_PLAYER_MIX = 1  # xmp.h: XMP_PLAYER_MIX, stereo separation in percent


class _Event(ctypes.Structure):
    _fields_ = [(n, ctypes.c_ubyte) for n in ("note", "ins", "vol", "fxt", "fxp", "f2t", "f2p", "flag")]


class _Channel(ctypes.Structure):
    _fields_ = [
        ("period", ctypes.c_uint),
        ("position", ctypes.c_uint),
        ("pitchbend", ctypes.c_short),
        *((n, ctypes.c_ubyte) for n in ("note", "instrument", "sample", "volume", "pan", "reserved")),
        ("event", _Event),
    ]


class _Frame(ctypes.Structure):
    """struct xmp_frame_info of libxmp 4.5."""

    _fields_ = [
        *((n, ctypes.c_int) for n in ("pos", "pattern", "row", "num_rows", "frame", "speed", "bpm", "time")),
        ("total_time", ctypes.c_int),
        ("frame_time", ctypes.c_int),
        ("buffer", ctypes.c_void_p),
        ("buffer_size", ctypes.c_int),
        ("total_size", ctypes.c_int),
        *((n, ctypes.c_int) for n in ("volume", "loop_count", "virt_channels", "virt_used", "sequence")),
        ("channel_info", _Channel * MAX_CHANNELS),
    ]


@dataclass
class Module:
    mix: NDArray[np.int16]
    """[2, samples]"""
    stems: dict[int, NDArray[np.int16]]
    """Channel -> [2, samples]; silent channels are left out."""
    notes: dict[int, list[Note]]
    tempo: list[tuple[float, int]]


def _library() -> ctypes.CDLL:
    name = os.environ.get("SONIDO_LIBXMP") or ctypes.util.find_library("xmp")
    if name is None:
        raise RuntimeError("libxmp is not installed; install the packages in apt-packages.txt")
    library = ctypes.CDLL(name)
    library.xmp_create_context.restype = ctypes.c_void_p
    for function in ("xmp_load_module", "xmp_start_player", "xmp_play_frame", "xmp_get_frame_info", "xmp_channel_mute",
                     "xmp_set_player", "xmp_end_player", "xmp_release_module", "xmp_free_context"):  # fmt: skip
        getattr(library, function).argtypes = None
    return library


def load(path: Path, seconds: float = 600.0, stems: bool = True) -> Module:
    """Plays the module once (no loop). Raises ValueError when libxmp refuses the file."""
    library = _library()
    context = ctypes.c_void_p(library.xmp_create_context())
    try:
        if library.xmp_load_module(context, str(path).encode()) != 0:
            raise ValueError(f"{path.name}: libxmp cannot load it, expected a tracker module")
        mix, notes, tempo, used = _play(library, context, seconds, None)
        solos: dict[int, NDArray[np.int16]] = {}
        if stems:
            for channel in sorted(used):
                solo = _play(library, context, seconds, channel)[0]
                if np.abs(solo).max(initial=0) > 8:
                    solos[channel] = solo[:, : mix.shape[1]]
        library.xmp_release_module(context)
        return Module(mix, solos, notes, tempo)
    finally:
        library.xmp_free_context(context)


def _play(
    library: ctypes.CDLL, context: ctypes.c_void_p, seconds: float, solo: int | None
) -> tuple[NDArray[np.int16], dict[int, list[Note]], list[tuple[float, int]], set[int]]:
    if library.xmp_start_player(context, SAMPLE_RATE, 0) != 0:
        raise ValueError("libxmp cannot start the player")
    if solo is not None:
        for channel in range(MAX_CHANNELS):
            library.xmp_channel_mute(context, channel, int(channel != solo))
    frame = _Frame()
    chunks: list[bytes] = []
    notes: dict[int, list[Note]] = {}
    tempo: list[tuple[float, int]] = []
    used: set[int] = set()
    samples = 0
    while library.xmp_play_frame(context) == 0:
        library.xmp_get_frame_info(context, ctypes.byref(frame))
        if frame.loop_count > 0 or samples > seconds * SAMPLE_RATE:
            break
        now = samples / SAMPLE_RATE
        if frame.frame == 0 and solo is None:
            if not tempo or tempo[-1][1] != frame.bpm:
                tempo.append((now, frame.bpm))
            for channel in range(min(MAX_CHANNELS, frame.virt_channels)):
                event = frame.channel_info[channel].event
                if 0 < event.note < 0x80:
                    used.add(channel)
                    notes.setdefault(channel, []).append(Note(now, 0.0, event.note - 1, 100))
        chunks.append(ctypes.string_at(frame.buffer, frame.buffer_size))
        samples += frame.buffer_size // 4
    library.xmp_end_player(context)
    for found in notes.values():
        for note, following in zip(found, [*found[1:], None], strict=True):
            end = following.start if following else samples / SAMPLE_RATE
            note.duration = min(8.0, max(0.02, end - note.start))
    audio = np.frombuffer(b"".join(chunks), "<i2").reshape(-1, 2).T
    return audio.copy(), notes, tempo, used
