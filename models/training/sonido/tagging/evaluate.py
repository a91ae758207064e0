"""The head with and without features on held-out rendered music and, one song left out at a time, on the EIR songs."""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from sonido.probe.collection import Depths
from sonido.probe.measures import f_measure, mean_average_precision, mean_key_score, precision_by_column
from sonido.tagging.calibration import Temperatures, errors, fit_temperatures
from sonido.tagging.examples import Example, as_mixtures, read_examples
from sonido.tagging.head import TaggingHead
from sonido.tagging.labels import ACTIVITIES, HELD_BY, INSTRUMENTS, LEAST_HELD, MIXTURE, ROLES
from sonido.tagging.train import Group, HeadConfig, train_head
from sonido.whole_files import write_text

RENDERED = ("instruments mAP", "key MIREX", "role accuracy", "mixtures heard as such")
AP = "AP, "
"""Before the names of the classes in the scores."""
FEWEST = 3
"""Positive and negative pieces that a class needs to be judged."""
COUNTED = ("mixes", "held_mixes", "parts", "held_parts", "eir_mixes", "eir_sung", "songs")
REAL = (
    *("role accuracy, EIR", "mixes heard as such, EIR", "voice F1, EIR", "drums F1, EIR"),
    *(
        f"{name} in EIR stems {of} it, {which}"
        for name in ACTIVITIES
        for of in ("with", "without")
        for which in ("frames", "told")
    ),
)


@dataclass(frozen=True)
class HeadData:
    mixes: list[Example]
    held_mixes: list[Example]
    other_mixes: list[Example]
    """What temperatures are fitted on, with every second held-out part."""
    parts: list[Example]
    held_parts: list[Example]
    eir_stems: list[Example]
    eir_mixes: list[Example]
    eir_sung: list[Example]
    songs: list[Example]
    """Mixtures that the clip embedding and the priors have been trained on."""

    def eir_songs(self) -> list[str]:
        return sorted({song_of(e.name) for e in self.eir_mixes})


def song_of(name: str) -> str:
    """'3.Sodium-KICK@12' or '3.Sodium@40' -> '3.Sodium'"""
    return name.partition("@")[0].partition("-")[0]


def stem_of(name: str) -> str:
    return name.partition("@")[0]


def read_data(probes: Path, clips: Path, features: str | None, depths: Depths) -> HeadData:
    """From the caches of `sonido.probe` and `sonido.tagging.clips`; `features` names the extractor, None is mel."""

    def read(root: Path, part: str) -> list[Example]:
        return read_examples(root / "mel" / part, None if features is None else root / features / part, depths)

    return HeadData(
        as_mixtures(read(probes, "train")), as_mixtures(read(probes, "test")), as_mixtures(read(probes, "validation")),
        read(clips, "roles-train"), read(clips, "roles-held_out"),
        read(clips, "eir-stems"), read(clips, "eir-mixes"), read(clips, "eir-sung"),
        as_mixtures(read(clips, "songs")),
    )  # fmt: skip


@torch.no_grad()
def outputs(head: TaggingHead, example: Example) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """Probabilities of instruments, key, role and, per frame, activity."""
    instruments, key, role, activity = head(example.mel[None], example.extra[None], example.mask[None])
    return instruments[0].sigmoid(), key[0].softmax(0), role[0].softmax(0), activity[0].sigmoid()


