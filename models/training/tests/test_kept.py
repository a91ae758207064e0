"""What is kept of a run goes on elsewhere."""

from pathlib import Path

import numpy as np
import pytest
import torch

from sonido import checkpoint, kept
from sonido.config import model_config
from sonido.hqvae import HQVAE
from sonido.ngram import COUNTS, Counts, read_counts, save_counts
from sonido.pipeline import load_codec


def a_run(folder: Path) -> HQVAE:
    torch.manual_seed(0)
    model = HQVAE(model_config("debug").codec).eval()
    checkpoint.save_weights(folder / "stage1" / "checkpoint", 70, model.state_dict())
    (folder / "stage1" / "log.txt").write_text("run=hqvae step=70 loss=1\n")
    (folder / "tokens").mkdir()
    (folder / "tokens" / "stage1_step").write_text("70")
    save_counts([Counts.of([np.array([0, 1, 1])], 2)] * 3, folder / "tokens" / COUNTS)
    return model


def test_what_is_kept_comes_back_in_float16(tmp_path: Path) -> None:
    model = a_run(tmp_path / "run")
    kept.keep(tmp_path / "run", tmp_path / "kept")
    kept.restore(tmp_path / "kept", tmp_path / "again")
    assert checkpoint.read(tmp_path / "again" / "stage1" / "checkpoint")[0]["step"] == 70
    found = load_codec(tmp_path / "again", "debug").state_dict()
    for name, value in model.state_dict().items():
        assert torch.equal(found[name], value.half().float()), name
    assert (tmp_path / "again" / "stage1" / "log.txt").exists()
    assert (tmp_path / "again" / "tokens" / "stage1_step").read_text() == "70"
    assert read_counts(tmp_path / "again" / "tokens" / COUNTS)[2].pairs.tolist() == [[0, 1], [0, 1]]
    with pytest.raises(ValueError, match="stage1 already"):
        kept.restore(tmp_path / "kept", tmp_path / "again")


def test_nothing_to_keep_or_restore(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="no checkpoint of stage1"):
        kept.keep(tmp_path, tmp_path / "kept")
    with pytest.raises(ValueError, match="has no STAGE"):
        kept.restore(tmp_path, tmp_path / "again")
