"""Samples and reconstructions as sound and as spectrogram pictures: the check by ear and eye."""

from __future__ import annotations

from pathlib import Path

import matplotlib
import numpy as np
import soundfile
import torch
from torch import Tensor

from sonido.clip_embedding import ClipEmbedding
from sonido.distortion import magnitudes
from sonido.hqvae import HQVAE
from sonido.prior import Prior
from sonido.sampler import sample
from sonido.tokenisation import WINDOW, encode_chunk

matplotlib.use("Agg")
from matplotlib import pyplot


@torch.no_grad()
def draw_sample(
    model: HQVAE, clip: ClipEmbedding, priors: list[Prior], condition: Tensor, seconds: float, seed: int
) -> Tensor:
    """[2, time] audio sampled with the clip embedding of `condition` [2, time] (at least 6 s)."""
    features = encode_chunk(model, condition[None, :, : WINDOW * 2048])[1]
    tops = max(1, round(seconds * 44_100 / 2048))
    tokens = sample(priors, tops, clip(features), 1.0, seed)
    audio: Tensor = model.decode(tokens)[0]
    return audio


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
