"""A small real checkpoint: a sentence embedder of one embedding and two linear layers, and its recipe."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
import yaml
from onnx import TensorProto, helper, numpy_helper
from tokenizers import Tokenizer, models, pre_tokenizers

from export.data.sentences import PHRASES

WIDTH = 64
WORDS = sorted({word for phrases in PHRASES.values() for phrase in phrases for word in phrase.split()})


def write_checkpoint(folder: Path, seed: int = 0) -> Path:
    """embedder.onnx and tokenizer.json in `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    random = np.random.default_rng(seed)

    def weight(name: str, *shape: int) -> onnx.TensorProto:
        return numpy_helper.from_array(random.standard_normal(shape).astype(np.float32) / 8, name)

    nodes = [
        helper.make_node("Gather", ["words", "tokens"], ["looked_up"], name="look_up"),
        helper.make_node("MatMul", ["looked_up", "first"], ["hidden"], name="first_layer"),
        helper.make_node("Relu", ["hidden"], ["active"], name="relu"),
        helper.make_node("MatMul", ["active", "second"], ["each"], name="second_layer"),
        helper.make_node("Cast", ["mask"], ["weights"], to=TensorProto.FLOAT),
        helper.make_node("Unsqueeze", ["weights", "last"], ["column"]),
        helper.make_node("Mul", ["each", "column"], ["kept"]),
        helper.make_node("ReduceSum", ["kept", "middle"], ["sum"], keepdims=0),
        helper.make_node("LpNormalization", ["sum"], ["vectors"], axis=-1, p=2),
    ]
    graph = helper.make_graph(
        nodes,
        "tiny_embedder",
        [helper.make_tensor_value_info(name, TensorProto.INT64, ["text", "token"]) for name in ("tokens", "mask")],
        [helper.make_tensor_value_info("vectors", TensorProto.FLOAT, ["text", WIDTH])],
        [
            weight("words", len(WORDS) + 1, WIDTH),
            weight("first", WIDTH, 4 * WIDTH),
            weight("second", 4 * WIDTH, WIDTH),
            numpy_helper.from_array(np.array([2]), "last"),
            numpy_helper.from_array(np.array([1]), "middle"),
        ],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    onnx.save(model, folder / "embedder.onnx")
    tokenizer = Tokenizer(models.WordLevel({"?": 0, **{word: i + 1 for i, word in enumerate(WORDS)}}, unk_token="?"))
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    tokenizer.save(str(folder / "tokenizer.json"))
    return folder


def recipe(checkpoint: Path) -> dict[str, object]:
    """The recipe as a tree; tests change single values."""
    axes = {"axes": ["text", "token"]}
    return {
        "family": "onnx",
        "task": "embedding",
        "checkpoint": [{"folder": str(checkpoint), "licence": "Apache-2.0"}],
        "options": {
            "graphs": {
                "encoder": {
                    "file": "embedder.onnx",
                    "inputs": {"tokens": {"tensor": "tokens", **axes}, "mask": {"tensor": "mask", **axes}},
                    "outputs": {"vectors": {"tensor": "vectors", "axes": ["text", WIDTH]}},
                }
            },
            "sizes": {"text": 2, "token": 7},
            "ranges": {"tokens": [0, len(WORDS)], "mask": [1, 1]},
            "settings": {"max_tokens": 32, "dimension": WIDTH},
            "files": {"tokenizer.json": "tokenizer.json"},
        },
        "forms": [
            {"name": "int8", "graphs": {"encoder": {"method": "float32_to_int8_dynamic"}}},
            {"name": "float32", "graphs": {}},
        ],
        "evaluation": "sentences-evaluation",
        "gates": {"cosine_mean": {"at_least": 0.9}},
    }


def write_recipe(path: Path, tree: dict[str, object]) -> Path:
    """A recipe file."""
    path.write_text(yaml.safe_dump(tree, sort_keys=False), encoding="utf-8")
    return path
