"""Family `onnx` over what files hold: old and odd forms are bundled, what cannot be is refused by its name."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

from edgemm.backends import open_session
from edgemm.backends.probe import probe
from edgemm.errors import CheckpointError, EdgemmError
from tests.fuzzing import damaged_bytes, only_our_errors
from tests.small_onnx import FLOAT, roles, trace, whole, write_model

ONES = np.ones((8, 4), np.float32)
PRODUCT = helper.make_node("MatMul", ["x", "w"], ["y"])
X, Y = {"x": (FLOAT, [1, 8])}, {"y": (FLOAT, [1, 4])}
AXES: tuple[dict[str, list[int | str]], dict[str, list[int | str]]] = ({"x": [1, 8]}, {"y": [1, 4]})


@pytest.mark.parametrize(("ir", "opset"), [(3, 6), (3, 7), (3, 9), (4, 9), (8, 17), (12, 23)])
def test_constants_among_the_inputs_stay_constants(tmp_path: Path, ir: int, opset: int) -> None:
    """Until about 2019 every constant was listed as an input too: ResNet-50, VGG-19, SqueezeNet and others."""
    write_model(tmp_path / "m", [PRODUCT], {**X, "w": (FLOAT, [8, 4])}, Y, {"w": ONES}, opset=opset, ir=ir)
    traced = trace(tmp_path / "m", whole(*AXES))
    assert traced.parity[0].holds
    session = open_session(traced.paths["classifier"])
    assert [spec.name for spec in session.inputs] == ["x"]
    assert session.run({"x": np.ones((1, 8), np.float32)})["y"].tolist() == [[8.0] * 4]


OWN_MODELS = sorted((Path(onnx.__file__).parent / "backend/test/data").rglob("*.onnx"))
SAMPLE = [path for path in OWN_MODELS if path.parent.name != "light"][::4]
SAMPLE += [path for path in OWN_MODELS if path.name == "light_squeezenet.onnx"]


@pytest.mark.parametrize("path", SAMPLE, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_the_onnx_packages_own_models_are_bundled_or_refused(tmp_path: Path, path: Path) -> None:
    model = onnx.load(path)
    constants = {tensor.name for tensor in model.graph.initializer}
    tensors: list[dict[str, list[int | str]]] = [{}, {}]
    for place, values in zip(tensors, (model.graph.input, model.graph.output), strict=True):
        for value in values:
            if value.name not in constants:
                axes = enumerate(value.type.tensor_type.shape.dim)
                place[value.name] = [axis.dim_value or axis.dim_param or f"{value.name}_{i}" for i, axis in axes]
    named = {axis for axes in tensors[0].values() for axis in axes if isinstance(axis, str)}
    options = whole(*tensors, sizes=dict.fromkeys(named, 2), ranges={name: [0, 1] for name in tensors[0]})
    (tmp_path / "m").mkdir()
    (tmp_path / "m" / "m.onnx").write_bytes(path.read_bytes())
    try:
        traced = trace(tmp_path / "m", options)
    except EdgemmError as error:
        assert str(error)
    else:
        assert traced.parity[0].holds, traced.parity[0]
        probe(open_session(traced.paths["classifier"]), traced.graphs["classifier"], dict.fromkeys(named, 2))


def test_the_onnx_package_carries_its_models() -> None:
    """The sample above means something only while the package carries its models."""
    assert len(OWN_MODELS) > 100 and len(SAMPLE) > 30


def test_a_left_out_name_links_nothing(tmp_path: Path) -> None:
    """An LSTM whose first output is left out, then a Clip whose lower bound is."""
    nodes = [
        helper.make_node("LSTM", ["x", "w", "r"], ["", "last"], hidden_size=4),
        helper.make_node("Squeeze", ["last", "axis"], ["hidden"]),
        helper.make_node("Clip", ["hidden", "", "most"], ["out"]),
    ]
    constants = {
        "w": np.full((1, 16, 3), 0.1, np.float32), "r": np.full((1, 16, 4), 0.1, np.float32),
        "axis": np.array([0]), "most": np.array(0.05, np.float32),
    }  # fmt: skip
    write_model(tmp_path / "m", nodes, {"x": (FLOAT, [5, 1, 3])}, {"out": (FLOAT, [1, 4])}, constants)
    front = {"file": "m.onnx", "inputs": roles({"x": [5, 1, 3]}), "outputs": roles({"hidden": [1, 4]})}
    back = {"file": "m.onnx", "inputs": roles({"hidden": [1, 4]}), "outputs": roles({"out": [1, 4]})}
    traced = trace(tmp_path / "m", {"graphs": {"front": front, "back": back}})
    assert [node.op_type for node in onnx.load(traced.paths["front"]).graph.node] == ["LSTM", "Squeeze"]
    assert [node.op_type for node in onnx.load(traced.paths["back"]).graph.node] == ["Clip"]
    assert all(figure.holds for figure in traced.parity)


def loop_body() -> onnx.GraphProto:
    """(step, going, total) → (going, total + bias, squares of it); its Clip has no lower bound."""
    nodes = [
        helper.make_node("Add", ["total", "bias"], ["sum"]),
        helper.make_node("Clip", ["sum", "", "most"], ["clipped"]),
        helper.make_node("Identity", ["going"], ["on"]),
    ]
    return helper.make_graph(
        nodes,
        "body",
        [
            helper.make_tensor_value_info("step", TensorProto.INT64, []),
            helper.make_tensor_value_info("going", TensorProto.BOOL, []),
            helper.make_tensor_value_info("total", FLOAT, [1, 4]),
        ],
        [
            helper.make_tensor_value_info("on", TensorProto.BOOL, []),
            helper.make_tensor_value_info("clipped", FLOAT, [1, 4]),
        ],
    )


def branch(name: str, taken: str) -> onnx.GraphProto:
    """A branch that clips an outer tensor, without a lower bound, under a name of its own."""
    nodes = [helper.make_node("Clip", [taken, "", "most"], [f"{name}_clipped"])]
    return helper.make_graph(nodes, name, [], [helper.make_tensor_value_info(f"{name}_clipped", FLOAT, [1, 4])])


@pytest.mark.parametrize("kind", ["If", "Loop"])
def test_branches_and_loops_take_what_they_need_along_and_no_more(tmp_path: Path, kind: str) -> None:
    if kind == "If":
        then, other = branch("then", "shifted"), branch("else", "y")
        inner = helper.make_node("If", ["yes"], ["out"], then_branch=then, else_branch=other)
    else:
        inner = helper.make_node("Loop", ["times", "", "y"], ["out"], body=loop_body())
    nodes = [
        PRODUCT,
        helper.make_node("LSTM", ["sound", "lw", "lr"], ["", "unrelated"], hidden_size=4),
        helper.make_node("Add", ["y", "bias"], ["shifted"]),
        inner,
    ]
    constants = {
        "w": ONES, "bias": np.ones(4, np.float32), "most": np.array(5.0, np.float32), "yes": np.array(True),
        "times": np.array(3), "lw": np.ones((1, 16, 3), np.float32), "lr": np.ones((1, 16, 4), np.float32),
    }  # fmt: skip
    inputs = {**X, "sound": (FLOAT, [5, 1, 3])}
    write_model(tmp_path / "m", nodes, inputs, {"out": (FLOAT, [1, 4]), "unrelated": (FLOAT, [1, 1, 4])}, constants)
    graphs = {
        "front": {"file": "m.onnx", "inputs": roles(AXES[0]), "outputs": roles(AXES[1])},
        "ear": {
            "file": "m.onnx", "inputs": roles({"sound": [5, 1, 3]}), "outputs": roles({"unrelated": [1, 1, 4]}),
        },
        "back": {"file": "m.onnx", "inputs": roles({"y": [1, 4]}), "outputs": roles({"out": [1, 4]})},
    }  # fmt: skip
    traced = trace(tmp_path / "m", {"graphs": graphs})
    kept = [node.op_type for node in onnx.load(traced.paths["back"]).graph.node]
    assert kept == (["Add", "If"] if kind == "If" else ["Loop"])
    assert all(figure.holds for figure in traced.parity)


def test_a_misspelt_tensor_is_answered_with_the_nearest(tmp_path: Path) -> None:
    nodes = [helper.make_node("MatMul", ["x", "w"], ["probability"])]
    write_model(tmp_path / "m", nodes, X, {"probability": (FLOAT, [1, 4])}, {"w": ONES})
    with pytest.raises(CheckpointError, match="Did you mean 'probability'"):
        trace(tmp_path / "m", whole(AXES[0], {"probabilty": [1, 4]}))
    options = whole(AXES[0], {"probability": [1, 4]})
    options["graphs"]["classifier"]["constants"] = {"nothing_like_it": {"value": 1.0}}
    with pytest.raises(CheckpointError, match="'nothing_like_it'"):
        trace(tmp_path / "m", options)


def test_weights_in_another_file_come_along_and_are_missed_by_name(tmp_path: Path) -> None:
    path = write_model(tmp_path / "m", [PRODUCT], X, Y, {"w": ONES})
    model = onnx.load(path)
    onnx.save(model, path, save_as_external_data=True, location="m.onnx.data", size_threshold=0)
    traced = trace(tmp_path / "m", whole(*AXES))
    assert traced.parity[0].holds
    assert not traced.paths["classifier"].with_name("m.onnx.data").exists()
    (tmp_path / "m" / "m.onnx.data").unlink()
    with pytest.raises(CheckpointError, match=r"expected m\.onnx\.data"):
        trace(tmp_path / "m", whole(*AXES))
    with pytest.raises(CheckpointError, match=r"no file 'n\.onnx'.*m\.onnx"):
        trace(tmp_path / "m", {"graphs": {"a": {"file": "n.onnx", "inputs": {}, "outputs": roles({"y": [1]})}}})


def test_operators_of_another_domain_run_or_are_named(tmp_path: Path) -> None:
    imports = [helper.make_opsetid("", 17), helper.make_opsetid("com.microsoft", 1), helper.make_opsetid("mine", 1)]
    fused = helper.make_node("FusedMatMul", ["x", "w"], ["y"], domain="com.microsoft")
    write_model(tmp_path / "m", [fused], X, Y, {"w": ONES}, opset_imports=imports)
    traced = trace(tmp_path / "m", whole(*AXES))
    assert {entry.domain for entry in onnx.load(traced.paths["classifier"]).opset_import} == {"", "com.microsoft"}
    own = helper.make_node("Dewarp", ["x", "w"], ["y"], domain="mine")
    write_model(tmp_path / "m", [own], X, Y, {"w": ONES}, opset_imports=imports)
    with pytest.raises(CheckpointError, match="mine:Dewarp"):
        trace(tmp_path / "m", whole(*AXES))


def test_a_domain_that_only_a_branch_uses_stays(tmp_path: Path) -> None:
    fused = helper.make_node("FusedMatMul", ["x", "w"], ["z"], domain="com.microsoft")
    inside = helper.make_graph([fused], "inside", [], [helper.make_tensor_value_info("z", FLOAT, [1, 4])])
    node = helper.make_node("If", ["yes"], ["y"], then_branch=inside, else_branch=inside)
    imports = [helper.make_opsetid("ai.onnx", 17), helper.make_opsetid("com.microsoft", 1)]
    write_model(tmp_path / "m", [node], X, Y, {"w": ONES, "yes": np.array(True)}, opset_imports=imports)
    traced = trace(tmp_path / "m", whole(*AXES))
    assert {entry.domain for entry in onnx.load(traced.paths["classifier"]).opset_import} == {"", "com.microsoft"}


def test_functions_and_sparse_constants_are_written_out(tmp_path: Path) -> None:
    double = helper.make_function(
        "mine", "Double", ["a"], ["b"], [helper.make_node("Add", ["a", "a"], ["b"])], [helper.make_opsetid("", 17)]
    )
    nodes = [PRODUCT, helper.make_node("Double", ["y"], ["out"], domain="mine")]
    values = numpy_helper.from_array(np.array([2.0, 3.0], np.float32), "w")
    places = numpy_helper.from_array(np.array([[0, 1], [7, 3]]), "places")
    write_model(
        tmp_path / "m", nodes, X, {"out": (FLOAT, [1, 4])}, ir=8, functions=[double],
        opset_imports=[helper.make_opsetid("", 17), helper.make_opsetid("mine", 1)],
        sparse_initializer=[helper.make_sparse_tensor(values, places, [8, 4])],
    )  # fmt: skip
    traced = trace(tmp_path / "m", whole(AXES[0], {"out": [1, 4]}))
    x = np.arange(8, dtype=np.float32)[None]
    assert open_session(traced.paths["classifier"]).run({"x": x})["out"].tolist() == [[0.0, 0.0, 0.0, 42.0]]


def test_a_constant_may_be_an_output_and_the_place_of_a_cut(tmp_path: Path) -> None:
    write_model(tmp_path / "m", [PRODUCT], X, Y, {"w": ONES})
    assert trace(tmp_path / "m", whole(AXES[0], {"y": [1, 4], "w": [8, 4]})).parity[0].holds
    traced = trace(tmp_path / "m", whole({"x": [1, 8], "w": [8, 4]}, AXES[1]))
    assert [spec.name for spec in open_session(traced.paths["classifier"]).inputs] == ["x", "w"]


def test_a_damaged_file_is_refused_and_nothing_else(tmp_path: Path) -> None:
    path = write_model(
        tmp_path / "m", [PRODUCT, helper.make_node("Relu", ["y"], ["z"])], X, {"z": (FLOAT, [1, 4])}, {"w": ONES}
    )

    def read(data: bytes) -> None:
        path.write_bytes(data)
        trace(tmp_path / "m", whole(AXES[0], {"z": [1, 4]}))

    assert only_our_errors(read, damaged_bytes(path.read_bytes(), seed=8, count=200)) > 50
