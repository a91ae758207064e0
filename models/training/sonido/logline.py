"""The one log-line format: `run=NAME step=N key=value ...`, numbers with four significant digits."""

from __future__ import annotations

from pathlib import Path


def format_line(run: str, step: int, values: dict[str, float | int | str]) -> str:
    def text(value: float | int | str) -> str:
        return f"{value:.4g}" if isinstance(value, float) else str(value)

    return " ".join([f"run={run}", f"step={step}", *(f"{key}={text(value)}" for key, value in values.items())])


def parse_line(line: str) -> dict[str, str]:
    """Inverse of `format_line` up to the rounding. Raises ValueError for a token without '='."""
    pairs: dict[str, str] = {}
    for token in line.split():
        key, separator, value = token.partition("=")
        if not separator:
            raise ValueError(f"log line has the token '{token}', expected key=value")
        pairs[key] = value
    return pairs


class RunLog:
    """Appends lines to `directory`/log.txt and prints them."""

    def __init__(self, directory: Path, run: str) -> None:
        directory.mkdir(parents=True, exist_ok=True)
        self.path = directory / "log.txt"
        self.run = run

    def write(self, step: int, **values: float | int | str) -> None:
        line = format_line(self.run, step, values)
        with self.path.open("a") as file:
            file.write(line + "\n")
        print(line, flush=True)
