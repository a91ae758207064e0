"""The project's own clip embedding: the global condition of the priors, in the place of CLAP.

A small network over log spectra of 11.9 s of audio (`sonido.spectrum`), trained against what the renderer knows about a
clip: instrument families, drums, voice, key and tempo. One branch hears colour, a stack of convolutions over time; the
other hears pitch: the same small filters at every place of a scale in semitones, folded to one octave, so that a
transposed clip gives a turned pattern, and the key is read off by templates turned to all twelve tonics.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from sonido.layers import Stack
from sonido.spectrum import BANDS_PER_OCTAVE, COLOUR, OCTAVES, PITCH, Spectrum

FAMILIES = 16
TAGS = FAMILIES + 2 + 24 + 8
"""General MIDI families, drums, voice, keys, tempo classes."""
TONICS = ("C", "C#", "D", "D#", "E", "F", "F#", "G", "G#", "A", "A#", "B")
SILENT = 1e-7
"""Mean square (-70 dB) below which a frame is left out."""
STEP = 4
"""Coarse frames that the colour branch takes at a time (0.19 s)."""
POOL = 8
"""Coarse frames that the pitch branch averages (0.37 s)."""


def masked_mean(x: Tensor, mask: Tensor) -> Tensor:
    """x [batch, time, width] over the frames whose mask [batch, time, 1] is 1."""
    mean: Tensor = (x * mask).sum(1) / mask.sum(1).clamp_min(1e-3)
    return mean


class ColourBranch(nn.Module):
    """Spectra [batch, time, ...] and mask [batch, time] -> [batch, 6 * width]."""

    def __init__(self, width: int = 96, heads: int = 4) -> None:
        super().__init__()
        self.inner = nn.Linear(PITCH + STEP * COLOUR, width)
        self.stack = Stack(width, 3)
        self.norm = nn.LayerNorm(width)
        self.attend = nn.Linear(width, heads)
        self.dropout = nn.Dropout(0.1)
        self.width = (heads + 2) * width

    def forward(self, pitch: Tensor, colour: Tensor, mask: Tensor) -> Tensor:
        batch, time, _ = pitch.shape
        steps = time // STEP
        pooled = pitch.reshape(batch, steps, STEP, PITCH).mean(2)
        joined = torch.cat([pooled, colour.reshape(batch, steps, STEP * COLOUR)], dim=-1)
        sounding = mask.reshape(batch, steps, STEP).amax(-1, keepdim=True)
        hidden = self.norm(self.stack(self.dropout(F.gelu(self.inner(joined)))))
        weights = torch.softmax(self.attend(hidden) + 30 * (sounding - 1), dim=1)
        attended = (weights.transpose(1, 2) @ hidden).flatten(1)
        mean = masked_mean(hidden, sounding)
        spread = (masked_mean(hidden.square(), sounding) - mean.square()).clamp_min(1e-5).sqrt()
        return torch.cat([attended, mean, spread], dim=-1)


class PitchBranch(nn.Module):
    """Pitch [batch, time, 168] -> (pattern [batch, 24 * channels], key logits [batch, 24] in the order of the tags)."""

    def __init__(self, channels: int = 8, patterns: int = 12) -> None:
        super().__init__()
        self.first = nn.Conv2d(1, channels, 5, padding=2)
        self.second = nn.Conv2d(channels, channels, 5, padding=2)
        self.octaves = nn.Parameter(torch.full((channels, OCTAVES), 1 / OCTAVES))
        self.turn = nn.Linear(channels * BANDS_PER_OCTAVE, patterns)
        """The same for every place of the octave."""
        self.templates = nn.Linear(patterns * BANDS_PER_OCTAVE, 2)
        """Major and minor at one tonic."""
        self.width = patterns * BANDS_PER_OCTAVE

    def forward(self, pitch: Tensor, mask: Tensor) -> tuple[Tensor, Tensor]:
        batch, time, _ = pitch.shape
        steps = time // POOL
        pooled = pitch.reshape(batch, steps, POOL, PITCH).mean(2)
        sounding = mask.reshape(batch, steps, POOL).amax(-1, keepdim=True)
        # Against loudness and tilt: a band counts by how it stands out of its surroundings.
        around = F.avg_pool1d(pooled, 25, 1, 12, count_include_pad=False)
        raised = F.gelu(self.second(F.gelu(self.first((pooled - around)[:, None]))))
        channels = raised.shape[1]
        averaged = masked_mean(raised.transpose(1, 2).flatten(2), sounding)
        folded = averaged.reshape(batch, channels, OCTAVES, BANDS_PER_OCTAVE)
        chroma = (folded * self.octaves[None, :, :, None]).sum(2)
        pattern = F.gelu(self.turn(_turned(chroma.transpose(1, 2))))
        keys: Tensor = self.templates(_turned(pattern)[:, ::2]).flatten(1)
        return pattern.flatten(1), keys


def _turned(x: Tensor) -> Tensor:
    """[batch, 24, channels] -> [batch, 24, 24 * channels]: at each place of the octave all places as seen from it."""
    twice = torch.cat([x, x], dim=1)
    return torch.cat([twice[:, i : i + BANDS_PER_OCTAVE] for i in range(BANDS_PER_OCTAVE)], dim=-1)


class ClipEmbedding(nn.Module):
    def __init__(self, dimension: int) -> None:
        super().__init__()
        self.spectrum = Spectrum()
        self.colour = ColourBranch()
        self.pitch = PitchBranch()
        self.out = nn.Linear(self.colour.width + self.pitch.width + 24, dimension)

    def forward(self, audio: Tensor) -> Tensor:
        """Audio [batch, 2, clip_grid.WINDOW * 2048] -> vectors [batch, dimension] of length sqrt(dimension)."""
        pitch, colour, level = self.spectrum(audio.float())
        embedded, _ = self.embed(pitch, colour, pitch, (level > SILENT).to(pitch.dtype))
        return embedded

    def embed(self, pitch: Tensor, colour: Tensor, keyed: Tensor, mask: Tensor) -> tuple[Tensor, Tensor]:
        """(embedding, key logits) of spectra; the pitch branch hears `keyed`, in training `pitch` transposed."""
        dtype = self.out.weight.dtype
        pitch, colour, keyed, mask = (x.to(dtype) for x in (pitch, colour, keyed, mask))
        pattern, keys = self.pitch(keyed, mask)
        joined = self.out(torch.cat([self.colour(pitch, colour, mask), pattern, torch.softmax(keys, dim=-1)], dim=-1))
        scaled: Tensor = F.normalize(joined, dim=-1) * joined.shape[-1] ** 0.5
        return scaled, keys


class TagEncoder(nn.Module):
    """Tags [batch, TAGS] in 0..1 -> [batch, dimension]; used in training only."""

    def __init__(self, dimension: int) -> None:
        super().__init__()
        self.inner = nn.Linear(TAGS, 2 * dimension)
        self.out = nn.Linear(2 * dimension, dimension)
        self.log_scale = nn.Parameter(torch.tensor(2.0))

    def forward(self, tags: Tensor) -> Tensor:
        encoded: Tensor = self.out(F.gelu(self.inner(tags)))
        return F.normalize(encoded, dim=-1)


def contrastive_loss(clip: Tensor, tags: Tensor, tag_vectors: Tensor, log_scale: Tensor) -> Tensor:
    """Symmetric InfoNCE; pairs of clips with equal tags are no negatives of each other."""
    logits = log_scale.exp().clamp(max=100) * F.normalize(clip, dim=-1) @ tag_vectors.t()
    same = (tags[:, None] - tags[None]).abs().sum(-1) < 1e-6
    same.fill_diagonal_(False)
    logits = logits.masked_fill(same, -1e4)
    target = torch.arange(len(clip), device=clip.device)
    return (F.cross_entropy(logits, target) + F.cross_entropy(logits.t(), target)) / 2


def tags_of(truth: dict[str, object], start: float, end: float) -> Tensor:
    """[TAGS] from a truth.json for the span [start, end) in seconds: what sounds there, its key and its tempo."""
    tags = torch.zeros(TAGS)
    stems = truth.get("stems", [])
    assert isinstance(stems, list)
    for stem in stems:
        if not any(n[0] < end and n[0] + n[1] > start for n in stem["notes"]):
            continue
        if stem["drums"]:
            tags[FAMILIES] = 1
        else:
            tags[stem["program"] // 8] = 1
        if stem["voice"]:
            tags[FAMILIES + 1] = 1
    keys = truth.get("keys", [])
    assert isinstance(keys, list)
    current = [name for time, name in keys if time <= end]
    if current:
        tonic, _, mode = current[-1].partition(":")
        if tonic in TONICS:
            tags[FAMILIES + 2 + 2 * TONICS.index(tonic) + (mode == "min")] = 1
    beats = truth.get("beats", [])
    assert isinstance(beats, list)
    inside = [time for time, _ in beats if start <= time < end]
    if len(inside) >= 3:
        tempo = 60 * (len(inside) - 1) / (inside[-1] - inside[0])
        tags[FAMILIES + 2 + 24 + int(min(7, max(0, (tempo - 50) // 20)))] = 1
    return tags
