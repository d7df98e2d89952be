"""Whisper checkpoints in both forms become graphs that compute the same, also at a short context."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from edgemm.backends import open_session
from edgemm.bundles.manifest import Source
from edgemm.errors import CheckpointError, ConfigError
from export.families import Traced
from export.families.ctranslate2 import read_model
from export.families.whisper import export
from export.families.whisper_checkpoint import load_whisper
from export.sources import Checkpoint
from tests import tiny_whisper
from tests.needed import module

SOURCE = Source(kind="folder", name="tiny", revision="", sha256="0" * 64)


@pytest.fixture(scope="module")
def checkpoint(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Any]:
    folder = tmp_path_factory.mktemp("checkpoint")
    return folder, tiny_whisper.save_hugging_face(folder)


@pytest.fixture(scope="module")
def traced(checkpoint: tuple[Path, Any], tmp_path_factory: pytest.TempPathFactory) -> Traced:
    return export(Checkpoint(checkpoint[0], SOURCE), tmp_path_factory.mktemp("graphs"), {})


def test_greedy_decoding_is_that_of_the_library(traced: Traced) -> None:
    figures = {figure.name: figure for figure in traced.parity}
    assert all(figure.holds for figure in traced.parity)
    assert figures["parity_identical_decodings"].value + figures["parity_ties"].value == 12
    assert figures["parity_encoder_error"].value < 1e-4


def test_fused_attention_computes_the_same(checkpoint: tuple[Path, Any], traced: Traced, tmp_path: Path) -> None:
    fused = export(Checkpoint(checkpoint[0], SOURCE), tmp_path, {"attention": "fused"})
    assert all(figure.holds for figure in fused.parity)
    log_mel = np.random.default_rng(0).normal(size=(1, 80, 120)).astype(np.float32)
    plain_values, fused_values = (
        open_session(each.paths["encoder"]).run({"log_mel": log_mel}) for each in (traced, fused)
    )
    for name, values in plain_values.items():
        np.testing.assert_allclose(fused_values[name], values, atol=2e-5)


def test_a_short_context_gives_as_many_positions_as_half_the_frames(traced: Traced) -> None:
    encoder = open_session(traced.paths["encoder"])
    for frames in (10, 400):
        keys = encoder.run({"log_mel": np.zeros((1, 80, frames), dtype=np.float32)})["cross_key_0"]
        assert keys.shape == (1, 2, frames // 2, 32)


def test_the_ctranslate2_form_gives_the_same_weights(checkpoint: tuple[Path, Any], tmp_path: Path) -> None:
    module("ctranslate2")
    tiny_whisper.save_ctranslate2(tmp_path, checkpoint[1])
    expected = checkpoint[1].state_dict()
    found = load_whisper(tmp_path).model
    assert found.config.encoder_attention_heads == 2
    for name, value in found.state_dict().items():
        np.testing.assert_array_equal(value.numpy(), expected[name].numpy(), err_msg=name)
    theirs, ours = checkpoint[1].generation_config, found.generation_config
    assert ours.suppress_tokens == theirs.suppress_tokens
    assert ours.no_timestamps_token_id == theirs.no_timestamps_token_id


def test_a_truncated_ctranslate2_model_is_refused(checkpoint: tuple[Path, Any], tmp_path: Path) -> None:
    module("ctranslate2")
    tiny_whisper.save_ctranslate2(tmp_path, checkpoint[1])
    model = tmp_path / "model.bin"
    model.write_bytes(model.read_bytes()[:-5000])
    with pytest.raises(CheckpointError, match="truncated"):
        read_model(model)


def test_a_checkpoint_with_a_missing_tensor_names_it(checkpoint: tuple[Path, Any], tmp_path: Path) -> None:
    from safetensors.numpy import load_file, save_file

    for path in checkpoint[0].iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes())
    tensors = load_file(tmp_path / "model.safetensors")
    del tensors["model.encoder.conv1.weight"]
    save_file(tensors, tmp_path / "model.safetensors", metadata={"format": "pt"})
    with pytest.raises(CheckpointError, match=r"conv1\.weight"):
        load_whisper(tmp_path)


@pytest.mark.parametrize("missing", ["model.safetensors", "tokenizer.json", "config.json"])
def test_a_missing_file_is_named(checkpoint: tuple[Path, Any], tmp_path: Path, missing: str) -> None:
    for path in checkpoint[0].iterdir():
        if path.name != missing:
            (tmp_path / path.name).write_bytes(path.read_bytes())
    with pytest.raises(CheckpointError, match=missing.replace(".", r"\.")):
        load_whisper(tmp_path)


def test_another_family_is_refused(checkpoint: tuple[Path, Any], tmp_path: Path) -> None:
    for path in checkpoint[0].iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes())
    config = (tmp_path / "config.json").read_text().replace('"whisper"', '"bert"')
    (tmp_path / "config.json").write_text(config)
    with pytest.raises(CheckpointError, match="whisper"):
        load_whisper(tmp_path)


def test_an_unknown_option_is_a_config_error(checkpoint: tuple[Path, Any], tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="atention"):
        export(Checkpoint(checkpoint[0], SOURCE), tmp_path, {"atention": "fused"})


@pytest.mark.parametrize("bits", [4, 8])
def test_a_quantised_decoder_keeps_its_embedding_once(traced: Traced, tmp_path: Path, bits: int) -> None:
    import onnx

    from export.forms import quantize

    quantise = {4: quantize.float32_to_int4_blockwise, 8: quantize.float32_to_int8_blockwise}[bits]
    path = tmp_path / "decoder.onnx"
    quantise(traced.paths["decoder"], path)
    weights = {weight.name: tuple(weight.dims) for weight in onnx.load(path).graph.initializer}
    assert (64, tiny_whisper.WORDS + 4) not in weights.values()
    decoders = [open_session(each) for each in (traced.paths["decoder"], path)]
    random = np.random.default_rng(0)
    inputs = {
        spec.name: random.normal(size=[axis if isinstance(axis, int) else 6 for axis in spec.axes]).astype(np.float32)
        for spec in decoders[0].inputs
        if spec.name != "input_ids"
    }
    exact, coarse = (each.run({"input_ids": np.array([[7, 8, 90]]), **inputs})["logits"] for each in decoders)
    error = np.sqrt(np.mean((exact - coarse) ** 2)) / exact.std()
    assert error < {4: 0.4, 8: 0.03}[bits]  # another embedding row would give 1.4
