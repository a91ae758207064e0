"""What PyTorch computes of a test signal, for the product's tests: tokens, clips, every 37th row of the features."""

from __future__ import annotations

import math
from pathlib import Path

import torch
from safetensors.torch import save_file
from torch import Tensor

from sonido.clip_stage import embed_long, load_clip
from sonido.config import HOPS, SAMPLE_RATE, model_config
from sonido.features import level_features
from sonido.pipeline import load_codec, load_priors
from sonido.tokenisation import encode_long, in_pytorch

SECONDS = 26
"""Longer than the coarse prior's context (23.8 s), so that every level has several windows."""
EVERY = 37
"""Rows that are kept; no divisor of any window."""
LEVELS = ("coarse", "medium", "fine")


def test_signal(frames: int) -> Tensor:
    """[2, frames]: a chord of decaying tones each half second, panned, with noise from Park and Miller's generator."""
    time = torch.arange(frames, dtype=torch.float64) / SAMPLE_RATE
    audio = torch.zeros(2, frames, dtype=torch.float64)
    for beat in range(math.ceil(2 * frames / SAMPLE_RATE)):
        after = time - beat / 2
        envelope = torch.where(after >= 0, torch.exp(-4 * after.clamp_min(0)), 0.0)
        for voice in range(3):
            tone = 0.1 * envelope * torch.sin(2 * math.pi * 110 * 2 ** (((beat * 5) % 12 + 4 * voice) / 12) * after)
            audio[0] += tone * (3 - voice) / 3
            audio[1] += tone * (1 + voice) / 3
    state, noise = 1, torch.empty(frames, dtype=torch.float64)
    for index in range(frames):
        state = state * 48271 % 2147483647
        noise[index] = 2 * state / 2147483647 - 1
    return (audio + 0.01 * noise).float()


@torch.no_grad()
def write(run: Path, size: str, path: Path, layers: list[int] | None) -> None:
    model, priors = load_codec(run, size), load_priors(run, model_config(size))
    signal = test_signal(SECONDS * SAMPLE_RATE)
    tokens = encode_long(in_pytorch(model), signal)
    clips = embed_long(load_clip(run, model_config(size)), signal)
    tensors: dict[str, Tensor] = {"clip": clips.contiguous()}
    for level, (name, prior) in enumerate(zip(LEVELS, priors, strict=True)):
        upper = tokens[level - 1] if level else None
        features = level_features(prior, tokens[level], upper, clips, None if layers is None else layers[level])
        tensors[f"tokens.{name}"] = tokens[level].to(torch.int16)
        tensors[f"features.{name}"] = features[::EVERY].half().contiguous()
    path.parent.mkdir(parents=True, exist_ok=True)
    save_file(tensors, path, metadata={"every": str(EVERY), "seconds": str(SECONDS), "hops": str(list(HOPS))})
