"""Every exported graph agrees with PyTorch, in both precisions, for two batch sizes."""

from pathlib import Path

import pytest
import torch

from sonido.clip_embedding import ClipEmbedding
from sonido.config import model_config
from sonido.hqvae import HQVAE
from sonido.onnx_export import export, graphs
from sonido.onnx_parity import compare
from sonido.prior import Prior

torch.set_num_threads(1)


@pytest.fixture(scope="module")
def exported(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("onnx")


def test_parity_of_all_graphs(exported: Path) -> None:
    torch.manual_seed(0)
    config = model_config("debug")
    model = HQVAE(config.codec).eval()
    clip = ClipEmbedding(config.clip_dimension).eval()
    items = graphs(model, clip, [Prior(p).eval() for p in config.priors])
    export(items, exported, {"size": "debug"})
    results = [result for graph in items for result in compare(graph, exported)]
    assert {r.graph for r in results} >= {"encoder", "quantiser", "decoder", "clip", "prior0", "prior1", "prior2"}
    assert not [r for r in results if not r.passed]
