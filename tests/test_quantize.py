"""Quantisation changes the numbers a little, never not at all, and says how much of the graph it reached."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

from edgemm.backends import open_session
from edgemm.bundles.tensors import Array
from edgemm.errors import ConfigError, GateError
from export.forms import quantize
from export.workshop.onnx_files import operator_counts

RANDOM = np.random.default_rng(3)
BATCH, INNER, OUTER = 8, 128, 96


def save(
    path: Path,
    nodes: list[onnx.NodeProto],
    inputs: dict[str, list[int]],
    output: list[int],
    weights: dict[str, Array],
    contrib: bool = False,
) -> Path:
    opsets = [helper.make_opsetid("", 17)] + ([helper.make_opsetid("com.microsoft", 1)] if contrib else [])
    graph = helper.make_graph(
        nodes,
        "graph",
        [helper.make_tensor_value_info(name, TensorProto.FLOAT, shape) for name, shape in inputs.items()],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, output)],
        [numpy_helper.from_array(value.astype(np.float32), name) for name, value in weights.items()],
    )
    onnx.save(helper.make_model(graph, opset_imports=opsets, ir_version=8), path)
    return path


@pytest.fixture
def linear(tmp_path: Path) -> Path:
    """Two MatMuls with a Relu between them."""
    nodes = [
        helper.make_node("MatMul", ["x", "w"], ["a"], name="first"),
        helper.make_node("Relu", ["a"], ["b"], name="relu"),
        helper.make_node("MatMul", ["b", "v"], ["y"], name="second"),
    ]
    weights = {"w": RANDOM.standard_normal((INNER, OUTER)), "v": RANDOM.standard_normal((OUTER, INNER))}
    return save(tmp_path / "linear.onnx", nodes, {"x": [BATCH, INNER]}, [BATCH, INNER], weights)


@pytest.fixture
def convolution(tmp_path: Path) -> Path:
    """Conv, Relu, Conv over a small picture."""
    nodes = [
        helper.make_node("Conv", ["x", "w", "b"], ["a"], name="first", pads=[1, 1, 1, 1]),
        helper.make_node("Relu", ["a"], ["c"], name="relu"),
        helper.make_node("Conv", ["c", "v"], ["y"], name="second"),
    ]
    weights = {
        "w": RANDOM.standard_normal((16, 3, 3, 3)),
        "b": RANDOM.standard_normal(16),
        "v": RANDOM.standard_normal((4, 16, 1, 1)),
    }
    return save(tmp_path / "convolution.onnx", nodes, {"x": [1, 3, 24, 24]}, [1, 4, 24, 24], weights)


def relative_error(one: Path, other: Path, x: Array) -> float:
    first, second = (open_session(path).run({"x": x})["y"] for path in (one, other))
    return float(np.abs(first - second).mean() / np.abs(first).mean())


def pictures(count: int) -> Iterator[dict[str, Array]]:
    generator = np.random.default_rng(11)
    for _ in range(count):
        yield {"x": generator.standard_normal((1, 3, 24, 24)).astype(np.float32)}


@pytest.mark.parametrize(
    ("convert", "largest"),
    [
        (quantize.float32_to_int8_dynamic, 0.03),
        (quantize.float32_to_int8_blockwise, 0.03),
        (quantize.float32_to_int4_blockwise, 0.2),
    ],
)
def test_matmuls_are_quantised_and_the_error_is_small_but_not_zero(
    linear: Path, tmp_path: Path, convert: Callable[[Path, Path], int], largest: float
) -> None:
    assert convert(linear, tmp_path / "out.onnx") == 2
    x = RANDOM.standard_normal((BATCH, INNER)).astype(np.float32)
    assert 0 < relative_error(linear, tmp_path / "out.onnx", x) < largest
    assert (tmp_path / "out.onnx").stat().st_size < 0.5 * linear.stat().st_size


def test_float16_halves_the_weights_and_keeps_float32_at_the_ends(linear: Path, tmp_path: Path) -> None:
    assert quantize.float32_to_float16(linear, tmp_path / "out.onnx") == 2
    assert [spec.dtype for spec in open_session(tmp_path / "out.onnx").inputs] == ["float32"]
    x = RANDOM.standard_normal((BATCH, INNER)).astype(np.float32)
    assert 0 < relative_error(linear, tmp_path / "out.onnx", x) < 0.01
    assert (tmp_path / "out.onnx").stat().st_size < 0.6 * linear.stat().st_size


@pytest.mark.parametrize(("activations", "reduce_range"), [("uint8", True), ("int8", False)])
def test_convolutions_are_quantised_from_calibration_data(
    convolution: Path, tmp_path: Path, activations: quantize.Signedness, reduce_range: bool
) -> None:
    out = tmp_path / "out.onnx"
    count = quantize.float32_to_int8_qdq(
        convolution, out, pictures(16), activations=activations, reduce_range=reduce_range
    )
    assert count == 2
    error = relative_error(convolution, out, next(pictures(1))["x"])
    assert 0 < error < 0.1
    zero_points = {weight.data_type for weight in onnx.load(out).graph.initializer if "zero_point" in weight.name}
    assert (TensorProto.UINT8 in zero_points) == (activations == "uint8")


def test_rounded_weights_do_not_shift_the_mean_of_a_channel(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Depthwise, then pointwise, with inputs whose mean is far from zero: what bias correction is for."""
    nodes = [
        helper.make_node("Conv", ["x", "w", "b"], ["a"], name="depthwise", group=8, pads=[1, 1, 1, 1]),
        helper.make_node("Relu", ["a"], ["c"], name="relu"),
        helper.make_node("Conv", ["c", "v", "d"], ["y"], name="pointwise"),
    ]
    weights = {
        "w": RANDOM.standard_normal((8, 1, 3, 3)) * np.geomspace(0.1, 1, 9).reshape(3, 3),
        "b": RANDOM.standard_normal(8),
        "v": RANDOM.standard_normal((6, 8, 1, 1)),
        "d": RANDOM.standard_normal(6),
    }
    path = save(tmp_path / "depthwise.onnx", nodes, {"x": [1, 8, 12, 12]}, [1, 6, 12, 12], weights)
    inputs = [{"x": RANDOM.uniform(1, 3, (1, 8, 12, 12)).astype(np.float32)} for _ in range(16)]

    def shift(out: Path) -> float:
        quantize.float32_to_int8_qdq(path, out, inputs, activations="uint8", reduce_range=True)
        first, second = open_session(path), open_session(out)
        errors = [second.run(x)["y"] - first.run(x)["y"] for x in inputs]
        return float(np.abs(np.mean(errors, axis=(0, 1, 3, 4))).mean())

    corrected = shift(tmp_path / "corrected.onnx")
    monkeypatch.setattr("export.forms.bias_correction.correct_biases", lambda *_: 0)
    assert corrected < 0.5 * shift(tmp_path / "plain.onnx")