def rendered_scores(head: TaggingHead, data: HeadData) -> dict[str, float]:
    found = [outputs(head, e) for e in data.held_mixes]
    truth = torch.stack([e.instruments for e in data.held_mixes]).numpy() > 0.5
    scores = torch.stack([o[0] for o in found]).numpy()
    keyed = [(o[1].numpy(), e.key) for o, e in zip(found, data.held_mixes, strict=True) if e.key >= 0]
    parts = [int(outputs(head, e)[2].argmax()) == e.role for e in data.held_parts]
    mixed = [int(o[2].argmax()) == e.role for o, e in zip(found, data.held_mixes, strict=True) if e.role >= 0]
    judged, temperatures = [*data.held_mixes, *data.held_parts[1::2]], fit_temperatures(head, fitted_on(data))
    before, after = (errors(head, judged, t) for t in (Temperatures(), temperatures))
    return {
        "instruments mAP": mean_average_precision(scores, truth, FEWEST),
        "key MIREX": mean_key_score(np.stack([k for k, _ in keyed]), np.array([t for _, t in keyed])),
        "role accuracy": float(np.mean(parts)),
        "mixtures heard as such": float(np.mean(mixed)),
        **{f"{AP}{INSTRUMENTS[c]}": value for c, value in precision_by_column(scores, truth, FEWEST).items()},
        **{f"confidence error, {name}, raw": value for name, value in before.items()},
        **{f"confidence error, {name}": value for name, value in after.items()},
    }


def fitted_on(data: HeadData) -> list[Example]:
    return [*data.other_mixes, *data.held_parts[::2]]


def stem_roles(head: TaggingHead, examples: list[Example]) -> dict[str, tuple[int, int]]:
    """Per stem (found, true) role: probabilities averaged over its places."""
    sums: dict[str, Tensor] = defaultdict(lambda: torch.zeros(len(ROLES)))
    truth: dict[str, int] = {}
    for e in examples:
        sums[stem_of(e.name)] = sums[stem_of(e.name)] + outputs(head, e)[2]
        truth[stem_of(e.name)] = e.role
    return {name: (int(total.argmax()), truth[name]) for name, total in sums.items()}


def may_hold(activity: str, role: Tensor) -> bool:
    """Whether a file with these probabilities of roles is told to have an activity at all."""
    return float(sum(role[ROLES.index(name)] for name in HELD_BY[activity])) >= LEAST_HELD


def told_in_stems(head: TaggingHead, examples: list[Example]) -> dict[str, tuple[list[bool], list[bool]]]:
    """Per activity and kind of stem, of the frames that sound: found by themselves, and told."""
    by_stem: dict[str, list[tuple[Example, Tensor, Tensor]]] = defaultdict(list)
    for e in examples:
        _, _, role, activity = outputs(head, e)
        by_stem[stem_of(e.name)].append((e, role, smoothed(activity) >= 0.5))
    told: dict[str, tuple[list[bool], list[bool]]] = defaultdict(lambda: ([], []))
    for places in by_stem.values():
        role = torch.stack([r for _, r, _ in places]).mean(0)
        for column, name in enumerate(ACTIVITIES):
            has = ROLES[places[0][0].role] in HELD_BY[name]
            frames, kept = told[f"{name} in EIR stems {'with' if has else 'without'} it"]
            for e, _, found in places:
                of_stem = found[e.mask > 0, column].tolist()
                frames.extend(of_stem)
                kept.extend(x and may_hold(name, role) for x in of_stem)
    return told


def smoothed(probability: Tensor, reach: int = 5) -> Tensor:
    """[frames, 2] averaged over 2 reach + 1 frames (half a second)."""
    kernel = torch.ones(1, 1, 2 * reach + 1) / (2 * reach + 1)
    padded = torch.nn.functional.pad(probability.t()[:, None], (reach, reach), mode="replicate")
    averaged: Tensor = torch.nn.functional.conv1d(padded, kernel)[:, 0].t()
    return averaged


def activity_scores(head: TaggingHead, mixes: list[Example]) -> dict[str, tuple[list[bool], list[bool]]]:
    """Per activity the frames found (probability of half or more) and true."""
    found: dict[str, tuple[list[bool], list[bool]]] = {name: ([], []) for name in ACTIVITIES}
    for e in mixes:
        probability = smoothed(outputs(head, e)[3])
        for column, name in enumerate(ACTIVITIES):
            found[name][0].extend((probability[:, column] >= 0.5).tolist())
            found[name][1].extend((e.activity[:, column] > 0.5).tolist())
    return found


