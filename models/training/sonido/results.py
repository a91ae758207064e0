"""The result tables of a run, written between markers of a Markdown file."""

from __future__ import annotations

import datetime
import subprocess
from pathlib import Path

from sonido.logline import parse_line

LEVELS = ("coarse", "medium", "fine")
USAGE_GATE = 0.10
ABLATION_GATE = 0.10


def last_held_out(log: Path, step: str | None = None) -> dict[str, str] | None:
    """The last held-out line of a log, or the last one of `step`; None when there is no log or no such line."""
    if not log.exists():
        return None
    lines = [parse_line(line) for line in log.read_text().splitlines()]
    held = [line for line in lines if line.get("split") == "held_out" and step in (None, line["step"])]
    return held[-1] if held else None


def stage1_table(main: Path, baselines: dict[str, Path]) -> list[str]:
    """One row per codec; a level's cell is usage / rise of the STFT distance when it alone is random.

    Baselines stop earlier, so the main run also has a row at each of their last steps.
    """
    found = {name: last_held_out(folder / "log.txt") for name, folder in baselines.items()}
    last = last_held_out(main / "log.txt")
    steps = {held["step"] for held in found.values() if held} - {last["step"] if last else ""}
    early = [("HQ-VAE", last_held_out(main / "log.txt", step)) for step in sorted(steps, key=int)]
    runs = [*early, *found.items(), ("HQ-VAE", last)]
    rows = [
        "| codec | step | SI-SDR dB | MR-STFT | per stream: perplexity/K, rise when random (per kbit/s) |",
        "|---|---|---|---|---|",
    ]
    for name, held in runs:
        if held is None:
            continue
        streams = [key[6:] for key in held if key.startswith("usage_")]
        cells = "; ".join(
            f"{float(held[f'usage_{s}']):.3f}, {100 * float(held[f'ablation_{s}']):+.0f} % "
            f"({100 * float(held[f'ablation_per_kbit_{s}']):.0f} %)"
            for s in streams
        )
        rows.append(f"| {name} | {held['step']} | {held['si_sdr']} | {held['mrstft']} | {cells} |")
    return rows


def gates(run: Path) -> list[str]:
    """One line per structural gate with what was measured."""
    lines: list[str] = []
    held = last_held_out(run / "stage1" / "log.txt")
    for level, name in enumerate(LEVELS):
        if held is not None:
            usage, rise = float(held[f"usage_{level}"]), float(held[f"ablation_{level}"])
            lines.append(f"- {name}: perplexity/K {usage:.3f} (gate {USAGE_GATE:.2f}): {_verdict(usage >= USAGE_GATE)}")
            lines.append(
                f"- {name}: random codes raise the STFT distance by {100 * rise:.1f} % (gate 10 %): "
                f"{_verdict(rise >= ABLATION_GATE)}"
            )
        prior = last_held_out(run / f"prior{level}" / "log.txt")
        if prior is not None:
            lines.append(
                f"- {name}: {prior['bits']} bits per token, unigram {prior['unigram']}, bigram {prior['bigram']}: "
                f"{_verdict(float(prior['bits']) < float(prior['bigram']))}"
            )
    return lines


def _verdict(passed: bool) -> str:
    return "passed" if passed else "NOT passed"


def commit() -> str:
    done = subprocess.run(["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True)
    return done.stdout.strip() or "unknown"


def write_section(path: Path, marker: str, lines: list[str]) -> None:
    """Replaces or appends the section between `<!-- marker -->` and `<!-- /marker -->`; the rest stays."""
    start, end = f"<!-- {marker} -->", f"<!-- /{marker} -->"
    section = "\n".join([start, *lines, end])
    text = path.read_text() if path.exists() else "# Results\n\nWritten by commands; every number is held out.\n"
    if start in text:
        before, _, rest = text.partition(start)
        _, _, after = rest.partition(end)
        text = before + section + after
    else:
        text = text.rstrip() + "\n\n" + section + "\n"
    path.write_text(text)


def report(run: Path, baselines: dict[str, Path], size: str, seed: int, out: Path) -> None:
    today = datetime.date.today().isoformat()
    lines = [
        f"## SoniDo `{size}`: stage 1 and 2",
        "",
        f"{today}, commit {commit()}, seed {seed}. Held-out real music, hard codes, averaged weights.",
        "",
        *stage1_table(run / "stage1", baselines),
        "",
        "Structural gates:",
        "",
        *gates(run),
    ]
    write_section(out, f"sonido-{size}", lines)
