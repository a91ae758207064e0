"""Dry run of the GPU driver on the CPU: bundle, render, train, publish, resume on a fresh machine."""

import subprocess
import sys
from pathlib import Path

import pytest

from sonido import checkpoint, gpu_driver
from sonido.data.generated import numbers


def run(arguments: list[str], folder: Path) -> str:
    driver = str(Path(gpu_driver.__file__))
    done = subprocess.run([sys.executable, driver, *arguments], capture_output=True, text=True, cwd=folder)
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    return done.stdout


@pytest.mark.slow
def test_bundle_train_and_resume(tmp_path: Path) -> None:
    raw = tmp_path / "raw"
    (raw / "groove").mkdir(parents=True)
    (raw / "groove" / "note.txt").write_text("no songs here")
    bundle = tmp_path / "bundle.tar.xz"
    run(
        [
            "bundle",
            "--raw",
            str(raw),
            "--out",
            str(bundle),
            "--corpora",
            "groove",
            "--soundfonts",
            "--without-synthesiser",
        ],
        tmp_path,
    )
    assert bundle.stat().st_size < gpu_driver.BUNDLE_LIMIT
    songs = max(numbers(2, 1)) + 1
    common = ["--bundle", str(bundle), "--size", "debug", "--stages", "stage1", "--device", "cpu", "--seconds", "6",
              "--generated", str(songs), "--hours", "1", "--minutes", "5", "--checkpoint-minutes", "2"]  # fmt: skip
    first, second = tmp_path / "out1", tmp_path / "out2"
    log = run(["train", *common, "--out", str(first), "--work", str(tmp_path / "w1"), "--steps", "4"], tmp_path)
    assert "published" in log
    assert all(p.stat().st_size <= gpu_driver.FILE_LIMIT for p in first.iterdir())
    again = ["--out", str(second), "--work", str(tmp_path / "w2"), "--steps", "6", "--resume", str(first)]
    run(["train", *common, *again], tmp_path)
    document, _ = checkpoint.read(tmp_path / "w2" / "run" / "stage1" / "checkpoint")
    assert document["step"] == 6
    lines = (tmp_path / "w2" / "run" / "stage1" / "log.txt").read_text()
    assert lines.count("train_items=") == 2, "the second call must continue the first one's log"


def test_a_bundle_over_the_limit_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gpu_driver, "BUNDLE_LIMIT", 10)
    arguments = ["gpu_driver", "bundle", "--raw", str(tmp_path), "--out", str(tmp_path / "b.tar.xz"), "--corpora"]
    monkeypatch.setattr(sys, "argv", [*arguments, "--soundfonts", "--without-synthesiser"])
    with pytest.raises(ValueError, match="the limit is 10"):
        gpu_driver.main()