def test_a_tied_head_is_quantised_too(tmp_path: Path) -> None:
    """A head that shares the embedding comes out of tracing as Gemm or FusedMatMul with transB, or behind Transpose."""
    weights = {"w": RANDOM.standard_normal((OUTER, INNER)), "bias": RANDOM.standard_normal(OUTER)}
    forms = {
        "gemm": [helper.make_node("Gemm", ["x", "w", "bias"], ["y"], transB=1, name="head")],
        "fused": [helper.make_node("FusedMatMul", ["x", "w"], ["y"], transB=1, domain="com.microsoft", name="head")],
        "transpose": [
            helper.make_node("Transpose", ["w"], ["t"], perm=[1, 0], name="turn"),
            helper.make_node("MatMul", ["x", "t"], ["y"], name="head"),
        ],
    }
    x = RANDOM.standard_normal((BATCH, INNER)).astype(np.float32)
    for name, nodes in forms.items():
        used = {key: value for key, value in weights.items() if key in {i for node in nodes for i in node.input}}
        path = save(tmp_path / f"{name}.onnx", nodes, {"x": [BATCH, INNER]}, [BATCH, OUTER], used, contrib=True)
        for convert in (quantize.float32_to_int8_dynamic, quantize.float32_to_int4_blockwise):
            assert convert(path, tmp_path / "out.onnx") == 1, name
            assert 0 < relative_error(path, tmp_path / "out.onnx", x) < 0.2, name


def test_an_embedding_that_the_head_shares_is_still_looked_up(tmp_path: Path) -> None:
    nodes = [
        helper.make_node("Cast", ["x"], ["ids"], to=TensorProto.INT64, name="ids"),
        helper.make_node("Gather", ["w", "ids"], ["embedded"], name="look_up"),
        helper.make_node("Gemm", ["embedded", "w"], ["y"], transB=1, name="head"),
    ]
    path = save(
        tmp_path / "tied.onnx", nodes, {"x": [BATCH]}, [BATCH, OUTER], {"w": RANDOM.standard_normal((OUTER, 64))}
    )
    assert quantize.float32_to_int4_blockwise(path, tmp_path / "out.onnx") == 1
    assert operator_counts(onnx.load(tmp_path / "out.onnx"))["Gather"] == 1
    assert 0 < relative_error(path, tmp_path / "out.onnx", np.arange(BATCH, dtype=np.float32)) < 0.3


def test_quantising_nothing_is_an_error(convolution: Path, tmp_path: Path) -> None:
    for convert in (quantize.float32_to_int8_dynamic, quantize.float32_to_int4_blockwise):
        with pytest.raises(GateError, match="nothing was quantised"):
            convert(convolution, tmp_path / "out.onnx")
        assert not (tmp_path / "out.onnx").exists()


def test_excluded_nodes_stay_float32(linear: Path, tmp_path: Path) -> None:
    assert quantize.float32_to_int8_dynamic(linear, tmp_path / "out.onnx", exclude=["sec*"]) == 1
    with pytest.raises(ConfigError, match="matches no node"):
        quantize.float32_to_int8_dynamic(linear, tmp_path / "out.onnx", exclude=["third"])


