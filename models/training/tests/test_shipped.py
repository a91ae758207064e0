"""Gates on the shipped weights, measured on real music.

On the song Hydrogen, which no training has heard: the share of each level in the sound, the priors against the bigram
of their own training tokens, and every size against `tiny`. Usage of the codebooks is measured on equal parts of all
four EIR songs (stage 1 has heard the other three), since one song alone does not have the sounds of a thousand codes.
What the features know was measured on this very pack by `python -m sonido.probe.gate` (an hour's work, not a test's).
It needs the EIR songs (SONIDESK_DATA or ../shared/data) and ffmpeg.
"""

import json
import os
import subprocess
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor

from sonido.config import HOPS
from sonido.data.splits import split_of_song
from sonido.ngram import COUNTS, bigram_bits, read_counts
from sonido.probe import gate
from sonido.probe.tasks import TASKS
from sonido.quantiser import perplexity
from sonido.results import ABLATION_GATE, LEVELS, USAGE_GATE
from sonido.shipped import SEGMENT, WEIGHTS, ShippedModel, shipped_sizes
from sonido.stage1_evaluation import Stage1Report, evaluate
from sonido.tokenisation import TokenItem

torch.set_num_threads(1)
ROOT = Path(__file__).resolve().parents[3]
EIR = Path(os.environ.get("SONIDESK_DATA", ROOT.parent / "shared" / "data")) / "eir"
SONG, OTHERS = "1.Hydrogen", ("3.Sodium", "5.Rubidium", "6.Caesium")
FIRST = 60
"""Excerpts begin in the second minute."""
SEGMENTS, EACH = 25, 10
"""74 s of Hydrogen; 30 s of every song for the usage of codes."""
FRESH = {name: os.environ.get(f"SONIDO_{name}", "") for name in ("SIZE", "WEIGHTS", "PACK")}
"""What `release.sh` has made and not installed yet; it is judged like what is shipped."""
SIZES = sorted({*shipped_sizes(), *([FRESH["SIZE"]] if FRESH["SIZE"] else [])})


@cache
def shipped(size: str) -> ShippedModel:
    if size == FRESH["SIZE"]:
        return ShippedModel(size, Path(FRESH["WEIGHTS"]), Path(FRESH["PACK"]))
    return ShippedModel(size)


@cache
def excerpt(name: str, segments: int) -> Tensor:
    """[2, segments * SEGMENT] of a song: the sum of its stems, quieter where it is above full scale."""
    stems = sorted(p for p in (EIR / name).glob("*.m4a") if "master" not in p.name.lower())
    if not stems:
        pytest.skip(f"no stems in {EIR / name}: set SONIDESK_DATA to the folder with eir/")
    samples = segments * SEGMENT
    inputs = [part for stem in stems for part in ("-ss", str(FIRST), "-t", str(samples // 44_100 + 1), "-i", str(stem))]
    command = ["ffmpeg", "-v", "error", *inputs, "-filter_complex", f"amix=inputs={len(stems)}:normalize=0"]
    done = subprocess.run([*command, "-f", "f32le", "-ac", "2", "-ar", "44100", "-"], capture_output=True, check=True)
    audio = torch.from_numpy(np.frombuffer(done.stdout, "<f4").copy().reshape(-1, 2).T[:, :samples])
    assert audio.shape == (2, samples)
    return (audio / max(1.0, float(audio.abs().max()))).contiguous()


def song() -> Tensor:
    assert split_of_song(f"eir/{SONG}") == "test"
    return excerpt(SONG, SEGMENTS)


@cache
def judged(size: str) -> Stage1Report:
    segments = song().reshape(2, SEGMENTS, SEGMENT).transpose(0, 1).contiguous()
    return evaluate(shipped(size), segments)


@cache
def tokens(size: str) -> TokenItem:
    return shipped(size).tokens_of(song())


def test_something_is_shipped_and_tiny_stays_as_the_yardstick() -> None:
    assert "tiny" in SIZES


@pytest.mark.parametrize("size", SIZES)
def test_every_level_uses_its_codes(size: str) -> None:
    model = shipped(size)
    parts = [model.encode(excerpt(name, EACH)[None]) for name in (SONG, *OTHERS)]
    for level, codes in enumerate(model.codes_per_level):
        counts = torch.bincount(torch.cat([part[level].flatten() for part in parts]), minlength=codes)
        assert perplexity(counts) / codes >= USAGE_GATE


@pytest.mark.parametrize("size", SIZES)
def test_every_level_matters_to_the_sound(size: str) -> None:
    assert all(rise >= ABLATION_GATE for rise in judged(size).ablation), judged(size).ablation


@pytest.mark.parametrize("level", range(3), ids=LEVELS)
@pytest.mark.parametrize("size", SIZES)
def test_the_priors_know_more_than_a_bigram(size: str, level: int) -> None:
    item = tokens(size)
    counts = read_counts(shipped(size).folder / COUNTS)[level]
    assert shipped(size).bits_per_token(item, level) < bigram_bits(counts, [item.tokens[level]])


def test_larger_models_sound_nearer_to_the_music_than_tiny() -> None:
    for size in SIZES:
        if size != "tiny":
            assert judged(size).si_sdr > judged("tiny").si_sdr
            assert judged(size).stft < judged("tiny").stft


@cache
def probed() -> dict[str, Any]:
    """What `python -m sonido.probe.gate` has measured on the shipped pack."""
    found: dict[str, Any] = json.loads((WEIGHTS / "S" / gate.FILE).read_text())
    return found


def mean_score(column: str, task: str, share: float) -> float:
    return float(np.mean(probed()["scores"][column][task][str(share)]))


def test_the_probes_were_measured_on_what_is_shipped() -> None:
    found = probed()["fingerprint"]
    assert found == ShippedModel("S").fingerprint(), "new weights: run python -m sonido.probe.gate"


@pytest.mark.parametrize("task", [task.name for task in TASKS])
def test_features_say_more_than_those_of_untrained_networks(task: str) -> None:
    for share in gate.FRACTIONS:
        assert mean_score("features", task, share) > mean_score("untrained", task, share)


@pytest.mark.parametrize("task", gate.ABOVE_MEL)
def test_features_say_more_than_mel_bands_where_labels_are_few(task: str) -> None:
    assert mean_score("features", task, 0.1) > mean_score("mel", task, 0.1)


def test_the_tokens_of_a_piece_are_whole() -> None:
    assert [len(t) for t in tokens("tiny").tokens] == [SEGMENTS * SEGMENT // hop for hop in HOPS]
