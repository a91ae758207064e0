"""The weights that this project ships, as graphs: what the gates are measured on.

The product's pack of a size has the graphs that the product runs (`tokenise`, `clip`). `weights/SIZE` has what else the
gates need: `decoder` and `prior0..2` in float16, and the n-gram counts of the priors' training tokens. A size whose
pack is no longer part of the product keeps its own `tokenise` there.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from sonido.clip_stage import embed_long
from sonido.config import HOPS, model_config
from sonido.ngram import COUNTS
from sonido.onnx_export import CHUNK_TOPS
from sonido.onnx_parity import session
from sonido.results import LEVELS
from sonido.tokenisation import TokenItem
from sonido.windows import Windows

MODELS = Path(__file__).resolve().parents[2]
WEIGHTS = MODELS / "training" / "weights"
SEGMENT = CHUNK_TOPS * HOPS[0]
"""Samples that the decoder's graph gives (2.97 s)."""
GATED = ("decoder.fp16.onnx", "prior0.fp16.onnx", "prior1.fp16.onnx", "prior2.fp16.onnx")


def shipped_sizes(weights: Path = WEIGHTS) -> list[str]:
    return sorted(folder.name for folder in weights.iterdir() if (folder / COUNTS).exists())


class ShippedModel(nn.Module):
    """A size's graphs in the place of `HQVAE` and `Prior`; `folder` and `pack` replace where they are looked for."""

    def __init__(self, size: str, folder: Path | None = None, pack: Path | None = None) -> None:
        super().__init__()
        self.folder = folder or WEIGHTS / size
        own = pack or MODELS / "packs" / f"sonido-{size.lower()}"
        self.heard = own if (own / "tokenise.onnx").exists() else self.folder
        config = model_config(size)
        self.priors = config.priors
        self.clip_dimension = config.clip_dimension
        self.codes_per_level = list(config.codec.codebooks)

    @cached_property
    def _tokenise(self) -> Any:
        return session(self.heard / "tokenise.onnx")

    @cached_property
    def _decoder(self) -> Any:
        return session(self.folder / "decoder.fp16.onnx")

    def encode(self, audio: Tensor) -> list[Tensor]:
        """audio [batch, 2, time] -> tokens per level [batch, tokens]"""
        found = self._tokenise.run(list(LEVELS), {"audio": audio.numpy()})
        return [torch.from_numpy(tokens).long() for tokens in found]

    def decode(self, tokens: list[Tensor]) -> Tensor:
        """Tokens of SEGMENT samples -> audio [batch, 2, SEGMENT]"""
        given = {name: level.numpy() for name, level in zip(LEVELS, tokens, strict=True)}
        return torch.from_numpy(self._decoder.run(["audio"], given)[0])

    def clips(self, audio: Tensor) -> NDArray[np.float32] | None:
        """Embeddings [count, dimension] of a piece [2, time]; None where the priors have no condition."""
        path = self.heard / "clip.onnx"
        if not path.exists():
            return None
        run = session(path)
        found: NDArray[np.float32] = embed_long(
            lambda window: torch.from_numpy(run.run(["clip"], {"audio": window.numpy()})[0]), audio
        ).numpy()
        return found

    @cached_property
    def states_of_windows(self) -> list[Callable[[Tensor, Tensor | None, Tensor, Tensor], Tensor]]:
        """Per level what gives the pack's features of a prior's windows, [batch, context - 1, 1, width]."""

        def of(level: int) -> Callable[[Tensor, Tensor | None, Tensor, Tensor], Tensor]:
            run = session(self.heard / f"features-{LEVELS[level]}.onnx")

            def states(windows: Tensor, above: Tensor | None, clip: Tensor, _keep: Tensor) -> Tensor:
                given = {"tokens": windows.float().numpy(), "clip": clip.numpy()}
                if above is not None:
                    given["upper"] = above.float().numpy()
                return torch.from_numpy(run.run(None, given)[0])[:, :, None]

            return states

        return [of(level) for level in range(len(LEVELS))]

    def fingerprint(self) -> str:
        """Eight digits that follow from the files of the pack's graphs."""
        digest = hashlib.sha256()
        for path in sorted(self.heard.glob("*.onnx")):
            digest.update(path.read_bytes())
        return digest.hexdigest()[:8]

    def tokens_of(self, audio: Tensor) -> TokenItem:
        """The tokens of a piece [2, time] of whole coarse tokens, with its embeddings (zeros where there are none)."""
        clips = self.clips(audio)
        given = np.zeros((1, self.clip_dimension), np.float32) if clips is None else clips
        return TokenItem([t[0].numpy() for t in self.encode(audio[None])], {}, Path(), given)

    def bits_per_token(self, item: TokenItem, level: int) -> float:
        """Cross-entropy of the prior on non-overlapping windows of the piece."""
        run = session(self.folder / f"prior{level}.fp16.onnx")
        keep = float((self.heard / "clip.onnx").exists())
        total, count = 0.0, 0
        for window in Windows([item], self.priors[level], 4, 0).all_in_order(10**6):
            given = {"tokens": window.tokens.numpy(), "clip": window.clip.numpy()}
            given["keep_clip"] = np.full((len(window.tokens), 1), keep, np.float32)
            if window.upper is not None:
                given["upper"] = window.upper.numpy()
            logits = torch.from_numpy(run.run(["logits"], given)[0])
            wanted = window.tokens.flatten()
            total += float(nn.functional.cross_entropy(logits.flatten(0, 1), wanted, reduction="sum"))
            count += len(wanted)
        return total / count / math.log(2)