def test_an_excluded_convolution_is_not_rounded_when_it_is_loaded(tmp_path: Path) -> None:
    """ONNX Runtime would round its weights with one scale for all channels: here that of a channel that is always 0."""
    nodes = [
        helper.make_node("Conv", ["x", "w"], ["a"], name="first"),
        helper.make_node("Relu", ["a"], ["b"], name="relu"),
        helper.make_node("Conv", ["b", "v", "bias"], ["c"], name="depthwise", group=8, pads=[1, 1, 1, 1]),
        helper.make_node("Relu", ["c"], ["d"], name="second_relu"),
        helper.make_node("Conv", ["d", "u"], ["y"], name="last"),
    ]
    first = np.arange(8).reshape(8, 1, 1, 1) == 0
    weights = {
        "w": np.where(first, 0, RANDOM.standard_normal((8, 3, 1, 1))),
        "v": np.where(first, 100, RANDOM.uniform(0.5, 1, (8, 1, 3, 3))),
        "bias": np.zeros(8),
        "u": RANDOM.standard_normal((8, 8, 1, 1)),
    }
    path = save(tmp_path / "uneven.onnx", nodes, {"x": [1, 3, 24, 24]}, [1, 8, 24, 24], weights)
    out = tmp_path / "out.onnx"
    quantize.float32_to_int8_qdq(path, out, pictures(8), activations="uint8", reduce_range=True, exclude=["depthwise"])
    assert 0 < relative_error(path, out, next(pictures(1))["x"]) < 0.05


def test_every_result_loads_in_the_oldest_supported_runtime(linear: Path, tmp_path: Path) -> None:
    for convert in (
        quantize.float32_to_float16,
        quantize.float32_to_int8_dynamic,
        quantize.float32_to_int4_blockwise,
        quantize.float32_to_int8_blockwise,
    ):
        convert(linear, tmp_path / "out.onnx")
        model = onnx.load(tmp_path / "out.onnx")
        assert model.ir_version <= 10
        assert max(entry.version for entry in model.opset_import if entry.domain == "") <= 22


@pytest.mark.parametrize("groups", [8, 2])
def test_depthwise_convolutions_keep_eight_bits_and_all_others_seven(tmp_path: Path, groups: int) -> None:
    """Their kernels add in 32 bits: nothing saturates, and with nine weights a channel each bit counts."""
    nodes = [
        helper.make_node("Conv", ["x", "w"], ["a"], name="grouped", group=groups),
        helper.make_node("Relu", ["a"], ["c"], name="relu"),
        helper.make_node("Conv", ["c", "v"], ["y"], name="pointwise"),
    ]
    weights = {"w": RANDOM.standard_normal((8, 8 // groups, 3, 3)), "v": RANDOM.standard_normal((6, 8, 1, 1))}
    path = save(tmp_path / "in.onnx", nodes, {"x": [1, 8, 12, 12]}, [1, 6, 10, 10], weights)
    inputs = [{"x": RANDOM.uniform(0, 3, (1, 8, 12, 12)).astype(np.float32)} for _ in range(4)]
    quantize.float32_to_int8_qdq(path, tmp_path / "out.onnx", inputs, activations="uint8", reduce_range=True)
    rounded = {t.name: numpy_helper.to_array(t).astype(int) for t in onnx.load(tmp_path / "out.onnx").graph.initializer}
    assert np.abs(rounded["w_quantized"]).max() == (127 if groups == 8 else 64)
    assert np.abs(rounded["v_quantized"]).max() == 64
    assert 0 < relative_error(path, tmp_path / "out.onnx", inputs[0]["x"]) < 0.05


def test_a_node_with_float_weights_between_quantised_ones_does_not_count(convolution: Path, tmp_path: Path) -> None:
    """What it reads has been quantised and dequantised, but it computes in float."""
    out = tmp_path / "out.onnx"
    count = quantize.float32_to_int8_qdq(
        convolution, out, pictures(4), activations="uint8", reduce_range=True, exclude=["second"]
    )
    assert count == 1
    model = onnx.load(out)
    makers = {name: node.op_type for node in model.graph.node for name in node.output}
    (second,) = (node for node in model.graph.node if node.name == "second")
    assert makers[second.input[0]] == "DequantizeLinear"
    (weight,) = (tensor for tensor in model.graph.initializer if tensor.name == second.input[1])
    assert weight.data_type == TensorProto.FLOAT


def test_a_graph_too_old_for_scales_per_channel_is_refused_with_the_remedy(convolution: Path, tmp_path: Path) -> None:
    """It would be written, and no runtime would load it."""
    model = onnx.load(convolution)
    for opset in (7, 12):
        model.opset_import[0].version = opset
        onnx.save(model, tmp_path / "old.onnx")
        with pytest.raises(GateError, match=r"opset 13 or newer.*`opset: 17`"):
            quantize.float32_to_int8_qdq(
                tmp_path / "old.onnx", tmp_path / "out.onnx", pictures(2), activations="uint8", reduce_range=True
            )
        assert not (tmp_path / "out.onnx").exists()
