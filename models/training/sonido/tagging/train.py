"""Training of the tagging head on cached clips; a run of two minutes on one core."""

from __future__ import annotations

import copy
import math
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from sonido.tagging.examples import Example
from sonido.tagging.head import MEL_WIDTH, TaggingHead
from sonido.tagging.labels import MIXTURE, ROLES

ROLE_WEIGHTS = torch.tensor([0.25 if role == MIXTURE else 1.0 for role in ROLES])
"""Half of what is drawn are mixtures, and they are easily told from parts."""


@dataclass(frozen=True)
class HeadConfig:
    steps: int = 800
    batch: int = 32
    frames: int = 96
    """Frames of a random crop (4.5 s)."""
    learning_rate: float = 3e-3
    weight_decay: float = 0.02
    gain: float = 0.4
    """Deviation of a clip's random gain in mel units (0.5 is 10 dB)."""
    noise: float = 0.3
    """Deviation of the noise added to standardised features' columns."""
    average: float = 0.99


@dataclass
class Batch:
    mel: Tensor
    extra: Tensor
    mask: Tensor
    activity: Tensor
    instruments: Tensor
    known: Tensor
    key: Tensor
    role: Tensor


def collate(picked: list[tuple[Example, int]], frames: int) -> Batch:
    """Crops from the given places; clips that are shorter are filled with masked frames."""

    def crop(x: Tensor, start: int) -> Tensor:
        part = x[start : start + frames]
        missing = frames - len(part)
        return part if missing == 0 else torch.cat([part, part.new_zeros(missing, *part.shape[1:])])

    def stack(name: str) -> Tensor:
        return torch.stack([crop(getattr(e, name), s) for e, s in picked])

    examples = [e for e, _ in picked]
    return Batch(
        stack("mel"), stack("extra"), stack("mask"), stack("activity"),
        torch.stack([e.instruments for e in examples]), torch.stack([e.known for e in examples]),
        torch.tensor([e.key for e in examples]), torch.tensor([e.role for e in examples]),
    )  # fmt: skip


def loss_of(head: TaggingHead, batch: Batch) -> Tensor:
    instruments, key, role, activity = head(batch.mel, batch.extra, batch.mask)
    by_class = F.binary_cross_entropy_with_logits(instruments, batch.instruments, reduction="none")
    total = (by_class * batch.known).sum() / batch.known.sum().clamp_min(1) * 3
    by_frame = F.binary_cross_entropy_with_logits(activity, batch.activity, reduction="none").mean(-1)
    total = total + (by_frame * batch.mask).sum() / batch.mask.sum().clamp_min(1)
    for logits, truth, weights in ((key, batch.key, None), (role, batch.role, ROLE_WEIGHTS)):
        if bool((truth >= 0).any()):
            smoothed = F.cross_entropy(logits, truth, weights, ignore_index=-1, label_smoothing=0.1)
            total = total + 0.5 * smoothed
    return total


@dataclass(frozen=True)
class Group:
    examples: list[Example]
    weight: int = 1
    """How often it is drawn from, beside the other groups."""


def train_head(groups: list[Group], config: HeadConfig, seed: int, mel_extra: bool) -> TaggingHead:
    """A head on the examples of `groups`; `mel_extra`: `extra` follows a clip's gain."""
    torch.manual_seed(seed)
    random = np.random.default_rng(seed)
    width = groups[0].examples[0].extra.shape[1]
    head = TaggingHead(width)
    rows = [torch.cat([e.mel, e.extra], dim=1)[e.mask > 0][::7] for group in groups for e in group.examples]
    head.standardise(torch.cat(rows))
    draws = [group.examples for group in groups for _ in range(group.weight)]
    extra_deviation = head.deviation[MEL_WIDTH:]
    optimiser = torch.optim.AdamW(head.parameters(), lr=config.learning_rate, weight_decay=config.weight_decay)
    averaged = copy.deepcopy(head).eval()
    for step in range(config.steps):
        share = min(1.0, (step + 1) / 50) * 0.5 * (1 + math.cos(math.pi * step / config.steps))
        for parameters in optimiser.param_groups:
            parameters["lr"] = config.learning_rate * share
        picked = []
        for _ in range(config.batch):
            examples = draws[int(random.integers(len(draws)))]
            example = examples[int(random.integers(len(examples)))]
            picked.append((example, int(random.integers(max(1, len(example.mask) - config.frames + 1)))))
        batch = collate(picked, config.frames)
        gain = config.gain * torch.randn(config.batch, 1, 1)
        batch.mel = batch.mel + gain
        if mel_extra:  # mean follows the gain; deviation and change do not
            batch.extra = torch.cat([batch.extra[..., : width // 3] + gain, batch.extra[..., width // 3 :]], dim=-1)
        batch.extra = batch.extra + config.noise * extra_deviation * torch.randn(config.batch, 1, width)
        head.train()
        loss = loss_of(head, batch)
        optimiser.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        optimiser.step()
        with torch.no_grad():
            for slow, fast in zip(averaged.parameters(), head.parameters(), strict=True):
                slow.lerp_(fast, 1 - min(config.average, (step + 1) / (step + 10)))
    return averaged
