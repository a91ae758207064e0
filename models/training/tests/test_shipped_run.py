"""A run folder made from the shipped graphs computes what they compute."""

from pathlib import Path

import numpy as np
import pytest
import torch

from sonido import shipped_run
from sonido.clip_stage import load_clip
from sonido.config import model_config
from sonido.onnx_parity import session
from sonido.pipeline import load_codec, load_priors
from sonido.shipped import WEIGHTS, ShippedModel

RUN = "S-h"


def test_a_restored_run_equals_the_shipped_graphs(tmp_path: Path) -> None:
    shipped_run.restore("S", tmp_path, RUN)
    assert "bits=" in (tmp_path / "prior0" / "log.txt").read_text()
    config, shipped = model_config("S"), ShippedModel("S")
    torch.manual_seed(0)
    audio = 0.2 * torch.randn(1, 2, 256 * 2048)
    with torch.no_grad():
        codec = load_codec(tmp_path, "S")
        tokens, wanted = codec.encode(audio), shipped.encode(audio)
        for ours, theirs in zip(tokens, wanted, strict=True):
            assert (ours == theirs).float().mean() > 0.999
        window = [level[:, : 64 * 4**n].contiguous() for n, level in enumerate(wanted)]
        assert torch.allclose(codec.decode(window), shipped.decode(window), atol=2e-2 * 0.2)
        clip = load_clip(tmp_path, config)(audio)
        embedded = shipped.clips(audio[0])
        assert embedded is not None
        assert np.allclose(clip, embedded, atol=1e-4)
        for level, prior in enumerate(load_priors(tmp_path, config)):
            given = torch.randint(prior.config.vocabulary, (1, prior.config.context))
            inputs = {"tokens": given.numpy(), "clip": clip.numpy(), "keep_clip": np.ones((1, 1), np.float32)}
            upper = None
            if prior.config.upper_vocabulary is not None:
                upper = torch.randint(prior.config.upper_vocabulary, (1, prior.config.context // 4))
                inputs["upper"] = upper.numpy()
            logits = session(WEIGHTS / "S" / f"prior{level}.fp16.onnx").run(["logits"], inputs)[0]
            ours = prior(given, upper, clip, torch.ones(1, 1))[0].numpy()
            assert np.abs(ours - logits).max() < 2e-2 * np.abs(logits).max()


def test_a_run_that_exists_is_left_alone(tmp_path: Path) -> None:
    shipped_run.restore("S", tmp_path, RUN)
    with pytest.raises(ValueError, match="has checkpoints already"):
        shipped_run.restore("S", tmp_path, RUN)
    with pytest.raises(ValueError, match="is of another size"):
        load_codec(tmp_path, "tiny")


def test_the_logs_of_a_run_that_was_never_shipped_are_missed(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"no .*X-stage1\.txt"):
        shipped_run.restore("S", tmp_path / "run", "X")
    assert not (tmp_path / "run").exists()
