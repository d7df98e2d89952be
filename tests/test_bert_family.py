"""Family `bert`: a checkpoint folder becomes one graph from tokens to unit vectors."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from transformers import BertConfig, BertModel, GPT2Config, GPT2Model

from edgemm.backends import open_session
from edgemm.bundles.manifest import Source
from edgemm.errors import CheckpointError
from export.families import Traced
from export.families.bert import export
from export.sources import Checkpoint

SOURCE = Source(kind="folder", name="test", revision="1", sha256="0" * 64)


def tiny_checkpoint(folder: Path) -> BertModel:
    torch.manual_seed(0)
    model = BertModel(
        BertConfig(
            vocab_size=50,
            hidden_size=16,
            num_hidden_layers=2,
            num_attention_heads=2,
            intermediate_size=32,
            max_position_embeddings=64,
        )
    ).eval()
    model.save_pretrained(folder)
    (folder / "tokenizer.json").write_text("{}")
    return model


def exported(folder: Path) -> tuple[BertModel, Traced]:
    model = tiny_checkpoint(folder / "checkpoint")
    (folder / "work").mkdir()
    return model, export(Checkpoint(folder / "checkpoint", SOURCE), folder / "work", {"max_tokens": 32})


def test_vectors_are_the_mean_of_the_real_tokens_made_unit_length(tmp_path: Path) -> None:
    model, traced = exported(tmp_path)
    ids = np.array([[2, 7, 9, 3], [2, 8, 3, 0]])
    mask = np.array([[1, 1, 1, 1], [1, 1, 1, 0]])
    found = open_session(traced.paths["encoder"]).run({"tokens": ids, "mask": mask})["vectors"]
    for row, length in ((0, 4), (1, 3)):
        with torch.inference_mode():
            states = model(input_ids=torch.tensor(ids[row : row + 1, :length])).last_hidden_state[0]
        mean = states.mean(dim=0)
        np.testing.assert_allclose(found[row], (mean / mean.norm()).numpy(), atol=1e-5)


def test_parity_with_torch_is_a_gate_and_holds(tmp_path: Path) -> None:
    _, traced = exported(tmp_path)
    assert [figure.name for figure in traced.parity] == ["encoder_parity"]
    assert traced.parity[0].is_gate and traced.parity[0].holds


def test_a_checkpoint_with_a_missing_tensor_is_refused(tmp_path: Path) -> None:
    from safetensors.torch import load_file, save_file

    tiny_checkpoint(tmp_path)
    weights = load_file(tmp_path / "model.safetensors")
    del weights["encoder.layer.1.output.dense.weight"]
    save_file(weights, tmp_path / "model.safetensors", metadata={"format": "pt"})
    with pytest.raises(CheckpointError, match=r"encoder.layer.1.output.dense.weight"):
        export(Checkpoint(tmp_path, SOURCE), tmp_path, {})


def test_a_checkpoint_of_another_family_is_refused(tmp_path: Path) -> None:
    GPT2Model(GPT2Config(n_layer=1, n_head=2, n_embd=8, vocab_size=20)).save_pretrained(tmp_path)
    with pytest.raises(CheckpointError, match=r"expected bert, found gpt2"):
        export(Checkpoint(tmp_path, SOURCE), tmp_path, {})


def test_an_unsafe_pickle_is_refused(tmp_path: Path) -> None:
    model = tiny_checkpoint(tmp_path)
    (tmp_path / "model.safetensors").unlink()
    torch.save({"weights": model.state_dict(), "loader": exit}, tmp_path / "pytorch_model.bin")
    with pytest.raises(CheckpointError, match="unsafe"):
        export(Checkpoint(tmp_path, SOURCE), tmp_path, {})
