"""Samples and reconstructions as sound and as spectrogram pictures: the check by ear and eye."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import matplotlib
import numpy as np
import soundfile
import torch
from torch import Tensor

from sonido.clip_embedding import ClipEmbedding
from sonido.clip_grid import WINDOW as CLIP
from sonido.distortion import magnitudes
from sonido.hqvae import HQVAE
from sonido.musicality import Statistics, frames_shuffled, shuffled, statistics
from sonido.prior import Prior
from sonido.sampler import Sampling, sample
from sonido.tokenisation import TOP

matplotlib.use("Agg")
from matplotlib import pyplot


@torch.no_grad()
def draw_samples(
    model: HQVAE,
    clip: ClipEmbedding,
    priors: list[Prior],
    conditions: Tensor,
    seconds: float,
    seed: int,
    sampling: Sampling,
) -> Tensor:
    """[batch, 2, time] audio sampled with the clip embeddings of `conditions` [batch, 2, time] (at least 6 s)."""
    heard = conditions[:, :, : CLIP * TOP]
    embedded = clip(torch.nn.functional.pad(heard, (0, CLIP * TOP - heard.shape[-1])))
    tops = max(1, round(seconds * 44_100 / TOP))
    audio: Tensor = model.decode(sample(priors, tops, embedded, sampling, seed))
    return audio


@dataclass
class Judgement:
    groups: dict[str, list[Statistics]]
    """'held-out music' through the codec first, then samples, the controls, and the music before the codec."""
    sounds: dict[str, Tensor]
    """[2, time] of the first of each."""


@torch.no_grad()
def judge(
    model: HQVAE,
    clip: ClipEmbedding,
    priors: list[Prior],
    excerpts: Tensor,
    seconds: float,
    seed: int,
    sampling: Sampling,
) -> Judgement:
    """Samples conditioned on each of the held-out `excerpts` [items, 2, time] (at least 6 s) against those excerpts.

    The excerpts before the codec are a group of their own: what the codec itself changes.
    """
    generator = torch.Generator().manual_seed(seed)
    tops = round(seconds * 44_100 / TOP)
    tokens = model.encode(excerpts[:, :, : tops * TOP])
    each = [[level[i : i + 1] for level in tokens] for i in range(len(excerpts))]
    sounds = {
        "held-out music": model.decode(tokens),
        "samples": draw_samples(model, clip, priors, excerpts, seconds, seed, sampling),
        "tokens shuffled": torch.cat([model.decode(shuffled(t, generator)) for t in each]),
        "frames shuffled": torch.cat([model.decode(frames_shuffled(t, generator)) for t in each]),
        "before the codec": excerpts[:, :, : tops * TOP],
    }
    groups = {name: [statistics(audio) for audio in batch] for name, batch in sounds.items()}
    return Judgement(groups, {n: s[0] for n, s in sounds.items()})


def picture(rows: dict[str, Tensor], path: Path) -> None:
    """One log-magnitude spectrogram a row, dB against the loudest bin of each."""
    figure, axes = pyplot.subplots(len(rows), 1, figsize=(10, 2.6 * len(rows)), squeeze=False)
    for axis, (title, audio) in zip(axes[:, 0], rows.items(), strict=True):
        level = 20 * np.log10(magnitudes(audio[None].mean(1, keepdim=True), 2048, 4)[0].numpy() + 1e-6)
        seconds = audio.shape[1] / 44_100
        axis.imshow(
            level, origin="lower", aspect="auto", vmin=level.max() - 80, vmax=level.max(), extent=(0, seconds, 0, 22.05)
        )
        axis.set(title=title, ylabel="kHz", ylim=(0, 12))
    axes[-1, 0].set_xlabel("seconds")
    figure.tight_layout()
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, dpi=80)
    pyplot.close(figure)


def write_audio(audio: Tensor, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    soundfile.write(str(path), audio.clamp(-1, 1).T.numpy(), 44_100)