def without(examples: list[Example], song: str) -> list[Example]:
    return [e for e in examples if song_of(e.name) != song]


def of_song(examples: list[Example], song: str) -> list[Example]:
    return [e for e in examples if song_of(e.name) == song]


def groups_of(data: HeadData, left_out: str | None) -> list[Group]:
    """Raises ValueError when one is empty."""
    recorded = [data.eir_stems, data.eir_mixes, data.eir_sung]
    if left_out is not None:
        recorded = [without(examples, left_out) for examples in recorded]
    groups = [Group(data.mixes), Group(data.songs, 2), *(Group(examples) for examples in (data.parts, *recorded))]
    if not all(group.examples for group in groups):
        raise ValueError("a part of the caches is empty; make them with `sonido.probe` and `sonido.tagging cache`")
    return groups


@dataclass(frozen=True)
class Outcome:
    scores: dict[str, float]
    roles: dict[str, tuple[int, int]]
    """Per EIR stem (found, true) index."""
    counts: dict[str, int]
    """Clips of each kind."""


def names_of(probes: Path, clips: Path, features: str | None) -> list[str]:
    """Of the clips that a head learns from and is judged on."""
    folders = [root / (features or "mel") for root in (probes, clips)]
    return [f"{p.relative_to(folder)}" for folder in folders for p in sorted(folder.rglob("*.npz"))]


def data_key(probes: Path, clips: Path, features: str | None) -> str:
    """Of the clips by name and extractor."""
    return hashlib.sha256("\n".join([str(features), *names_of(probes, clips, features)]).encode()).hexdigest()[:8]


def kept_outcome(path: Path) -> Outcome | None:
    """What `keep` wrote; None when there is no such file."""
    if not path.exists():
        return None
    document = json.loads(path.read_text())
    roles = {name: (int(found), int(true)) for name, (found, true) in document["roles"].items()}
    return Outcome(document["scores"], roles, document["counts"])


def keep(outcome: Outcome, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    write_text(path, json.dumps(vars(outcome), indent=1))


def leave_one_song_out(data: HeadData, config: HeadConfig, seed: int, mel_extra: bool) -> Outcome:
    """One training per EIR song. Rendered scores are means over the trainings, real ones are pooled over the songs."""
    rendered: list[dict[str, float]] = []
    mixture, mixed = ROLES.index(MIXTURE), list[bool]()
    in_stems: dict[str, tuple[list[bool], list[bool]]] = defaultdict(lambda: ([], []))
    roles: dict[str, tuple[int, int]] = {}
    frames: dict[str, tuple[list[bool], list[bool]]] = {name: ([], []) for name in ACTIVITIES}
    for song in data.eir_songs():
        head = train_head(groups_of(data, song), config, seed, mel_extra)
        rendered.append(rendered_scores(head, data))
        roles |= stem_roles(head, of_song(data.eir_stems, song))
        mixed += [int(outputs(head, e)[2].argmax()) == mixture for e in of_song(data.eir_mixes, song)]
        for name, pair in told_in_stems(head, of_song(data.eir_stems, song)).items():
            for pooled, more in zip(in_stems[name], pair, strict=True):
                pooled.extend(more)
        for name, (found, true) in activity_scores(head, of_song(data.eir_mixes, song)).items():
            frames[name][0].extend(found)
            frames[name][1].extend(true)
    scores = {name: float(np.mean([r[name] for r in rendered])) for name in rendered[0]}
    scores["role accuracy, EIR"] = float(np.mean([a == b for a, b in roles.values()]))
    scores["mixes heard as such, EIR"] = float(np.mean(mixed))
    for name, (found, told) in in_stems.items():
        scores[f"{name}, frames"], scores[f"{name}, told"] = float(np.mean(found)), float(np.mean(told))
    for name, (found, true) in frames.items():
        scores[f"{name} F1, EIR"] = f_measure(np.array(found), np.array(true))
    counts = {name: len(getattr(data, name)) for name in COUNTED}
    return Outcome(scores, roles, counts)
