"""Bit-exact resume, schedules, checkpoint files, averaged weights, log lines."""

from pathlib import Path

import pytest
import torch
from torch import Tensor, nn

from sonido import checkpoint
from sonido.codebook_start import k_means
from sonido.config import SIZES, CodecConfig, TrainConfig, model_config, overlay
from sonido.ema import Average
from sonido.flat_codec import FlatCodec, flat_config
from sonido.hqvae import HQVAE
from sonido.logline import format_line, parse_line
from sonido.plots import plot, series
from sonido.precision import bf16_products
from sonido.stage1 import learning_rate_at, mode_at, temperature_at, train

torch.set_num_threads(1)
CODEC = CodecConfig(width=16, code_dimension=8, codebooks=(16, 16, 16))
RUN = TrainConfig(
    steps=12, batch=2, segment=4096, warm_up=2, continuous_steps=3, codebook_batches=2, log_every=6, validate_every=100,
    checkpoint_every=5,
)  # fmt: skip


class Tones:
    """Random tones that depend on the step alone."""

    def at(self, step: int) -> Tensor:
        generator = torch.Generator().manual_seed(step)
        pitch = 100 + 1000 * torch.rand(2, 1, 1, generator=generator)
        return 0.3 * torch.sin(torch.arange(4096) / 44_100 * 6.283 * pitch).repeat(1, 2, 1)


def weights(model: nn.Module) -> Tensor:
    return torch.cat([p.detach().flatten() for p in model.parameters()])


def fresh(kind: str) -> nn.Module:
    torch.manual_seed(0)
    return HQVAE(CODEC) if kind == "hqvae" else FlatCodec(flat_config(kind, CODEC))


@pytest.mark.parametrize("kind", ["hqvae", "rvq"])
def test_a_resumed_run_equals_an_uninterrupted_one_bit_for_bit(kind: str, tmp_path: Path) -> None:
    whole = fresh(kind)
    train(whole, Tones(), None, RUN, tmp_path / "whole", "whole")
    # Stops in every phase: continuous, stochastic, hard.
    for stop in (2, 6, 10):
        train(fresh(kind), Tones(), None, RUN, tmp_path / "parts", "parts", until=stop)
    last = fresh(kind)
    assert train(last, Tones(), None, RUN, tmp_path / "parts", "parts") == 12
    assert torch.equal(weights(whole), weights(last))
    a, b = (checkpoint.read(tmp_path / name / "checkpoint")[1] for name in ("whole", "parts"))
    assert a.keys() == b.keys()
    assert all(torch.equal(a[key], b[key]) for key in a)


def test_training_lowers_the_loss(tmp_path: Path) -> None:
    config = overlay(RUN, steps=60, learning_rate=3e-3, continuous_steps=20, log_every=10)
    train(fresh("hqvae"), Tones(), None, config, tmp_path, "run")
    losses = dict(series(tmp_path / "log.txt")["stft"])
    assert losses[60] < 0.85 * losses[10]
    plot(tmp_path / "log.txt", tmp_path / "plot.png")
    assert (tmp_path / "plot.png").stat().st_size > 1000


def test_checkpoint_files_stay_small_and_unknown_formats_are_refused(tmp_path: Path) -> None:
    model = fresh("hqvae")
    optimiser = torch.optim.AdamW(model.parameters())
    checkpoint.save(tmp_path / "c", 7, model, Average(model, 0.9), optimiser, part_bytes=300_000)
    files = list((tmp_path / "c").glob("*.safetensors"))
    assert len(files) > 2
    assert all(f.stat().st_size < 320_000 for f in files)
    with pytest.raises(ValueError, match="more than the 10 of one file"):
        checkpoint.save(tmp_path / "d", 7, model, Average(model, 0.9), optimiser, part_bytes=10)
    document = (tmp_path / "c" / "checkpoint.json").read_text()
    (tmp_path / "c" / "checkpoint.json").write_text(document.replace('"format": 1', '"format": 99'))
    with pytest.raises(ValueError, match="format 99, expected 1"):
        checkpoint.read(tmp_path / "c")


def test_a_kill_between_the_renames_keeps_the_previous_checkpoint(tmp_path: Path) -> None:
    model = fresh("hqvae")
    optimiser = torch.optim.AdamW(model.parameters())
    average = Average(model, 0.9)
    checkpoint.save(tmp_path / "c", 1, model, average, optimiser)
    (tmp_path / "c").rename(tmp_path / "c.old")
    assert checkpoint.exists(tmp_path / "c")
    assert checkpoint.restore(tmp_path / "c", model, average, optimiser) == 1


def test_average_swaps_in_and_out() -> None:
    model = nn.Linear(2, 2)
    average = Average(model, 0.5)
    start = weights(model).clone()
    with torch.no_grad():
        for p in model.parameters():
            p.add_(1.0)
    average.update(model, step=100)
    with average.swapped_in(model):
        assert torch.allclose(weights(model), start + 0.5)
    assert torch.allclose(weights(model), start + 1)


def test_schedules() -> None:
    config = TrainConfig(steps=1000, batch=1, warm_up=10, continuous_steps=100)
    assert [mode_at(s, config) for s in (0, 99, 100, 749, 750)] == ["continuous"] * 2 + ["stochastic"] * 2 + ["hard"]
    assert temperature_at(0, config) == 1.0
    assert temperature_at(600, config) == pytest.approx(0.1)
    assert learning_rate_at(0, config) == pytest.approx(1e-4)
    assert learning_rate_at(1000, config) == pytest.approx(5e-5)


def test_k_means_finds_separated_centres() -> None:
    torch.manual_seed(0)
    centres = 10 * torch.randn(4, 3)
    points = centres.repeat_interleave(100, 0) + 0.1 * torch.randn(400, 3)
    found, variance = k_means(points, 8)
    assert torch.cdist(centres, found).min(1).values.max() < 0.3
    assert variance < 0.02


def test_log_lines_round_trip() -> None:
    line = format_line("a", 3, {"loss": 0.123456, "split": "held_out"})
    assert line == "run=a step=3 loss=0.1235 split=held_out"
    assert parse_line(line)["loss"] == "0.1235"
    with pytest.raises(ValueError, match="key=value"):
        parse_line("run=a nonsense")


def test_the_dial_gives_the_planned_sizes() -> None:
    planned = {
        "debug": ([(64, 2)] * 3, (64, 64, 64)),
        "S": ([(256, 6), (256, 4), (192, 3)], (1024, 1024, 512)),
        "M": ([(384, 8), (320, 6), (256, 4)], (2048, 1024, 1024)),
    }
    for size in SIZES:
        config = model_config(size)
        if size in planned:
            assert ([(p.width, p.layers) for p in config.priors], config.codec.codebooks) == planned[size]
    with pytest.raises(ValueError, match="expected one of"):
        model_config("XL")


@pytest.mark.parametrize(("wanted", "has", "enabled"), [
    (True, True, True),
    (True, False, False),
    (False, True, False),
])  # fmt: skip
def test_bf16_only_where_the_processor_has_it(
    monkeypatch: pytest.MonkeyPatch, wanted: bool, has: bool, enabled: bool
) -> None:
    monkeypatch.setattr("sonido.precision.cpu_has_bf16", lambda: has)
    with bf16_products("cpu", wanted):
        product = torch.ones(2, 2) @ torch.ones(2, 2)
    assert product.dtype == (torch.bfloat16 if enabled else torch.float32)
