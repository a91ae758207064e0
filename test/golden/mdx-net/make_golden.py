"""What an MDX-Net is fed and what is made of its answer, computed with torch.stft and torch.istft.

    python make_golden.py > golden.json

Written from the description of the models (a centred STFT with a periodic Hann window and reflected ends, the
lower bins as [left re, left im, right re, right im], the three lowest silenced, the answer transformed back and
multiplied by the compensation), without a look at the product's code. The "model" here is a fixed mask.
"""

import json

import numpy as np
import torch

HOP = 1024
COMPENSATE = 1.035


def wave(length: int) -> torch.Tensor:
    """[2][length], float32; the formula is repeated in the test."""
    n = np.arange(length, dtype=np.float64)
    left = 0.3 * np.sin(0.011 * n + 2e-7 * n * n) + 0.2 * np.cos(0.37 * n)
    right = 0.25 * np.cos(0.023 * n) + 0.1 * np.sin(1.3 * n + 1)
    return torch.from_numpy(np.stack([left, right]).astype(np.float32))


def case(fft_size: int, bins: int, frames: int) -> dict:
    window = torch.hann_window(fft_size, periodic=True)
    length = HOP * (frames - 1)
    spectrum = torch.stft(
        wave(length), fft_size, HOP, window=window, center=True, pad_mode="reflect", return_complex=True
    )
    # [2][all bins][frames] -> [4][bins][frames]
    fed = torch.view_as_real(spectrum).permute(0, 3, 1, 2).reshape(4, -1, frames)[:, :bins].clone()
    fed[:, :3] = 0
    f = torch.arange(bins, dtype=torch.float64)[:, None]
    t = torch.arange(frames, dtype=torch.float64)[None, :]
    mask = (0.5 + 0.5 * torch.cos(0.01 * f + 0.3 * t)).to(torch.float32)
    parts = torch.tensor([1.0, 0.9, 0.8, 0.7])[:, None, None]
    answer = torch.zeros(4, fft_size // 2 + 1, frames)
    answer[:, :bins] = fed * mask * parts
    back = torch.complex(answer[[0, 2]], answer[[1, 3]])
    stem = torch.istft(back, fft_size, HOP, window=window, center=True, length=length) * COMPENSATE

    rng = np.random.default_rng(fft_size)
    places = [
        [int(rng.integers(4)), int(rng.integers(bins if i % 2 else 64)), int(frame)]
        for i, frame in enumerate([*rng.integers(0, frames, 44), 0, 0, frames - 1, frames - 1])
    ]
    samples = sorted({0, 1, 7, length - 1, length - 2, *map(int, rng.integers(0, length, 60))})
    return {
        "fftSize": fft_size,
        "hop": HOP,
        "bins": bins,
        "frames": frames,
        "compensate": COMPENSATE,
        "places": places,
        "fed": [float(fed[p, b, t]) for p, b, t in places],
        "samples": samples,
        "stem": [[float(stem[c, n]) for n in samples] for c in range(2)],
    }


print(json.dumps([case(6144, 2048, 16), case(7680, 3072, 12), case(5120, 2048, 10)], indent=1))
