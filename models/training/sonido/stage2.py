"""Training of stage 2: the loop that all of its parts share, and each prior on the tokens of a frozen stage 1."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from pathlib import Path

import torch
from torch import Tensor, nn

from sonido import checkpoint
from sonido.config import TrainConfig
from sonido.ema import Average
from sonido.logline import RunLog
from sonido.ngram import Counts, bigram_bits, unigram_bits
from sonido.precision import bf16_products
from sonido.prior import Prior
from sonido.stage1 import learning_rate_at, set_learning_rate
from sonido.tokenisation import TokenItem
from sonido.windows import Windows


def run_loop(
    model: nn.Module,
    loss_at: Callable[[int], Tensor],
    validate: Callable[[], dict[str, float]],
    config: TrainConfig,
    directory: Path,
    run: str,
    deadline: float | None = None,
    device: str = "cpu",
) -> int:
    """The plain loop shared by clip embedding and priors; resumes bit-exactly like stage 1's."""
    log = RunLog(directory, run)
    model.to(device)
    optimiser = torch.optim.AdamW(
        model.parameters(), lr=config.learning_rate, betas=(0.9, 0.98), weight_decay=config.weight_decay
    )
    average = Average(model, config.ema_decay)
    torch.manual_seed(config.seed)
    step = 0
    if checkpoint.exists(directory / "checkpoint"):
        step = checkpoint.restore(directory / "checkpoint", model, average, optimiser)
    if step >= config.steps:  # priors may train side by side, so a finished clip embedding is not written again
        return step
    model.train()
    started, first = time.monotonic(), step
    while step < config.steps and (deadline is None or time.monotonic() < deadline):
        set_learning_rate(optimiser, learning_rate_at(step, config))
        with bf16_products(device, config.bf16):
            loss = loss_at(step)
        optimiser.zero_grad(set_to_none=True)
        torch.autograd.backward(loss)
        norm = nn.utils.clip_grad_norm_(model.parameters(), config.clip_norm)
        if not torch.isfinite(norm):
            raise FloatingPointError(f"step {step}: loss {loss.item()}, gradient norm {float(norm)}; lower the rate")
        optimiser.step()
        step += 1
        average.update(model, step)
        if step % config.log_every == 0:
            speed = (step - first) / (time.monotonic() - started)
            log.write(step, loss=loss.item(), norm=float(norm), steps_per_second=speed)
        if step % config.checkpoint_every == 0:
            checkpoint.save(directory / "checkpoint", step, model, average, optimiser)
        if step % config.validate_every == 0 or step == config.steps:
            with average.swapped_in(model):
                model.eval()
                log.write(step, split="held_out", **validate())
                model.train()
    checkpoint.save(directory / "checkpoint", step, model, average, optimiser)
    return step


@torch.no_grad()
def bits_per_token(prior: Prior, windows: Windows, batches: int) -> float:
    """Held-out cross-entropy in bits, condition kept, nothing left out."""
    was_training = prior.training
    prior.eval()
    total, count = 0.0, 0
    device = prior.no_clip.device
    for window in (w.to(device) for w in windows.all_in_order(batches)):
        loss = prior.loss(window.tokens, window.upper, window.clip)
        total += loss.item() * window.tokens.numel()
        count += window.tokens.numel()
    prior.train(was_training)
    return total / count / math.log(2)


def train_prior(
    prior: Prior,
    items: list[TokenItem],
    held_out: list[TokenItem],
    config: TrainConfig,
    directory: Path,
    deadline: float | None = None,
    device: str = "cpu",
    recorded_share: float | None = None,
) -> int:
    """Logs held-out bits per token, of recorded and of rendered items too, beside the unigram's and the bigram's.

    `recorded_share` is that of the training windows (see `Windows`).
    """
    windows = Windows(items, prior.config, config.batch, config.seed, recorded_share)
    parts = {"bits": held_out}
    if len({i.rendered for i in held_out}) == 2:
        parts["recorded"] = [i for i in held_out if not i.rendered]
        parts["rendered"] = [i for i in held_out if i.rendered]
    held_windows = {name: Windows(part, prior.config, config.batch, config.seed) for name, part in parts.items()}
    level = prior.config.level
    known = Counts.of([i.tokens[level] for i in items], prior.config.vocabulary)
    held_tokens = [i.tokens[level] for i in held_out]
    yardsticks = {"unigram": unigram_bits(known, held_tokens), "bigram": bigram_bits(known, held_tokens)}

    def loss_at(step: int) -> Tensor:
        window = windows.at(step).to(torch.device(device))
        return prior.loss(window.tokens, window.upper, window.clip)

    def validate() -> dict[str, float]:
        return {name: bits_per_token(prior, part, 16) for name, part in held_windows.items()} | yardsticks

    if not checkpoint.exists(directory / "checkpoint"):  # what it starts from, on the same held-out tokens
        RunLog(directory, f"prior{level}").write(0, split="held_out", **validate())
    return run_loop(prior, loss_at, validate, config, directory, f"prior{level}", deadline, device)
