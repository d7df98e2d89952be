"""CTranslate2 checkpoints that are damaged or no Whisper are refused with the file and the cause."""

from __future__ import annotations

import json
import struct
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from edgemm.bundles.tensors import Array
from edgemm.errors import CheckpointError
from export.families.ctranslate2 import Model, read_model, whisper_state
from export.families.whisper_checkpoint import load_whisper
from tests import tiny_whisper
from tests.fuzzing import damaged_bytes, damaged_trees, only_our_errors
from tests.needed import module

TYPES = {"float32": 0, "int8": 1, "int16": 2, "int32": 3, "float16": 4}


def write_model(path: Path, tensors: dict[str, Array], specification: str = "WhisperSpec") -> None:
    """The file as CTranslate2 writes it, version 6."""

    def string(text: str) -> bytes:
        return struct.pack("<H", len(text) + 1) + text.encode() + b"\0"

    parts = [struct.pack("<I", 6), string(specification), struct.pack("<II", 3, len(tensors))]
    for name, value in tensors.items():
        parts += [string(name), struct.pack(f"<B{value.ndim}I", value.ndim, *value.shape)]
        parts += [struct.pack("<BI", TYPES[str(value.dtype)], value.nbytes), value.tobytes()]
    path.write_bytes(b"".join((*parts, struct.pack("<I", 0))))


SMALL: dict[str, Array] = {
    "decoder/embeddings/weight": np.ones((6, 4), np.float32),
    "encoder/conv1/weight": np.ones((4, 2, 3), np.float16),
    "encoder/num_heads": np.array(2, np.int16),
    "encoder/layer_0/self_attention/linear_0/weight": np.ones((12, 4), np.float32),
    "decoder/layer_0/attention/linear_1/weight": np.ones((8, 4), np.float32),
}


def test_damaged_bytes_are_refused_and_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "model.bin"
    write_model(path, SMALL)
    assert whisper_state(read_model(path))["model.encoder.layers.0.self_attn.k_proj.weight"].shape == (4, 4)

    def read(data: bytes) -> None:
        path.write_bytes(data)
        whisper_state(read_model(path))

    assert only_our_errors(read, damaged_bytes(path.read_bytes(), seed=12, count=500)) > 200


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("encoder/layer_0/self_attention/linear_0/weight", np.ones((13, 4), np.float32)),
        ("encoder/layer_0/self_attention/linear_3/weight", np.ones((4, 4), np.float32)),
        ("encoder/layer_0/self_attention/linear_0/weight", np.ones((12, 4), np.int8)),
    ],
)
def test_a_tensor_of_another_kind_is_named(name: str, value: Array) -> None:
    with pytest.raises(CheckpointError, match=name):
        whisper_state(Model("WhisperSpec", {**SMALL, name: value}))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tiny Whisper in CTranslate2 form."""
    module("ctranslate2")
    folder = tmp_path_factory.mktemp("ctranslate2")
    tiny_whisper.save_ctranslate2(folder, tiny_whisper.save_hugging_face(folder / "original"))
    return folder


@pytest.mark.parametrize("name", ["config.json", "tokenizer.json"])
def test_a_damaged_json_beside_it_is_refused_and_nothing_else(folder: Path, name: str) -> None:
    path = folder / name
    before = path.read_text()
    good: Any = json.loads(before)

    def read(tree: Any) -> None:
        path.write_text(json.dumps(tree))
        load_whisper(folder)

    try:
        assert only_our_errors(read, damaged_trees(good, seed=13, count=40)) > 0
    finally:
        path.write_text(before)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("encoder/num_heads", np.array([1, 2], np.int16)),
        ("encoder/num_heads", np.array(0, np.int16)),
        ("encoder/num_heads", np.array(5, np.int16)),
        ("encoder/num_heads", np.array(2.0, np.float32)),
        ("encoder/conv1/weight", np.ones((4, 4), np.float32)),
        ("encoder/position_encodings/encodings", np.ones((0, 4), np.float32)),
        ("decoder/embeddings/weight", np.ones(7, np.float32)),
        ("decoder/layer_0/ffn/linear_0/weight", None),
        ("encoder/conv1/weight", None),
    ],
)
def test_a_tensor_of_the_wrong_size_or_none_is_refused(folder: Path, name: str, value: Array | None) -> None:
    path = folder / "model.bin"
    before, tensors = path.read_bytes(), dict(read_model(path).tensors)
    if value is None:
        del tensors[name]
    else:
        tensors[name] = value
    write_model(path, tensors)
    try:
        with pytest.raises(CheckpointError):
            load_whisper(folder)
    finally:
        path.write_bytes(before)
