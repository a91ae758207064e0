"""Writes golden.json: what the authors' own Python code makes of activations and of a clip that are both
computed here by formulas, so that the TypeScript tests can make them again.

    pip install onnxruntime numpy scipy librosa mir_eval pretty_midi resampy "setuptools<81"
    pip download --no-deps basic-pitch==0.4.0 && unzip basic_pitch-*.whl -d reference
    python make_golden.py reference

The package itself is only unpacked, because installing it asks for TensorFlow.
"""

import json
import math
import pathlib
import sys

import numpy as np

reference = pathlib.Path(sys.argv[1])
sys.path.insert(0, str(reference))
from basic_pitch import note_creation  # noqa: E402
from basic_pitch.inference import AUDIO_SAMPLE_RATE, Model, unwrap_output, window_audio_file  # noqa: E402

PITCHES = 88


class Random:
    """Numerical Recipes' 32-bit generator; the same numbers everywhere."""

    def __init__(self, seed):
        self.state = seed

    def next(self):
        self.state = (1664525 * self.state + 1013904223) % 2**32
        return (self.state >> 8) / 2**24


def activations(seed, frames):
    """Noise, and notes with attacks, dips and leakage into the neighbouring semitones; all float32."""
    random = Random(seed)
    note = np.zeros((frames, PITCHES), np.float32)
    onset = np.zeros((frames, PITCHES), np.float32)
    contour = np.zeros((frames, 3 * PITCHES), np.float32)
    for frame in range(frames):
        for pitch in range(PITCHES):
            note[frame, pitch] = 0.28 * random.next()
            onset[frame, pitch] = 0.3 * random.next()
        for bin in range(3 * PITCHES):
            contour[frame, bin] = 0.2 * random.next()
    for _ in range(frames // 8):
        pitch = 1 + int(random.next() * (PITCHES - 2))
        start = int(random.next() * (frames - 4))
        length = 6 + int(random.next() * 60)
        level = 0.32 + 0.6 * random.next()
        attack = random.next()
        bend = int(random.next() * 5) - 2
        dip = start + int(random.next() * length)
        dip_length = int(random.next() * 14)
        onset[start, pitch] = max(float(onset[start, pitch]), attack)
        for frame in range(start, min(frames, start + length)):
            sounding = 0.1 if dip <= frame < dip + dip_length else level * (0.8 + 0.2 * random.next())
            note[frame, pitch] = sounding
            note[frame, pitch + 1] = max(float(note[frame, pitch + 1]), 0.6 * sounding)
            contour[frame, min(3 * PITCHES - 1, max(0, 3 * pitch + bend))] = sounding
    return {"note": note, "onset": onset, "contour": contour}


def decode(output, options, bends):
    """[start frame, end frame, pitch, amplitude, (bends in thirds of a semitone)] as the authors decode them."""
    notes = note_creation.output_to_notes_polyphonic(
        output["note"].copy(),
        output["onset"].copy(),
        onset_thresh=options["onsetThreshold"],
        frame_thresh=options["frameThreshold"],
        min_note_len=options["minFrames"],
        infer_onsets=True,
        min_freq=options["minHz"],
        max_freq=options["maxHz"],
    )
    rows = [
        [int(start), int(end), int(pitch), round(float(amplitude), 6)] + ([[int(b) for b in bend]] if bends else [])
        for start, end, pitch, amplitude, bend in note_creation.get_pitch_bends(output["contour"], notes)
    ]
    return sorted(rows)


def clip():
    """Ten seconds of plucked notes, one to three at a time, with five harmonics; float32 mono at 22,050 Hz."""
    random = Random(7)
    audio = np.zeros(10 * AUDIO_SAMPLE_RATE)
    start = 0.1
    while start < 9:
        for _ in range(1 + int(random.next() * 3)):
            pitch = 45 + int(random.next() * 36)
            frequency = 440 * 2 ** ((pitch - 69) / 12)
            first = int(start * AUDIO_SAMPLE_RATE)
            count = min(len(audio) - first, int((0.3 + random.next()) * AUDIO_SAMPLE_RATE))
            for i in range(count):
                time = i / AUDIO_SAMPLE_RATE
                envelope = 0.12 * min(1, time / 0.004) * math.exp(-3 * time) * min(1, (count - i) / 200)
                for harmonic in range(1, 6):
                    phase = 2 * math.pi * frequency * harmonic * time
                    audio[first + i] += envelope * math.sin(phase) / harmonic
        start += 0.2 + 0.5 * random.next()
    return audio.astype(np.float32)


def run_model(audio):
    """`run_inference` without its file reader; all whole windows' frames kept."""
    model = Model(reference / "basic_pitch/saved_models/icassp_2022/nmp.onnx")
    overlap = 30
    padded = np.concatenate([np.zeros(overlap * 256 // 2, np.float32), audio])
    parts = {}
    for window, _ in window_audio_file(padded, 43844 - overlap * 256):
        for name, values in model.predict(window[np.newaxis]).items():
            parts.setdefault(name, []).append(values)
    return {name: unwrap_output(np.concatenate(values), len(audio), overlap) for name, values in parts.items()}


default = {"onsetThreshold": 0.5, "frameThreshold": 0.3, "minFrames": 11, "minHz": None, "maxHz": None}
cases = [
    {"seed": 1, "frames": 300, "options": default, "bends": True},
    {"seed": 2, "frames": 600, "options": {**default, "onsetThreshold": 0.3, "frameThreshold": 0.2, "minFrames": 3}},
    {"seed": 3, "frames": 600, "options": {**default, "minHz": 110, "maxHz": 1200}},
    {"seed": 4, "frames": 600, "options": {**default, "onsetThreshold": 0.9, "frameThreshold": 0.6, "minFrames": 0}},
    {"seed": 5, "frames": 13, "options": {**default, "minFrames": 2}},
]
for case in cases:
    case["notes"] = decode(activations(case["seed"], case["frames"]), case["options"], case.get("bends", False))
audio = clip()
output = run_model(audio)
golden = {
    "decoding": cases,
    "clip": {
        "sumOfSquares": round(float(np.sum(audio.astype(np.float64) ** 2)), 3),
        "frames": len(output["note"]),
        "options": default,
        "notes": decode(output, default, True),
    },
}
target = pathlib.Path(__file__).with_name("golden.json")
target.write_text(json.dumps(golden, separators=(",", ":")) + "\n")
print([len(case["notes"]) for case in cases], len(golden["clip"]["notes"]), target.stat().st_size, "bytes")
