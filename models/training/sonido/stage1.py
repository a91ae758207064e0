"""Training of stage 1 (any codec with the HQ-VAE's interface)."""

from __future__ import annotations

import math
import time
from pathlib import Path
from typing import Protocol

import torch
from torch import Tensor, nn

from sonido import checkpoint
from sonido.codebook_start import revive_codes, start_codebooks
from sonido.config import TrainConfig
from sonido.distortion import log_likelihood_scale, training_error
from sonido.ema import Average
from sonido.logline import RunLog
from sonido.precision import bf16_products
from sonido.quantiser import Mode
from sonido.stage1_evaluation import evaluate


class Batches(Protocol):
    """Audio batches that depend on the step alone, so that a resumed run sees the same ones."""

    def at(self, step: int) -> Tensor:
        """[batch, 2, segment] left/right float32."""


def temperature_at(step: int, config: TrainConfig) -> float:
    """First -> final temperature, exponentially, over the first `anneal_until` of the run."""
    progress = min(1.0, step / max(1.0, config.anneal_until * config.steps))
    return float(config.first_temperature * (config.final_temperature / config.first_temperature) ** progress)


def revives_at(step: int, config: TrainConfig) -> bool:
    """Codes that fell out of use get a new place now and then, except near the end."""
    start = config.continuous_steps
    return start < step < config.revive_until * config.steps and (step - start) % config.revive_every == 0


def rate_weight_at(step: int, config: TrainConfig) -> float:
    """Warm-up of the KL part: at full weight right after the codebooks' start it pulls every z onto a few codes."""
    first, last = config.continuous_steps, config.rate_until * config.steps
    progress = min(1.0, max(0.0, (step - first) / max(1.0, last - first)))
    return config.rate_start + (config.rate_final - config.rate_start) * progress


def learning_rate_at(step: int, config: TrainConfig) -> float:
    """Linear warm-up, then a cosine down to 5 %."""
    if step < config.warm_up:
        return config.learning_rate * (step + 1) / config.warm_up
    progress = (step - config.warm_up) / max(1, config.steps - config.warm_up)
    return config.learning_rate * (0.05 + 0.95 * 0.5 * (1 + math.cos(math.pi * min(1.0, progress))))


def make_optimiser(model: nn.Module, config: TrainConfig) -> torch.optim.Optimizer:
    return torch.optim.AdamW(
        model.parameters(),
        lr=config.learning_rate,
        betas=(0.9, 0.99),
        weight_decay=config.weight_decay,
        fused=True,
    )


def mode_at(step: int, config: TrainConfig) -> Mode:
    """Continuous, then stochastic, then hard."""
    if step < config.continuous_steps:
        return "continuous"
    return "hard" if step >= config.hard_from * config.steps else "stochastic"


def set_learning_rate(optimiser: torch.optim.Optimizer, rate: float) -> None:
    for group in optimiser.param_groups:
        group["lr"] = rate


def train_step(model: nn.Module, audio: Tensor, step: int, config: TrainConfig) -> tuple[Tensor, dict[str, float]]:
    """Loss per audio sample: ((D / 2) log error + weight * rate) / (D / 2)."""
    mode = mode_at(step, config)
    with bf16_products(audio.device.type, config.bf16):
        output = model(audio, temperature_at(step, config), mode)
    error, mse, stft = training_error(output.audio, audio, config.waveform_weight, config.longest_window)
    scale = log_likelihood_scale(audio)
    loss = error.log() + rate_weight_at(step, config) * output.rate / scale
    return loss, {
        "loss": loss.item(),
        "mse": mse.item(),
        "stft": stft.item(),
        "rate": (output.rate / scale).item(),
    }


def train(
    model: nn.Module,
    batches: Batches,
    held_out: Tensor | None,
    config: TrainConfig,
    directory: Path,
    run: str,
    until: int | None = None,
    deadline: float | None = None,
    device: str = "cpu",
) -> int:
    """Trains to `config.steps`, or stops after step `until` or at `deadline` (time.monotonic()); returns the step.

    Resumes from `directory`/checkpoint when there is one; a resumed run equals an uninterrupted one bit for bit.
    """
    log = RunLog(directory, run)
    model.to(device).train()
    optimiser = make_optimiser(model, config)
    average = Average(model, config.ema_decay)
    torch.manual_seed(config.seed)
    step = 0
    if checkpoint.exists(directory / "checkpoint"):
        step = checkpoint.restore(directory / "checkpoint", model, average, optimiser)
    started, first = time.monotonic(), step
    end = config.steps if until is None else min(until, config.steps)
    while step < end and (deadline is None or time.monotonic() < deadline):
        set_learning_rate(optimiser, learning_rate_at(step, config))
        if step == config.continuous_steps > 0:
            model.eval()
            start_codebooks(model, [batches.at(10**9 + i).to(device) for i in range(config.codebook_batches)])
            average.reset(model)
            model.train()
        elif revives_at(step, config):
            model.eval()
            revive_codes(model, [batches.at(10**9 + step + i).to(device) for i in range(config.revive_batches)])
            model.train()
        loss, values = train_step(model, batches.at(step).to(device), step, config)
        optimiser.zero_grad(set_to_none=True)
        torch.autograd.backward(loss)
        norm = nn.utils.clip_grad_norm_(model.parameters(), config.clip_norm)
        if not math.isfinite(values["loss"]) or not torch.isfinite(norm):
            raise FloatingPointError(f"step {step}: loss {values['loss']}, gradient norm {float(norm)}; lower the rate")
        optimiser.step()
        step += 1
        average.update(model, step)
        if step % config.log_every == 0:
            speed = (step - first) * config.batch * config.segment / 44_100 / (time.monotonic() - started)
            variances = {
                f"s2_{index}": p.exp().item()
                for index, p in enumerate(p for n, p in model.named_parameters() if n.endswith("log_variance"))
            }
            log.write(step, **values, norm=float(norm), audio_per_second=speed, **variances)
        if step % config.checkpoint_every == 0:
            checkpoint.save(directory / "checkpoint", step, model, average, optimiser)
        if held_out is not None and (step % config.validate_every == 0 or step == config.steps):
            with average.swapped_in(model):
                model.eval()
                log.write(step, split="held_out", **evaluate(model, held_out.to(device)).flat())
                model.train()
    checkpoint.save(directory / "checkpoint", step, model, average, optimiser)
    return step
