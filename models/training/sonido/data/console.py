"""One channel strip: six-band EQ, compressor, pan, gain and a reverb send, with its parameters as truth.

EQ: the biquads of Bristow-Johnson's cookbook (low shelf, four peaks, high shelf). Compressor: feed-forward, peak level
of both channels, one gain a block of 64 samples, interpolated. Pan: constant power, 0 dB at the centre.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.signal import sosfilt

SAMPLE_RATE = 44_100
BLOCK = 64
EQ_CENTRES = (90.0, 250.0, 700.0, 2000.0, 5000.0, 10_000.0)

Audio = NDArray[np.float32]


@dataclass(frozen=True)
class Strip:
    gain_db: float
    pan: float
    """-1 left .. 1 right."""
    eq_db: tuple[float, float, float, float, float, float]
    eq_hertz: tuple[float, float, float, float, float, float]
    threshold_db: float
    ratio: float
    attack_seconds: float
    release_seconds: float
    makeup_db: float
    send_db: float

    def as_dict(self) -> dict[str, object]:
        return asdict(self)


def random_strip(random: np.random.Generator) -> Strip:
    eq = random.normal(0, 3.5, 6) * (random.uniform(size=6) < 0.6)
    hertz = np.array(EQ_CENTRES) * 2 ** random.uniform(-0.5, 0.5, 6)
    ratio = float(random.choice([1.0, 1.5, 2.0, 3.0, 4.0, 8.0]))
    threshold = float(random.uniform(-32, -8))
    low, b1, b2, b3, b4, high = (float(np.clip(v, -9, 9)) for v in eq)
    f0, f1, f2, f3, f4, f5 = (float(v) for v in hertz)
    return Strip(
        gain_db=float(random.normal(0, 4)),
        pan=float(np.clip(random.normal(0, 0.35), -1, 1)),
        eq_db=(low, b1, b2, b3, b4, high),
        eq_hertz=(f0, f1, f2, f3, f4, f5),
        threshold_db=threshold,
        ratio=ratio,
        attack_seconds=float(np.exp(random.uniform(np.log(0.001), np.log(0.05)))),
        release_seconds=float(np.exp(random.uniform(np.log(0.04), np.log(0.5)))),
        makeup_db=float(-threshold * (1 - 1 / ratio) * 0.4),
        send_db=float(random.choice([-60.0, *random.uniform(-30, -8, 3)])),
    )


def equaliser(strip: Strip) -> NDArray[np.float64]:
    """Second-order sections [bands, 6]; bands at 0 dB are left out (empty when flat)."""
    kinds = ("low", "peak", "peak", "peak", "peak", "high")
    rows = [_biquad(k, f, g) for k, f, g in zip(kinds, strip.eq_hertz, strip.eq_db, strict=True) if abs(g) > 1e-9]
    return np.array(rows).reshape(-1, 6)


def _biquad(kind: str, hertz: float, gain_db: float) -> list[float]:
    a = 10 ** (gain_db / 40)
    w = 2 * np.pi * hertz / SAMPLE_RATE
    cos = np.cos(w)
    if kind == "peak":
        alpha = np.sin(w) / 2  # Q = 1
        b = [1 + alpha * a, -2 * cos, 1 - alpha * a]
        c = [1 + alpha / a, -2 * cos, 1 - alpha / a]
    else:
        sign = 1 if kind == "low" else -1
        alpha = np.sin(w) / 2 * np.sqrt(2)  # shelf slope 1
        root = 2 * np.sqrt(a) * alpha
        b = [a * ((a + 1) - sign * (a - 1) * cos + root), sign * 2 * a * ((a - 1) - sign * (a + 1) * cos),
             a * ((a + 1) - sign * (a - 1) * cos - root)]  # fmt: skip
        c = [(a + 1) + sign * (a - 1) * cos + root, -sign * 2 * ((a - 1) + sign * (a + 1) * cos),
             (a + 1) + sign * (a - 1) * cos - root]  # fmt: skip
    return [float(v / c[0]) for v in (*b, *c)]


def compressor_gain(audio: Audio, strip: Strip) -> NDArray[np.float32]:
    """Linear gain per sample [samples], make-up included."""
    samples = audio.shape[1]
    blocks = -(-samples // BLOCK)
    if strip.ratio == 1.0:
        return np.full(samples, 10 ** (strip.makeup_db / 20), np.float32)
    peaks = np.zeros(blocks * BLOCK, np.float32)
    peaks[:samples] = np.maximum(np.abs(audio[0]), np.abs(audio[1]))
    level = 20 * np.log10(peaks.reshape(blocks, BLOCK).max(1) + 1e-6)
    wanted = np.minimum(0.0, (strip.threshold_db - level) * (1 - 1 / strip.ratio))
    attack = float(np.exp(-BLOCK / SAMPLE_RATE / strip.attack_seconds))
    release = float(np.exp(-BLOCK / SAMPLE_RATE / strip.release_seconds))
    smooth = np.empty(blocks)
    state = 0.0
    for index, value in enumerate(wanted.tolist()):
        state = value + (attack if value < state else release) * (state - value)
        smooth[index] = state
    gain = (10 ** ((smooth + strip.makeup_db) / 20)).astype(np.float32)
    # Linear between the blocks' centres, constant outside of the first and the last.
    knots = np.concatenate([gain[:1], gain, gain[-1:]])
    position = (np.arange(BLOCK, dtype=np.float32) / BLOCK)[None]
    ramps = knots[:-1, None] + position * (knots[1:] - knots[:-1])[:, None]
    return np.ascontiguousarray(ramps.reshape(-1)[BLOCK // 2 : BLOCK // 2 + samples])


def pan_gains(pan: float) -> tuple[float, float]:
    angle = (pan + 1) * np.pi / 4
    return float(np.sqrt(2) * np.cos(angle)), float(np.sqrt(2) * np.sin(angle))


def process(audio: Audio, strip: Strip) -> Audio:
    """EQ, compressor, gain and pan on [2, samples]; the reverb send is taken from the result."""
    sections = equaliser(strip)
    out = sosfilt(sections, audio, axis=1).astype(np.float32) if len(sections) else audio
    out = out * compressor_gain(out, strip) * np.float32(10 ** (strip.gain_db / 20))
    left, right = pan_gains(strip.pan)
    return np.stack([out[0] * np.float32(left), out[1] * np.float32(right)])
