"""A TensorFlow.js graph becomes an ONNX graph that computes the same, without needless transposes."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest

from edgemm.backends import open_session
from edgemm.bundles.tensors import Array
from edgemm.errors import CheckpointError
from export.families.onnx_builder import OnnxBuilder
from export.families.tfjs import read_graph_model
from export.families.tfjs_numpy import evaluate
from export.families.tfjs_onnx import TfjsConverter
from tests.fuzzing import damaged_bytes, damaged_trees, only_our_errors


class TfjsGraph:
    """Writes a small graph model the way the TensorFlow.js converter does."""

    def __init__(self, shape: tuple[int, ...]) -> None:
        self.nodes: list[dict[str, Any]] = [{"name": "x", "op": "Placeholder"}]
        self.weights: list[tuple[dict[str, Any], bytes]] = []
        self.shape = shape

    def const(self, value: Any, dtype: str = "float32") -> str:
        array, name = np.asarray(value, dtype), f"c{len(self.weights)}"
        self.weights.append(({"name": name, "shape": list(array.shape), "dtype": dtype}, array.tobytes()))
        self.nodes.append({"name": name, "op": "Const"})
        return name

    def op(self, op: str, *inputs: str, **attributes: Any) -> str:
        name = f"n{len(self.nodes)}"
        entries = {key: _attribute(value) for key, value in attributes.items()}
        self.nodes.append({"name": name, "op": op, "input": list(inputs), "attr": entries})
        return name

    def ints(self, *values: int) -> str:
        return self.const(values, "int32")

    def scalar(self, value: int) -> str:
        return self.const(value, "int32")

    def save(self, folder: Path, output: str, output_shape: tuple[int, ...]) -> Path:
        def entry(name: str, shape: tuple[int, ...]) -> dict[str, Any]:
            return {name: {"name": f"{name}:0", "tensorShape": {"dim": [{"size": str(size)} for size in shape]}}}

        (folder / "weights.bin").write_bytes(b"".join(data for _, data in self.weights))
        topology = {
            "modelTopology": {"node": self.nodes},
            "signature": {"inputs": entry("x", self.shape), "outputs": entry(output, output_shape)},
            "weightsManifest": [{"paths": ["weights.bin"], "weights": [entry for entry, _ in self.weights]}],
        }
        path = folder / "model.json"
        path.write_text(json.dumps(topology))
        return path


def _attribute(value: Any) -> dict[str, Any]:
    if isinstance(value, bool):
        return {"b": value}
    if isinstance(value, float):
        return {"f": value}
    if isinstance(value, str):
        return {"s": base64.b64encode(value.encode()).decode()}
    return {"list": {"i": [str(item) for item in value]}}


def both(graph: TfjsGraph, folder: Path, output: str, shape: tuple[int, ...]) -> tuple[Array, Array, onnx.ModelProto]:
    """The output by NumPy and by ONNX Runtime on one random input, and the ONNX graph."""
    model = read_graph_model(graph.save(folder, output, shape))
    x = np.random.default_rng(3).normal(size=graph.shape).astype(np.float32)
    builder = OnnxBuilder({"x": graph.shape})
    converter = TfjsConverter(model, builder, {"x": "x"})
    made = converter.output(output, tuple(range(len(shape))))
    if not builder.nodes or made == "x":
        builder.emit("Identity", [made], name="y")
        made = "y"
    builder.fold_convolutions()
    builder.save(folder / "graph.onnx", {made: shape})
    found = open_session(folder / "graph.onnx").run({"x": x})[made]
    return evaluate(model, {"x": x})[output], found, onnx.load(folder / "graph.onnx")


def conv_weights(*shape: int) -> Array:
    return np.random.default_rng(1).normal(size=shape).astype(np.float32)


def build_conv(graph: TfjsGraph, padding: str, stride: int) -> tuple[str, tuple[int, ...]]:
    weights = graph.const(conv_weights(3, 3, 4, 5))
    side = {("SAME", 1): 9, ("SAME", 2): 5, ("VALID", 1): 7, ("VALID", 2): 4}[padding, stride]
    return graph.op("Conv2D", "x", weights, padding=padding, strides=[1, stride, stride, 1]), (1, side, side, 5)


@pytest.mark.parametrize("stride", [1, 2])
@pytest.mark.parametrize("padding", ["SAME", "VALID"])
def test_a_convolution_computes_the_same(tmp_path: Path, padding: str, stride: int) -> None:
    graph = TfjsGraph((1, 9, 9, 4))
    expected, found, _ = both(graph, tmp_path, *build_conv(graph, padding, stride))
    np.testing.assert_allclose(found, expected, atol=1e-5)


def test_numpys_convolution_is_the_sum_that_the_definition_says(tmp_path: Path) -> None:
    graph = TfjsGraph((1, 9, 9, 4))
    output, shape = build_conv(graph, "VALID", 2)
    model = read_graph_model(graph.save(tmp_path, output, shape))
    x, weights = conv_weights(1, 9, 9, 4), conv_weights(3, 3, 4, 5)
    by_hand = (x[0, 2:5, 4:7, :, None] * weights).sum(axis=(0, 1, 2))
    np.testing.assert_allclose(evaluate(model, {"x": x})[output][0, 1, 2], by_hand, atol=1e-4)


OPERATIONS = {
    "leaky": ((1, 4, 6, 3), lambda g: g.op("LeakyRelu", "x", alpha=0.1), (1, 4, 6, 3)),
    "sigmoid": ((1, 4, 6, 3), lambda g: g.op("Sigmoid", "x"), (1, 4, 6, 3)),
    "add a constant": ((1, 4, 6, 3), lambda g: g.op("AddV2", "x", g.const([1.0, 2.0, 3.0])), (1, 4, 6, 3)),
    "add itself": ((1, 4, 6, 3), lambda g: g.op("Add", "x", g.op("Sigmoid", "x")), (1, 4, 6, 3)),
    "pad": ((1, 4, 6, 3), lambda g: g.op("Pad", "x", g.const([[0, 0], [1, 2], [0, 1], [0, 0]], "int32")), (1, 7, 7, 3)),
    "concat": ((1, 4, 6, 3), lambda g: g.op("ConcatV2", "x", g.op("Sigmoid", "x"), g.scalar(3)), (1, 4, 6, 6)),
    "reshape": ((1, 4, 6, 3), lambda g: g.op("Reshape", "x", g.ints(1, 24, 3)), (1, 24, 3)),
    "transpose": ((1, 4, 6, 3), lambda g: g.op("Transpose", "x", g.ints(0, 3, 1, 2)), (1, 3, 4, 6)),
    "pool": (
        (1, 9, 9, 3),
        lambda g: g.op("MaxPool", "x", ksize=[1, 3, 3, 1], strides=[1, 2, 2, 1], padding="VALID"),
        (1, 4, 4, 3),
    ),
    "larger": (
        (1, 4, 6, 3),
        lambda g: g.op("ResizeBilinear", "x", g.ints(8, 12), half_pixel_centers=True),
        (1, 8, 12, 3),
    ),
    "smaller": (
        (1, 4, 6, 3),
        lambda g: g.op("ResizeBilinear", "x", g.ints(2, 3), half_pixel_centers=True),
        (1, 2, 3, 3),
    ),
}


@pytest.mark.parametrize("case", OPERATIONS.values(), ids=OPERATIONS.keys())
def test_an_operation_computes_the_same(tmp_path: Path, case: tuple[Any, Any, Any]) -> None:
    shape, build, output_shape = case
    graph = TfjsGraph(shape)
    expected, found, _ = both(graph, tmp_path, build(graph), output_shape)
    assert expected.shape == output_shape
    np.testing.assert_allclose(found, expected, atol=1e-5)


def test_the_second_output_of_a_split_is_found(tmp_path: Path) -> None:
    graph = TfjsGraph((1, 4, 6, 5))
    split = graph.op("SplitV", "x", graph.ints(2, 3), graph.scalar(3))
    expected, found, _ = both(graph, tmp_path, graph.op("Sigmoid", f"{split}:1"), (1, 4, 6, 3))
    np.testing.assert_allclose(found, expected, atol=1e-6)


def channels_first_layer(graph: TfjsGraph) -> str:
    """What a converted PyTorch model is full of: pad, to NHWC, convolution, bias, back to NCHW."""
    padded = graph.op("Pad", "x", graph.const([[0, 0], [0, 0], [1, 1], [1, 1]], "int32"))
    moved = graph.op("Transpose", padded, graph.ints(0, 2, 3, 1))
    made = graph.op("Conv2D", moved, graph.const(conv_weights(3, 3, 4, 5)), padding="VALID", strides=[1, 1, 1, 1])
    biased = graph.op("Add", made, graph.const(np.arange(5.0)))
    return graph.op("Transpose", biased, graph.ints(0, 3, 1, 2))


def test_a_channels_first_layer_becomes_one_convolution(tmp_path: Path) -> None:
    graph = TfjsGraph((1, 4, 9, 9))
    expected, found, converted = both(graph, tmp_path, channels_first_layer(graph), (1, 5, 9, 9))
    np.testing.assert_allclose(found, expected, atol=1e-5)
    assert [node.op_type for node in converted.graph.node] == ["Conv"]


def test_padding_that_two_nodes_read_stays(tmp_path: Path) -> None:
    graph = TfjsGraph((1, 9, 9, 4))
    padded = graph.op("Pad", "x", graph.const([[0, 0], [1, 1], [1, 1], [0, 0]], "int32"))
    made = graph.op("Conv2D", padded, graph.const(conv_weights(3, 3, 4, 4)), padding="SAME", strides=[1, 1, 1, 1])
    expected, found, _ = both(graph, tmp_path, graph.op("Add", made, padded), (1, 11, 11, 4))
    np.testing.assert_allclose(found, expected, atol=1e-5)


def test_an_unknown_operation_is_named(tmp_path: Path) -> None:
    graph = TfjsGraph((1, 2, 2, 1))
    with pytest.raises(CheckpointError, match="Erf"):
        both(graph, tmp_path, graph.op("Erf", "x"), (1, 2, 2, 1))


def test_half_precision_and_affine_weights_are_restored(tmp_path: Path) -> None:
    graph = TfjsGraph((1, 2, 2, 1))
    output = graph.op("Add", "x", graph.const([1.0]))
    path = graph.save(tmp_path, output, (1, 2, 2, 1))
    raw = json.loads(path.read_text())
    raw["weightsManifest"][0]["weights"] = [
        {
            "name": "c0",
            "shape": [2],
            "dtype": "float32",
            "quantization": {"dtype": "float16", "original_dtype": "float32"},
        },
        {"name": "c1", "shape": [2], "dtype": "float32", "quantization": {"dtype": "uint8", "scale": 0.5, "min": -1.0}},
    ]
    (tmp_path / "weights.bin").write_bytes(np.array([0.5, -2.0], np.float16).tobytes() + bytes([0, 4]))
    path.write_text(json.dumps(raw))
    weights = read_graph_model(path).weights
    np.testing.assert_array_equal(weights["c0"], [0.5, -2.0])
    np.testing.assert_array_equal(weights["c1"], [-1.0, 1.0])


def test_cut_off_weights_and_other_files_are_refused(tmp_path: Path) -> None:
    graph = TfjsGraph((1, 2, 2, 1))
    path = graph.save(tmp_path, graph.op("Add", "x", graph.const([1.0, 2.0])), (1, 2, 2, 2))
    (tmp_path / "weights.bin").write_bytes(b"\0" * 5)
    with pytest.raises(CheckpointError, match="c0"):
        read_graph_model(path)
    path.write_text('{"format": "layers-model"}')
    with pytest.raises(CheckpointError, match="graph model"):
        read_graph_model(path)


def small_detector(graph: TfjsGraph) -> str:
    """One of each kind of operation that reads sizes, axes or attributes."""
    padded = graph.op("Pad", "x", graph.const([[0, 0], [1, 1], [1, 1], [0, 0]], "int32"))
    conv = graph.op("Conv2D", padded, graph.const(np.ones((3, 3, 2, 4))), strides=[1, 2, 2, 1], padding="VALID")
    pool = graph.op("MaxPool", conv, ksize=[1, 3, 3, 1], strides=[1, 1, 1, 1], padding="SAME")
    large = graph.op("ResizeBilinear", pool, graph.ints(8, 8), half_pixel_centers=True)
    half = graph.op("SplitV", large, graph.ints(2, 2), graph.scalar(3))
    whole = graph.op("ConcatV2", f"{half}:1", half, graph.scalar(3))
    flat = graph.op("Reshape", graph.op("LeakyRelu", whole, alpha=0.1), graph.ints(1, 64, 4))
    return graph.op("Transpose", flat, graph.ints(0, 2, 1))


def converted(path: Path, folder: Path) -> None:
    model = read_graph_model(path)
    evaluate(model, {name: np.ones((1, 8, 8, 2), np.float32) for name in model.inputs})
    builder = OnnxBuilder({"x": (1, 8, 8, 2)})
    converter = TfjsConverter(model, builder, dict.fromkeys(model.inputs, "x"))
    outputs = {converter.output(name, (0, 1, 2)): (1, 4, 64) for name in model.outputs}
    builder.fold_convolutions()
    builder.save(folder / "graph.onnx", outputs)


def test_a_damaged_topology_is_refused_and_nothing_else(tmp_path: Path) -> None:
    graph = TfjsGraph((1, 8, 8, 2))
    path = graph.save(tmp_path, small_detector(graph), (1, 4, 64))
    good = json.loads(path.read_text())
    converted(path, tmp_path)

    def read(tree: Any) -> None:
        path.write_text(json.dumps(tree))
        converted(path, tmp_path)

    assert only_our_errors(read, damaged_trees(good, seed=10, count=400)) > 200


def test_damaged_bytes_are_refused_and_nothing_else(tmp_path: Path) -> None:
    graph = TfjsGraph((1, 8, 8, 2))
    path = graph.save(tmp_path, small_detector(graph), (1, 4, 64))
    for file in (path, tmp_path / "weights.bin"):
        good = file.read_bytes()

        def read(data: bytes, file: Path = file) -> None:
            file.write_bytes(data)
            converted(path, tmp_path)

        assert only_our_errors(read, damaged_bytes(good, seed=11, count=150)) > 20
        file.write_bytes(good)


@pytest.mark.parametrize("content", ["[]", "1", "null", "{}", "[" * 100_000, '{"modelTopology": {"node": [1]}}', "\0"])
def test_what_is_no_topology_is_named(tmp_path: Path, content: str) -> None:
    (tmp_path / "model.json").write_text(content)
    with pytest.raises(CheckpointError, match=r"model\.json is not a TensorFlow\.js graph model"):
        read_graph_model(tmp_path / "model.json")


def test_weights_outside_the_checkpoint_are_not_read(tmp_path: Path) -> None:
    graph = TfjsGraph((1, 2, 2, 1))
    path = graph.save(tmp_path, graph.op("Add", "x", graph.const([1.0])), (1, 2, 2, 1))
    tree = json.loads(path.read_text())
    tree["weightsManifest"][0]["paths"] = ["../../../etc/hostname"]
    path.write_text(json.dumps(tree))
    with pytest.raises(CheckpointError, match="outside the checkpoint"):
        read_graph_model(path)
