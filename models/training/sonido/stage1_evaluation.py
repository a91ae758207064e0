"""What every stage-1 run reports, always with hard codes: perplexity / K, ablation by level, SI-SDR, STFT distance."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol, cast

import torch
from torch import Tensor, nn

from sonido.distortion import multi_resolution_stft, si_sdr
from sonido.quantiser import perplexity


class Codec(Protocol):
    codes_per_level: list[int]

    def encode(self, audio: Tensor) -> list[Tensor]: ...

    def decode(self, tokens: list[Tensor]) -> Tensor: ...


@dataclass
class Stage1Report:
    si_sdr: float
    stft: float
    usage: list[float]
    """Perplexity / K per token stream."""
    ablation: list[float]
    """Relative rise of the STFT distance when this stream alone is random."""
    ablation_per_kilobit: list[float] = field(default_factory=list)
    """The rise divided by the stream's kilobits per second."""

    def flat(self) -> dict[str, float]:
        values = {"si_sdr": self.si_sdr, "mrstft": self.stft}
        values |= {f"usage_{i}": v for i, v in enumerate(self.usage)}
        values |= {f"ablation_{i}": v for i, v in enumerate(self.ablation)}
        return values | {f"ablation_per_kbit_{i}": v for i, v in enumerate(self.ablation_per_kilobit)}


@torch.no_grad()
def evaluate(model: nn.Module, audio: Tensor, batch: int = 8, seed: int = 0) -> Stage1Report:
    """audio [items, 2, time]. Tokens are encoded once; each stream is then replaced by uniform random codes."""
    codec = cast(Codec, model)
    generator = torch.Generator().manual_seed(seed)
    tokens: list[list[Tensor]] = []
    sdr: list[Tensor] = []
    distances: list[float] = []
    ablated: list[list[float]] = []
    sizes: list[int] = []
    for start in range(0, len(audio), batch):
        part = audio[start : start + batch]
        encoded = codec.encode(part)
        decoded = codec.decode(encoded)
        tokens.append(encoded)
        sdr.append(si_sdr(decoded, part).cpu())
        distances.append(multi_resolution_stft(decoded, part).item())
        row: list[float] = []
        for level, codes in enumerate(codec.codes_per_level):
            changed = list(encoded)
            random = torch.randint(codes, encoded[level].shape, generator=generator)
            changed[level] = random.to(part.device)
            row.append(multi_resolution_stft(codec.decode(changed), part).item())
        ablated.append(row)
        sizes.append(len(part))
    weights = torch.tensor(sizes, dtype=torch.float64)
    stft = float((torch.tensor(distances, dtype=torch.float64) * weights).sum() / weights.sum())
    streams = len(codec.codes_per_level)
    usage, ablation, per_kilobit = [], [], []
    seconds = audio.shape[0] * audio.shape[2] / 44_100
    for level in range(streams):
        joined = torch.cat([t[level].flatten() for t in tokens]).cpu()
        codes = codec.codes_per_level[level]
        usage.append(perplexity(torch.bincount(joined, minlength=codes)) / codes)
        column = torch.tensor([row[level] for row in ablated], dtype=torch.float64)
        rise = float((column * weights).sum() / weights.sum()) / stft - 1
        ablation.append(rise)
        kilobits = joined.numel() * (codes - 1).bit_length() / seconds / 1000
        per_kilobit.append(rise / kilobits)
    return Stage1Report(float(torch.cat(sdr).mean()), stft, usage, ablation, per_kilobit)
