"""The baselines behind the HQ-VAE's interface: a plain VQ-VAE (one code at hop 128) and an RVQ (several at hop 512).

Both use the same encoder blocks and the same decoder, the straight-through estimator and a commitment weight of 0.25
(van den Oord et al. 2017; Zeghidour et al. 2021), with dead codes restarted from the batch.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from sonido.config import HOPS, CodecConfig
from sonido.hqvae import CodecOutput, Decoder, Encoder, check_length
from sonido.layers import Stack, Up
from sonido.quantiser import Mode, squared_distances
from sonido.stereo import to_left_right, to_mid_side


@dataclass(frozen=True)
class FlatConfig:
    codec: CodecConfig
    hop: int
    layers: int
    codes: int


def flat_config(kind: str, codec: CodecConfig) -> FlatConfig:
    """A baseline of about the rate of `codec`; `kind` is 'vq' or 'rvq'."""
    bits = [(codes - 1).bit_length() for codes in codec.codebooks]
    rate = sum(44_100 / hop * b for hop, b in zip(HOPS, bits, strict=True))
    if kind == "vq":
        return FlatConfig(codec, HOPS[2], 1, 1 << round(rate * HOPS[2] / 44_100))
    if kind == "rvq":
        return FlatConfig(codec, HOPS[1], max(1, round(rate * HOPS[1] / 44_100 / bits[1])), codec.codebooks[1])
    raise ValueError(f"baseline '{kind}' is unknown, expected 'vq' or 'rvq'")


class FlatCodec(nn.Module):
    def __init__(self, config: FlatConfig) -> None:
        super().__init__()
        self.config = config
        codec = config.codec
        width, dimension = codec.width, codec.code_dimension
        depth = 1 if config.hop == HOPS[2] else 2
        # Blocks that the hierarchy spends on its other levels go into this one's only path, so sizes are equal.
        spare = sum(codec.blocks[: 3 - depth]) + 2
        self.encoder = Encoder(codec, depth)
        self.extra = Stack(width, spare)
        self.to_code = nn.Linear(width, dimension)
        self.codebooks = nn.ParameterList(torch.randn(config.codes, dimension) for _ in range(config.layers))
        self.lift = nn.Linear(dimension, width)
        self.after = Stack(width, 3 if depth == 2 else 4)
        self.up: nn.Module = Up(width) if depth == 2 else nn.Identity()
        self.lower = nn.Linear(width, dimension)
        self.decoder = Decoder(codec)

    @property
    def codes_per_level(self) -> list[int]:
        return [self.config.codes] * self.config.layers

    @property
    def bits_per_second(self) -> float:
        return 44_100 / self.config.hop * self.config.layers * (self.config.codes - 1).bit_length()

    def forward(self, audio: Tensor, temperature: float = 1.0, mode: Mode = "hard") -> CodecOutput:
        check_length(audio)
        z = self.target(audio)
        if mode == "continuous":
            return CodecOutput(self._from_state(z), [], z.new_zeros(()))
        tokens: list[Tensor] = []
        total = torch.zeros_like(z)
        commitment = z.new_zeros(())
        for codebook in self.codebooks:
            rest = z - total
            index = squared_distances(rest, codebook).argmin(-1)
            code = F.embedding(index, codebook)
            commitment = (
                commitment + (code - rest.detach()).square().mean() + 0.25 * (rest - code.detach()).square().mean()
            )
            if self.training:
                self._restart_dead(codebook, index, rest)
            total = total + code.detach()
            tokens.append(index)
        state = z + (total - z).detach()
        # Scaled like a sum over the audio's samples, as the HQ-VAE's rate is, so both share one training loop.
        return CodecOutput(self._from_state(state), tokens, commitment * audio.shape[1] * audio.shape[2])

    def target(self, audio: Tensor) -> Tensor:
        """What the codes should sum to: [batch, time, code dimension]."""
        code: Tensor = self.to_code(self.extra(self.encoder(to_mid_side(audio))[0]))
        return code.float()

    def _from_state(self, state: Tensor) -> Tensor:
        hidden = self.after(self.up(self.lift(state.to(self.lift.weight.dtype))))
        return to_left_right(self.decoder(self.lower(hidden)))

    @torch.no_grad()
    def _restart_dead(self, codebook: Tensor, index: Tensor, rest: Tensor) -> None:
        used = torch.bincount(index.flatten(), minlength=codebook.shape[0]) > 0
        dead = (~used).nonzero().flatten()
        if len(dead) and torch.rand(()) < 0.02:
            flat = rest.detach().flatten(0, 1)
            codebook.data[dead] = flat[torch.randint(len(flat), (len(dead),))].to(codebook.dtype)

    @torch.no_grad()
    def encode(self, audio: Tensor) -> list[Tensor]:
        return self.forward(audio).tokens

    def decode(self, tokens: list[Tensor]) -> Tensor:
        codes = [F.embedding(t, c) for t, c in zip(tokens, self.codebooks, strict=True)]
        return self._from_state(torch.stack(codes).sum(0))
