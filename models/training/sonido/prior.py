"""Stage 2: one sparse autoregressive transformer per token level.

Position t reads the tokens before t (inputs are shifted by one) and, on the two finer levels, all tokens of the level
above through a conditioner. Position 0 is the global condition: the clip embedding, or a learned vector when dropped.
The clip embedding is added to every other position too, through a linear layer of its own.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from sonido.config import PriorConfig
from sonido.layers import ModuleSequence, Stack
from sonido.sparse_attention import PATTERNS, Layer


class Conditioner(nn.Module):
    """Tokens of the level above [batch, length / ratio] -> [batch, length, width]."""

    def __init__(self, vocabulary: int, ratio: int, width: int) -> None:
        super().__init__()
        self.ratio = ratio
        self.vocabulary = vocabulary
        self.embed = nn.Embedding(vocabulary + 1, width)
        self.stack = Stack(width, 2, expansion=1)
        self.up = nn.Linear(width, ratio * width)

    def forward(self, upper: Tensor) -> Tensor:
        hidden = self.stack(self.embed(upper))
        batch, length, width = hidden.shape
        lifted: Tensor = self.up(hidden)
        return lifted.reshape(batch, length * self.ratio, width)


class Prior(nn.Module):
    def __init__(self, config: PriorConfig) -> None:
        super().__init__()
        self.config = config
        width = config.width
        self.embed = nn.Embedding(config.vocabulary + 1, width)
        """The last index stands for a token that was left out (token-out)."""
        self.row_position = nn.Parameter(0.02 * torch.randn(config.blocks, 1, width))
        self.column_position = nn.Parameter(0.02 * torch.randn(1, config.block_length, width))
        self.clip = nn.Linear(config.clip_dimension, width)
        self.clip_everywhere = nn.Linear(config.clip_dimension, width, bias=False)
        self.no_clip = nn.Parameter(0.02 * torch.randn(width))
        self.conditioner = (
            None if config.upper_vocabulary is None else Conditioner(config.upper_vocabulary, config.upper_ratio, width)
        )
        self.layers = ModuleSequence(
            Layer(width, config.heads, config.blocks, config.block_length, PATTERNS[index % 3], config.layers)
            for index in range(config.layers)
        )
        self.norm = nn.LayerNorm(width)
        self.head = nn.Linear(width, config.vocabulary)
        nn.init.normal_(self.embed.weight, std=0.02)
        nn.init.normal_(self.head.weight, std=0.02)
        nn.init.normal_(self.clip_everywhere.weight, std=0.02)
        self._register_load_state_dict_pre_hook(self._of_before)  # type: ignore[no-untyped-call]

    def _of_before(self, weights: dict[str, Tensor], prefix: str, *_: object) -> None:
        """Priors trained before the condition was added everywhere add nothing."""
        weights.setdefault(f"{prefix}clip_everywhere.weight", torch.zeros_like(self.clip_everywhere.weight))

    @property
    def feature_layer(self) -> int:
        """Number of layers before the hidden state that is used as feature."""
        return (self.config.layers + 1) // 2

    def condition(self, clip: Tensor, keep_clip: Tensor) -> tuple[Tensor, Tensor]:
        """What stands at position 0 and what is added to all others, [batch, width] each."""
        clip, keep_clip = clip.to(self.clip.weight.dtype), keep_clip.to(self.clip.weight.dtype)
        prefix = keep_clip * self.clip(clip) + (1 - keep_clip) * self.no_clip
        return prefix, keep_clip * self.clip_everywhere(clip)

    def hidden_states(self, tokens: Tensor, upper: Tensor | None, clip: Tensor, keep_clip: Tensor) -> list[Tensor]:
        """State before the first layer and after each: layers + 1 tensors [batch, context, width].

        tokens [batch, context] int64; upper [batch, context / ratio] or None at the top; clip [batch, clip dimension];
        keep_clip [batch, 1] is 1 where the clip embedding counts and 0 where it is dropped.
        """
        prefix, everywhere = self.condition(clip, keep_clip)
        x = torch.cat([prefix[:, None], self.embed(tokens[:, :-1]) + everywhere[:, None]], dim=1)
        x = x + (self.row_position + self.column_position).flatten(0, 1)
        if self.conditioner is not None:
            if upper is None:
                raise ValueError(f"the prior of level {self.config.level} needs the tokens of the level above")
            x = x + self.conditioner(upper)
        states = [x]
        for layer in self.layers:
            x = layer(x)
            states.append(x)
        return states

    def forward(self, tokens: Tensor, upper: Tensor | None, clip: Tensor, keep_clip: Tensor) -> tuple[Tensor, Tensor]:
        """(logits [batch, context, vocabulary], feature [batch, context, width])."""
        states = self.hidden_states(tokens, upper, clip, keep_clip)
        return self.head(self.norm(states[-1])), states[self.feature_layer]

    def loss(self, tokens: Tensor, upper: Tensor | None, clip: Tensor) -> Tensor:
        """Mean cross-entropy in nats per token, with condition dropout and token-out while training."""
        config = self.config
        keep = torch.ones(len(tokens), 1, device=tokens.device)
        inputs = tokens
        if self.training:
            keep = (torch.rand_like(keep) >= config.clip_dropout).to(keep.dtype)
            inputs = token_out(tokens, config.token_out, config.vocabulary)
            if upper is not None and config.upper_vocabulary is not None:
                upper = token_out(upper, config.token_out, config.upper_vocabulary)
        logits, _ = self(inputs, upper, clip, keep)
        return F.cross_entropy(logits.float().flatten(0, 1), tokens.flatten())


def depth(weights: dict[str, Tensor]) -> int:
    """Layers of the prior that these weights are of."""
    return 1 + max(int(name.split(".")[1]) for name in weights if name.startswith("layers."))


def grow(prior: Prior, smaller: dict[str, Tensor]) -> None:
    """`prior` takes the weights of a prior with as many or fewer layers; layers it has more start as the identity."""
    known = depth(smaller)
    if "clip_everywhere.weight" not in smaller:  # of before there was one, with another clip embedding
        known_names = {k: v for k, v in smaller.items() if not k.startswith("clip.")}
        own = prior.state_dict()
        smaller = known_names | {k: own[k] for k in ("clip.weight", "clip.bias", "clip_everywhere.weight")}
    missing, unexpected = prior.load_state_dict(smaller, strict=False)
    if unexpected or any(int(name.split(".")[1]) < known for name in missing if name.startswith("layers.")):
        raise ValueError(f"the smaller prior does not fit: unknown {unexpected}, missing {missing}")
    with torch.no_grad():
        for layer in list(prior.layers)[known:]:
            for last in (layer.attention.out, layer.outer):
                last.weight.zero_()
                last.bias.zero_()


def token_out(tokens: Tensor, probability: float, mask: int) -> Tensor:
    """Each token replaced by the index `mask` with `probability`."""
    return torch.where(torch.rand(tokens.shape, device=tokens.device) < probability, mask, tokens)
