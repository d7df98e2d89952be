"""Family `onnx` verifies a file against itself: in its own types, with its own axes, and where there is no number."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
import yaml
from onnx import TensorProto, helper

from edgemm.backends import open_session
from edgemm.backends.probe import probe
from edgemm.bundles.bundle import Bundle
from edgemm.cli import main
from edgemm.errors import CheckpointError, ConfigError, EdgemmError
from export.families.onnx_verify import difference
from tests.small_onnx import FLOAT, roles, trace, whole, write_model

ONES = np.ones((8, 4), np.float32)
PRODUCT = helper.make_node("MatMul", ["x", "w"], ["y"])
X, Y = {"x": (FLOAT, [1, 8])}, {"y": (FLOAT, [1, 4])}
AXES: tuple[dict[str, list[int | str]], dict[str, list[int | str]]] = ({"x": [1, 8]}, {"y": [1, 4]})


@pytest.fixture(autouse=True)
def _own_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("EDGEMM_CACHE", str(tmp_path / "cache"))


def bundled(folder: Path, options: dict[str, Any], code: int = 0) -> Path:
    """The bundle of the recipe with these options, exported by the command; `code` is what the command must return."""
    recipe = {
        "family": "onnx", "task": "classification", "checkpoint": [{"folder": str(folder)}], "options": options,
        "forms": [{"name": "float32", "graphs": {}}],
    }  # fmt: skip
    Path("old.yaml").write_text(yaml.safe_dump(recipe))
    assert main(["export", "old.yaml", "--target", "cpu-x86"]) == code
    return Path("bundles/old/cpu-x86")


TYPES = {
    "float16": TensorProto.FLOAT16, "float64": TensorProto.DOUBLE, "uint8": TensorProto.UINT8,
    "int8": TensorProto.INT8, "uint16": TensorProto.UINT16, "int16": TensorProto.INT16,
    "uint32": TensorProto.UINT32, "int32": TensorProto.INT32, "uint64": TensorProto.UINT64,
    "int64": TensorProto.INT64, "bool": TensorProto.BOOL,
}  # fmt: skip


@pytest.mark.parametrize("dtype", TYPES)
def test_inputs_are_verified_and_bundled_in_their_own_type(tmp_path: Path, dtype: str) -> None:
    nodes = [helper.make_node("Cast", ["x"], ["f"], to=FLOAT), helper.make_node("MatMul", ["f", "w"], ["y"])]
    write_model(tmp_path / "m", nodes, {"x": (TYPES[dtype], [1, 8])}, Y, {"w": ONES})
    traced = trace(tmp_path / "m", whole(*AXES, ranges={"x": [0, 1]}))
    assert traced.parity[0].holds
    assert traced.graphs["classifier"].inputs["x"].dtype == dtype
    probe(open_session(traced.paths["classifier"]), traced.graphs["classifier"])


def test_flags_need_no_range_and_whole_numbers_one_that_fits(tmp_path: Path) -> None:
    nodes = [helper.make_node("Cast", ["x"], ["f"], to=FLOAT), helper.make_node("MatMul", ["f", "w"], ["y"])]
    write_model(tmp_path / "m", nodes, {"x": (TensorProto.BOOL, [1, 8])}, Y, {"w": ONES})
    assert trace(tmp_path / "m", whole(*AXES)).parity[0].holds
    write_model(tmp_path / "m", nodes, {"x": (TensorProto.UINT8, [1, 8])}, Y, {"w": ONES})
    with pytest.raises(ConfigError, match="no range for input 'x' of type uint8"):
        trace(tmp_path / "m", whole(*AXES))
    for bounds in ([0, 256], [-1, 5]):
        with pytest.raises(ConfigError, match=r"0..255 \(uint8\)"):
            trace(tmp_path / "m", whole(*AXES, ranges={"x": bounds}))
    for bounds in ([5, 1], [0, float("nan")], [0, float("inf")]):
        with pytest.raises(ConfigError, match="smaller one first"):
            trace(tmp_path / "m", whole(*AXES, ranges={"x": bounds}))


@pytest.mark.parametrize(
    ("node", "kind", "named"),
    [
        (helper.make_node("StringNormalizer", ["x"], ["y"]), TensorProto.STRING, "string"),
        (helper.make_node("Identity", ["x"], ["y"]), TensorProto.BFLOAT16, "bfloat16"),
    ],
)
def test_a_type_that_cannot_be_fed_is_named(tmp_path: Path, node: onnx.NodeProto, kind: int, named: str) -> None:
    write_model(tmp_path / "m", [node], {"x": (kind, [8])}, {"y": (kind, [8])})
    with pytest.raises(EdgemmError, match=named):
        trace(tmp_path / "m", whole({"x": [8]}, {"y": [8]}))


def test_a_sequence_is_refused_as_an_output_and_ignored_beside_one(tmp_path: Path) -> None:
    nodes = [PRODUCT, helper.make_node("SequenceConstruct", ["y"], ["several"])]
    path = write_model(tmp_path / "m", nodes, X, Y, {"w": ONES})
    model = onnx.load(path)
    model.graph.output.append(helper.make_tensor_sequence_value_info("several", FLOAT, [1, 4]))
    onnx.save(model, path)
    assert trace(tmp_path / "m", whole(*AXES)).parity[0].holds
    with pytest.raises(CheckpointError, match=r"'several'.*seq\(tensor\(float\)\)"):
        trace(tmp_path / "m", whole(AXES[0], {"several": [1, 4]}))


def switched_off(folder: Path, value: float) -> None:
    """A class that is always `value`."""
    nodes = [helper.make_node("MatMul", ["x", "w"], ["m"]), helper.make_node("Add", ["m", "off"], ["y"])]
    write_model(folder, nodes, X, Y, {"w": ONES, "off": np.array([[0, value, 0, 0]], np.float32)})


@pytest.mark.parametrize("value", [-np.inf, np.inf, np.nan])
def test_equal_infinities_differ_by_nothing(tmp_path: Path, value: float) -> None:
    switched_off(tmp_path / "m", value)
    assert trace(tmp_path / "m", whole(*AXES)).parity[0].value == 0.0


def test_a_model_that_gives_minus_infinity_in_half_precision_becomes_a_bundle(tmp_path: Path) -> None:
    """Through the whole line: traced, stored, measured with inputs of its own type, written."""
    nodes = [
        helper.make_node("Cast", ["x"], ["f"], to=FLOAT),
        helper.make_node("MatMul", ["f", "w"], ["m"]),
        helper.make_node("Add", ["m", "off"], ["y"]),
    ]
    constants = {"w": ONES, "off": np.array([[0, -np.inf, 0, 0]], np.float32)}
    inputs = {"x": (TensorProto.FLOAT16, [1, 8]), "w": (FLOAT, [8, 4]), "off": (FLOAT, [1, 4])}
    write_model(tmp_path / "m", nodes, inputs, Y, constants, opset=9, ir=3)
    manifest = Bundle.open(bundled(tmp_path / "m", whole(*AXES))).manifest
    assert manifest.graphs["classifier"].inputs["x"].dtype == "float16"
    assert [figure.value for figure in manifest.figures] == [0.0]


@pytest.mark.parametrize("value", [".nan", ".inf", "0.5"])
def test_what_is_no_number_on_one_side_fails_the_gate_by_name(
    tmp_path: Path, value: str, capsys: pytest.CaptureFixture[str]
) -> None:
    switched_off(tmp_path / "m", -1.0)
    options = whole({"m": [1, 4]}, AXES[1])
    options["graphs"]["classifier"]["constants"] = {"off": {"value": float(value.lstrip(".")), "axes": [1, 4]}}
    options["graphs"]["front"] = {"file": "m.onnx", "inputs": roles(AXES[0]), "outputs": roles({"m": [1, 4]})}
    bundled(tmp_path / "m", options, code=3)
    assert "classifier_parity" in capsys.readouterr().err
    assert not Path("bundles").exists()


def test_a_graph_that_gives_no_number_at_all_proves_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_model(
        tmp_path / "m",
        [helper.make_node("Mul", ["x", "w"], ["y"])],
        X,
        {"y": (FLOAT, [1, 8])},
        {"w": ONES[:1, :1] * np.nan},
    )
    bundled(tmp_path / "m", whole(AXES[0], {"y": [1, 8]}), code=3)
    assert "classifier_parity = nan" in capsys.readouterr().err


def test_differences() -> None:
    one = np.array([1.0, np.inf, -np.inf, np.nan], np.float32)
    assert difference(one, one) == 0.0
    assert difference(one + np.float32(0.25), one) == 0.25
    assert np.isnan(difference(one[:1] * np.nan, one[:1]))
    assert np.isnan(difference(one[:1], one[:1] * np.nan))
    assert difference(-one[1:2], one[1:2]) == np.inf
    assert difference(one[:2], one[:1]) == np.inf
    assert difference(np.array([3.0]), np.array([4.0])) == 0.25
    half = np.array([60000.0, -60000.0], np.float16)
    assert difference(-half, half) == pytest.approx(2.0)
    for dtype in (np.int64, np.uint8, np.bool_):
        ids = np.array([0, 1], dtype)
        assert difference(ids, ids) == 0.0 and difference(ids[::-1], ids) == np.inf
    large = np.array([2**53, 2**40])
    assert difference(large + 1, large) == np.inf
    assert difference(large.astype(np.int32), large.astype(np.int32)) == 0.0
    assert difference(np.zeros((0, 3)), np.zeros((0, 3))) == 0.0


def test_whole_numbers_that_a_graph_gives_are_compared_one_by_one(tmp_path: Path) -> None:
    """An index of 30,000 that is off by one is within 1e-4 of right, and wrong."""
    nodes = [
        PRODUCT,
        helper.make_node("ArgMax", ["y"], ["i"], axis=1),
        helper.make_node("Add", ["i", "base"], ["index"]),
    ]
    write_model(
        tmp_path / "m", nodes, X, {"index": (TensorProto.INT64, [1, 1])}, {"w": ONES, "base": np.array([30_000])}
    )
    options = whole(AXES[0], {"index": [1, 1]})
    assert trace(tmp_path / "m", options).parity[0].holds
    options["graphs"]["classifier"]["constants"] = {"base": {"value": 30_001, "axes": [1]}}
    assert not trace(tmp_path / "m", options).parity[0].holds


@pytest.mark.parametrize(
    ("inputs", "outputs", "words"),
    [
        ({"x": ["batch", 9]}, {"y": ["batch", 4]}, "verification run"),
        ({"x": [1, 8]}, {"y": [1, 5]}, r"axes of tensor 'y': expected \[1, 4\], found \[1, 5\]"),
        ({"x": [1, 8]}, {"y": [4]}, "axes of tensor 'y'"),
        ({"x": ["batch", 8]}, {"y": ["side", "side"]}, "axes of tensor 'y'"),
        ({"x": ["other", 8]}, {"y": [1, 4]}, "no size for axis 'other'"),
        ({"x": [-1, 8]}, {"y": [1, 4]}, "greater than or equal to 0"),
        ({"x": [1, 8]}, {}, "at least 1 item"),
    ],
)
def test_axes_that_are_not_the_files_are_refused(
    tmp_path: Path, inputs: dict[str, list[int | str]], outputs: dict[str, list[int | str]], words: str
) -> None:
    write_model(tmp_path / "m", [PRODUCT], {"x": (FLOAT, ["n", 8])}, {"y": (FLOAT, ["n", 4])}, {"w": ONES})
    with pytest.raises(EdgemmError, match=words):
        trace(tmp_path / "m", whole(inputs, outputs, sizes={"batch": 2}))


def test_named_axes_stay_free_in_the_bundle(tmp_path: Path) -> None:
    write_model(tmp_path / "m", [PRODUCT], {"x": (FLOAT, ["n", 8])}, {"y": (FLOAT, ["n", 4])}, {"w": ONES})
    traced = trace(tmp_path / "m", whole({"x": ["batch", 8]}, {"y": ["batch", 4]}, sizes={"batch": 2}))
    session = open_session(traced.paths["classifier"])
    assert session.run({"x": np.ones((5, 8), np.float32)})["y"].shape == (5, 4)


def test_an_output_without_values_proves_nothing(tmp_path: Path) -> None:
    write_model(tmp_path / "m", [PRODUCT], {"x": (FLOAT, [0, 8])}, {"y": (FLOAT, [0, 4])}, {"w": ONES})
    assert not trace(tmp_path / "m", whole({"x": [0, 8]}, {"y": [0, 4]})).parity[0].holds


def test_two_roles_for_one_tensor_and_states_without_tensors_are_refused(tmp_path: Path) -> None:
    write_model(tmp_path / "m", [PRODUCT], X, Y, {"w": ONES})
    twice = whole(*AXES)
    twice["graphs"]["classifier"]["inputs"]["again"] = {"tensor": "x", "axes": [1, 8]}
    with pytest.raises(ConfigError, match="one role per tensor"):
        trace(tmp_path / "m", twice)
    state = whole(*AXES)
    state["graphs"]["classifier"]["states"] = [{"past": "state", "present": "y"}]
    with pytest.raises(ConfigError, match="a state names an input"):
        trace(tmp_path / "m", state)
    with pytest.raises(ConfigError, match="metadata_files"):
        trace(tmp_path / "m", whole(*AXES, metadata_files={"a.txt": "other.onnx:key"}))
    with pytest.raises(CheckpointError, match=r"labels\.txt"):
        trace(tmp_path / "m", whole(*AXES, files={"labels.txt": "labels.txt"}))
