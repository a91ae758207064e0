"""What is worth keeping of a probe run, computed on several processes: states of the pieces, scores of the probes.

Every piece and every column of a table is a file of its own, named by what it follows from; what exists is kept, so a
run that was cut short goes on where it stopped, and other tables take what they have in common with it.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from pathlib import Path

from sonido.data.splits import Split as SplitName
from sonido.probe.collection import STEP, Depths, read_collection
from sonido.probe.projection import WIDTH
from sonido.probe.ridge import STRENGTHS
from sonido.probe.segments import cache, pieces
from sonido.probe.states import AnyExtractor, named, trained, untrained
from sonido.probe.table import Split, representations, score
from sonido.probe.tasks import TASKS
from sonido.processes import spread
from sonido.shipped import ShippedModel
from sonido.whole_files import write_text

Scores = dict[str, dict[str, list[float]]]
"""Task -> share of the labels -> a value per seed."""


@dataclass(frozen=True)
class Source:
    """An extractor as a process can make it: of a run, conditioned or not, drawn from a seed, or what is shipped."""

    size: str
    run: Path | None = None
    conditioned: bool = True
    seed: int | None = None

    def load(self) -> AnyExtractor:
        if self.seed is not None:
            return untrained(self.size, self.seed)
        return ShippedModel(self.size) if self.run is None else trained(self.run, self.size, self.conditioned)

    def name(self) -> str:
        shipped = f"shipped-{self.size}" if self.run is None else self.run.name
        return named(shipped if self.seed is None else f"untrained-{self.size}-{self.seed}", self.load())


@dataclass(frozen=True)
class Column:
    """A representation, and where and how it is probed."""

    representation: str
    depths: Depths
    seeds: tuple[int, ...]
    fractions: tuple[float, ...]
    judged: str
    """Split that the probes are measured on."""

    def key(self, known: list[list[str]]) -> str:
        """`known` are the names of the pieces, of training and judged ones."""
        document = [asdict(self), known, WIDTH, STEP, STRENGTHS]
        return hashlib.sha256(json.dumps(document).encode()).hexdigest()[:16]


def fill(
    material: Path, root: Path, sources: list[Source | None], splits: tuple[SplitName, ...], processes: int
) -> list[str]:
    """Caches the states of all pieces under ROOT/NAME/SPLIT; None is mel and labels. Gives the names."""
    names = ["mel" if source is None else source.name() for source in sources]
    jobs = [
        (material, root / name, source, splits, part, processes)
        for source, name in zip(sources, names, strict=True)
        for part in range(processes)
    ]
    spread(_fill_part, jobs, processes)
    return names


def _fill_part(
    material: Path, folder: Path, source: Source | None, splits: tuple[SplitName, ...], part: int, parts: int
) -> None:
    wanted = [(split, piece) for split in splits for piece in pieces(material, (split,), 1)[part::parts]]
    missing = [(split, piece) for split, piece in wanted if not (folder / split / f"{piece.name}.npz").exists()]
    if not missing:
        return
    extractor = None if source is None else source.load()
    for split, piece in missing:
        cache(extractor, [piece], folder / split)


def judge(root: Path, columns: list[Column], extractors: tuple[str, ...], processes: int) -> list[Scores]:
    """Scores of each column, on the pieces that have the states of all `extractors`."""
    found: list[Scores] = spread(_judge, [(root, column, extractors) for column in columns], processes)
    return found


def _judge(root: Path, column: Column, extractors: tuple[str, ...]) -> Scores:
    train, judged = (read_collection(root, split, extractors) for split in ("train", column.judged))
    path = root / "scores" / f"{column.key([train.names, judged.names])}.json"
    if path.exists():
        kept: Scores = json.loads(path.read_text())
        return kept
    known = representations([train, judged], column.representation, column.depths)
    sides = [Split(c, r) for c, r in zip((train, judged), known, strict=True)]
    scores: Scores = {}
    for task in TASKS:
        for fraction in column.fractions:
            values = [score(task, sides[0], sides[1], fraction, seed) for seed in column.seeds]
            scores.setdefault(task.name, {})[str(fraction)] = values
            print(f"probe={column.representation!r} task={task.name!r} fraction={fraction} values={values}", flush=True)
    path.parent.mkdir(exist_ok=True)
    write_text(path, json.dumps(scores))
    return scores
