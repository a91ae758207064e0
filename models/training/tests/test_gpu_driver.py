"""Dry run of the GPU driver on the CPU: bundle, render, train, publish, resume on a fresh machine."""

import subprocess
import sys
import time
from pathlib import Path

import pytest

from sonido import checkpoint, gpu_driver, staged_run
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
    common = ["--bundle", str(bundle), "--size", "debug", "--device", "cpu", "--seconds", "9",
              "--generated", str(songs), "--hours", "1", "--minutes", "120", "--checkpoint-minutes", "2"]  # fmt: skip

    def call(number: int, *arguments: str) -> tuple[str, Path]:
        """A fresh machine each time: only the published files of the call before are there."""
        work, out = tmp_path / f"work{number}", tmp_path / f"out{number}"
        resume = ["--resume", str(tmp_path / f"out{number - 1}")] if number else []
        log = run(["train", *common, "--out", str(out), "--work", str(work), *resume, *arguments], tmp_path)
        assert "published" in log
        assert all(p.stat().st_size <= gpu_driver.FILE_LIMIT for p in out.iterdir())
        return log, work / "run"

    def step_of(folder: Path) -> object:
        return checkpoint.read(folder / "checkpoint")[0]["step"]

    log, state = call(0, "--stages", "stage1", "--steps", "4")
    assert "finished=True" in log
    assert not (state / "tokens").exists()
    log, state = call(1, "--steps", "6", "--prior-steps", "2")
    assert [step_of(state / name) for name in ("stage1", "prior0", "prior1", "prior2")] == [6, 2, 2, 2]
    assert (state / "stage1" / "log.txt").read_text().count("train_items=") == 2, "goes on in the first call's log"
    log, state = call(2, "--steps", "6", "--prior-steps", "3")
    assert [step_of(state / name) for name in ("stage1", "prior0", "prior2")] == [6, 3, 3]


def test_stage_2_waits_for_stage_1(tmp_path: Path) -> None:
    published: list[int] = []
    plan = staged_run.Plan("debug", "both", "cpu", time.monotonic() - 1, 1.0, 1.0, steps=4)
    assert not staged_run.run_stages(plan, tmp_path / "shards", tmp_path / "run", lambda: published.append(1))
    assert not (tmp_path / "run").exists(), "past the deadline nothing may start"


def test_a_bundle_over_the_limit_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gpu_driver, "BUNDLE_LIMIT", 10)
    arguments = ["gpu_driver", "bundle", "--raw", str(tmp_path), "--out", str(tmp_path / "b.tar.xz"), "--corpora"]
    monkeypatch.setattr(sys, "argv", [*arguments, "--soundfonts", "--without-synthesiser"])
    with pytest.raises(ValueError, match="the limit is 10"):
        gpu_driver.main()
