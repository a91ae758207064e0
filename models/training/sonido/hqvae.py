"""Stage 1: the hierarchical quantised VAE (HQ-VAE, Takida et al., TMLR 2024) over mid/side audio.

Bottom-up: analysis filterbank at hop 128, then two fourfold reductions (hops 512 and 2048).
Top-down: per level one *injected* layer (the state of the level above, upsampled, beside the encoder's feature of this
resolution gives the posterior) and any number of *residual* layers (they quantise what the state still misses). The
decoder reads the finest state alone; nothing else passes from the encoder.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from sonido.config import HOPS, CodecConfig
from sonido.filterbank import Analysis, Synthesis, compress, expand
from sonido.layers import Down, ModuleSequence, Stack, Up, shifted
from sonido.quantiser import Mode, RunningCentre, StochasticQuantiser
from sonido.stereo import to_left_right, to_mid_side
from sonido.tonal import BINS, TonalSpectrum


@dataclass
class CodecOutput:
    audio: Tensor
    """[batch, 2, time] left/right."""
    tokens: list[Tensor]
    """One [batch, time / hop] (times layers of the level, interleaved) int64 per level, coarse to fine."""
    rate: Tensor
    """Scalar: the KL part of the loss, summed over positions and codes, mean over the batch (nats)."""


class Encoder(nn.Module):
    """Audio [batch, 2, time] mid/side -> features coarse to fine, each [batch, time / hop, width].

    Gain and shape are split as in CELP coders: the spectrum is divided by the loudness of its coarse frame, and the
    loudness joins the deepest feature only. So the coarse level has something to say that no finer level can.
    """

    def __init__(self, config: CodecConfig, levels: int = 3) -> None:
        super().__init__()
        width = config.width
        self.analysis = Analysis(HOPS[-1])
        self.project = nn.Linear(2 * HOPS[-1], width)
        self.stacks = ModuleSequence(Stack(width, config.blocks[2 - depth]) for depth in range(levels))
        self.downs = ModuleSequence(Down(width) for _ in range(levels - 1))
        self.gain_shape = config.gain_shape
        self.loudness = nn.Linear(1, width)
        self.tonal: ModuleSequence[TonalSpectrum] | None = None
        if config.tonal:
            # Windows of 4096 and 8192 samples: medium and coarse level, mid channel.
            self.tonal = ModuleSequence(TonalSpectrum(HOPS[-1 - depth], 16 // 2**depth) for depth in range(1, levels))
            self.from_tonal = ModuleSequence(nn.Linear(BINS, width) for _ in range(1, levels))
            for layer in self.from_tonal:
                nn.init.zeros_(layer.weight)  # so that a codec grown from one without begins where that one ended
                nn.init.zeros_(layer.bias)

    def forward(self, mid_side: Tensor) -> list[Tensor]:
        spectrum = self.analysis(mid_side)
        gain = loudness(spectrum) if self.gain_shape else torch.full_like(spectrum[:, ::FRAMES_PER_TOP, :1], 0.1)
        shape = compress(0.1 * spectrum / gain.repeat_interleave(FRAMES_PER_TOP, dim=1))
        x = self.stacks[0](self.project(shape.to(self.project.weight.dtype)) + self._gain_for(0, gain))
        features = [x]
        for depth, down in enumerate(self.downs, 1):
            x = self.stacks[depth](down(x) + self._gain_for(depth, gain) + self._tonal_for(depth, mid_side))
            features.insert(0, x)
        return features

    def _tonal_for(self, depth: int, mid_side: Tensor) -> Tensor | float:
        if self.tonal is None:
            return 0.0
        layer = self.from_tonal[depth - 1]
        embedded: Tensor = layer(self.tonal[depth - 1](mid_side[:, 0]).to(layer.weight.dtype))
        return embedded

    def _gain_for(self, depth: int, gain: Tensor) -> Tensor | float:
        if depth < len(self.downs):
            return 0.0
        repeated = gain.log().repeat_interleave(FRAMES_PER_TOP // 4**depth, dim=1) / 3.0
        embedded: Tensor = self.loudness(repeated.to(self.loudness.weight.dtype))
        return embedded


FRAMES_PER_TOP = HOPS[0] // HOPS[-1]


def loudness(spectrum: Tensor) -> Tensor:
    """RMS per coarse frame, smoothed over its two neighbours: [batch, frames, bins] -> [batch, frames / 16, 1]."""
    batch, frames, bins = spectrum.shape
    power = (
        spectrum.float().square().reshape(batch, frames // FRAMES_PER_TOP, FRAMES_PER_TOP * bins).mean(-1, keepdim=True)
    )
    smooth = (shifted(power, -1) + 2 * power + shifted(power, 1)) / 4
    return torch.sqrt(smooth + 1e-8)


class Decoder(nn.Module):
    """State [batch, frames, code dimension] at hop 128 -> audio [batch, 2, frames * 128] mid/side."""

    def __init__(self, config: CodecConfig) -> None:
        super().__init__()
        self.project = nn.Linear(config.code_dimension, config.width)
        self.stack = Stack(config.width, config.blocks[2] + 1)
        self.norm = nn.LayerNorm(config.width)
        self.head = nn.Linear(config.width, 2 * HOPS[-1])
        self.synthesis = Synthesis(HOPS[-1])

    def forward(self, state: Tensor) -> Tensor:
        frames = self.head(self.norm(self.stack(self.project(state.to(self.project.weight.dtype)))))
        audio: Tensor = self.synthesis(expand(frames.float()).to(frames.dtype))
        return audio


class TopDownLevel(nn.Module):
    """One resolution of the top-down path."""

    def __init__(self, config: CodecConfig, level: int) -> None:
        super().__init__()
        dimension, width = config.code_dimension, config.width
        self.has_upper = level > 0
        if self.has_upper:
            self.lift = nn.Linear(dimension, width)
            self.up = Up(width)
            self.refine = Stack(width, config.blocks[level] // 2)
            self.lower = nn.Linear(width, dimension)
            # Keeps the variance on the way down. With the default start a coarse code reaches the decoder 29 dB below a
            # fine one (0.19 per level), and the decoder never learns to listen to it.
            with torch.no_grad():
                for layer in (self.lift, self.up.project, self.lower):
                    layer.weight.mul_(math.sqrt(3.0))
        self.merge = nn.Linear(width + (dimension if self.has_upper else 0), width)
        self.posterior = Stack(width, 1)
        self.norm = nn.LayerNorm(width)
        self.to_code = nn.Linear(width, dimension)
        with torch.no_grad():  # unit variance like the codebook's, so the posterior depends on z from step 0
            self.to_code.weight.mul_(math.sqrt(3.0))
        self.centring = RunningCentre(dimension)
        self.quantisers = ModuleSequence(
            StochasticQuantiser(
                config.codebooks[level], dimension, config.initial_variance, config.maximal_log_variance
            )
            for _ in range(1 + config.residual_layers[level])
        )

    def prepare(self, upper: Tensor | None) -> Tensor | None:
        """The state of the level above brought to this resolution; None at the top."""
        if upper is None:
            return None
        prepared: Tensor = self.lower(self.refine(self.up(self.lift(upper.to(self.lift.weight.dtype)))))
        return prepared

    def target(self, prepared: Tensor | None, feature: Tensor) -> Tensor:
        """What the codes of this level should sum to: [batch, time, code dimension]."""
        feature = feature.to(self.merge.weight.dtype)
        joined = feature if prepared is None else torch.cat([prepared, feature], dim=-1)
        code: Tensor = self.to_code(self.norm(self.posterior(self.merge(joined))))
        centred: Tensor = self.centring(code)
        return centred

    def encode(self, z: Tensor) -> tuple[Tensor, Tensor]:
        """Sum of the nearest codes and their interleaved tokens: hard `quantise` without what training needs."""
        total = torch.zeros_like(z, dtype=torch.float32)
        tokens: list[Tensor] = []
        for quantiser in self.quantisers:
            tokens.append(quantiser.nearest(z.float() - total))
            total = total + quantiser.lookup(tokens[-1])
        return total, torch.stack(tokens, dim=-1).flatten(1)

    def quantise(self, z: Tensor, temperature: float, mode: Mode) -> tuple[Tensor, Tensor, Tensor]:
        """Sum of codes, interleaved tokens, KL of the group.

        In a residual group the Gaussian term counts once, with the summed variance; the entropy of every layer counts.
        """
        total = torch.zeros_like(z, dtype=torch.float32)
        tokens: list[Tensor] = []
        entropy = z.new_zeros((), dtype=torch.float32)
        variance = z.new_zeros((), dtype=torch.float32)
        for quantiser in self.quantisers:
            quantised = quantiser(z.float() - total, temperature, mode)
            total = total + quantised.code
            tokens.append(quantised.tokens)
            entropy = entropy + quantised.entropy
            variance = variance + quantiser.variance_in(mode)
        if mode == "hard":
            # The straight-through sum equals z's gradient; the error must be taken against the codes themselves.
            codes = self.sum_of_codes(torch.stack(tokens, dim=-1).flatten(1))
            error = (z.float() - codes).square().sum((1, 2)).mean()
            total = codes + (z.float() - z.float().detach())
        else:
            error = (z.float() - total).square().sum((1, 2)).mean()
        return total, torch.stack(tokens, dim=-1).flatten(1), error / (2 * variance) - entropy

    def sum_of_codes(self, tokens: Tensor) -> Tensor:
        """Interleaved tokens [batch, time * layers] -> [batch, time, code dimension]."""
        layers = len(self.quantisers)
        split = tokens.reshape(tokens.shape[0], -1, layers)
        return torch.stack([q.lookup(split[..., i]) for i, q in enumerate(self.quantisers)]).sum(0)


class HQVAE(nn.Module):
    def __init__(self, config: CodecConfig) -> None:
        super().__init__()
        self.config = config
        self.encoder = Encoder(config)
        self.levels = ModuleSequence(TopDownLevel(config, level) for level in range(3))
        self.decoder = Decoder(config)

    @property
    def codes_per_level(self) -> list[int]:
        return list(self.config.codebooks)

    @property
    def layers_per_level(self) -> list[int]:
        return [1 + extra for extra in self.config.residual_layers]

    @property
    def bits_per_second(self) -> float:
        """Rate of the tokens with equal-length codes."""
        rates = zip(HOPS, self.codes_per_level, self.layers_per_level, strict=True)
        return sum(44_100 / hop * layers * (codes - 1).bit_length() for hop, codes, layers in rates)

    def forward(self, audio: Tensor, temperature: float = 1.0, mode: Mode = "hard") -> CodecOutput:
        """audio [batch, 2, time] left/right, time a multiple of 2048."""
        check_length(audio)
        features = self.encoder(to_mid_side(audio))
        state: Tensor | None = None
        tokens: list[Tensor] = []
        rate = audio.new_zeros((), dtype=torch.float32)
        keep = self._kept_levels(audio, 1 / 3 if mode == "continuous" else self.config.level_dropout)
        for level, (layer, feature) in enumerate(zip(self.levels, features, strict=True)):
            prepared = layer.prepare(state)
            target = layer.target(prepared, feature)
            if mode == "continuous":  # a plain autoencoder, for the first steps only
                code, level_tokens, level_rate = target, target.new_zeros(1, 0, dtype=torch.long), rate.new_zeros(())
            else:
                code, level_tokens, level_rate = layer.quantise(target, temperature, mode)
            code = (code * keep[level]).to(feature.dtype)
            state = code if prepared is None else prepared + code
            tokens.append(level_tokens)
            rate = rate + level_rate
        return CodecOutput(to_left_right(self.decoder(state)), tokens, rate)

    def _kept_levels(self, audio: Tensor, p: float) -> list[Tensor]:
        """Per level a [batch, 1, 1] mask; while training, a share `p` of the items loses its finest level and as many
        lose their two finer ones.

        So every prefix of the hierarchy decodes to something, as quantiser dropout does for residual codecs. In the
        continuous warm-up the three prefixes share the batch equally: without that the coarse level learns nothing
        before its codebook starts, and never recovers.
        """
        batch = audio.shape[0]
        ones = torch.ones(batch, 1, 1, device=audio.device)
        if not self.training or p == 0:
            return [ones, ones, ones]
        draw = torch.rand(batch, 1, 1, device=audio.device)
        return [ones, (draw >= p).float(), (draw >= 2 * p).float()]

    @torch.no_grad()
    def encode(self, audio: Tensor) -> list[Tensor]:
        """Nearest codes per level."""
        return self.forward(audio, mode="hard").tokens

    def decode(self, tokens: list[Tensor]) -> Tensor:
        """Tokens per level -> audio [batch, 2, time] left/right."""
        state: Tensor | None = None
        for layer, level_tokens in zip(self.levels, tokens, strict=True):
            prepared = layer.prepare(state)
            code = layer.sum_of_codes(level_tokens)
            state = code if prepared is None else prepared + code.to(prepared.dtype)
        return to_left_right(self.decoder(state))


def check_length(audio: Tensor) -> None:
    if audio.ndim != 3 or audio.shape[1] != 2 or audio.shape[2] % HOPS[0]:
        raise ValueError(
            f"audio has shape {tuple(audio.shape)}, expected [batch, 2, time] with time a multiple of {HOPS[0]}; pad it"
        )
