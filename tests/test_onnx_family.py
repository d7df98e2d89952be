"""Family `onnx`: an existing file is checked, cut at named tensors, and its parts give what the whole gives."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
import onnxruntime as ort
import pytest
from onnx import TensorProto, helper, numpy_helper

from edgemm.bundles.manifest import Source
from edgemm.errors import CheckpointError, ConfigError
from export.families import Traced
from export.families.onnx import export
from export.sources import Checkpoint

SOURCE = Source(kind="folder", name="test", revision="1", sha256="0" * 64)
MATRIX = np.random.default_rng(1).standard_normal((4, 3)).astype(np.float32)


def noisy_file(folder: Path, *, opset: int = 17, ir: int = 12) -> Checkpoint:
    """x (n, 4) → hidden = x @ MATRIX + noise → y = tanh(hidden * mask); mask is all ones, made from x."""
    nodes = [
        helper.make_node("MatMul", ["x", "matrix"], ["product"]),
        helper.make_node("RandomNormalLike", ["product"], ["noise"]),
        helper.make_node("Add", ["product", "noise"], ["hidden"]),
        helper.make_node("Equal", ["product", "product"], ["same"]),
        helper.make_node("Cast", ["same"], ["mask"], to=TensorProto.FLOAT),
        helper.make_node("Mul", ["hidden", "mask"], ["masked"]),
        helper.make_node("Tanh", ["masked"], ["y"]),
    ]
    graph = helper.make_graph(
        nodes,
        "noisy",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, ["n", 4])],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, ["n", 3])],
        [numpy_helper.from_array(MATRIX, "matrix")],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset), helper.make_opsetid("unused", 1)])
    model.ir_version = ir
    model.metadata_props.add(key="labels", value="a\nb")
    onnx.save(model, folder / "noisy.onnx")
    return Checkpoint(folder, SOURCE)


def options() -> dict[str, object]:
    def tensor(name: str, size: int) -> dict[str, object]:
        return {"tensor": name, "axes": ["row", size]}

    return {
        "graphs": {
            "front": {
                "file": "noisy.onnx",
                "inputs": {"samples": tensor("x", 4), "noise": tensor("noise", 3)},
                "outputs": {"hidden": tensor("hidden", 3)},
            },
            "back": {
                "file": "noisy.onnx",
                "inputs": {"hidden": tensor("hidden", 3)},
                "outputs": {"result": tensor("y", 3)},
                "constants": {"mask": {"value": 1.0, "axes": [1, 1]}},
            },
        },
        "sizes": {"row": 5},
        "metadata_files": {"labels.txt": "noisy.onnx:labels"},
        "settings": {"answer": 42},
    }


def cut_in_two(folder: Path) -> Traced:
    (folder / "work").mkdir()
    return export(noisy_file(folder), folder / "work", options())


def test_the_parts_together_give_what_the_whole_gives(tmp_path: Path) -> None:
    traced = cut_in_two(tmp_path)
    x = np.random.default_rng(2).standard_normal((7, 4)).astype(np.float32)
    noise = np.random.default_rng(3).standard_normal((7, 3)).astype(np.float32)
    (hidden,) = ort.InferenceSession(traced.paths["front"]).run(None, {"x": x, "noise": noise})
    (y,) = ort.InferenceSession(traced.paths["back"]).run(None, {"hidden": hidden})
    np.testing.assert_allclose(y, np.tanh(x @ MATRIX + noise), atol=1e-5)


def test_parity_is_a_gate_on_each_part_and_holds(tmp_path: Path) -> None:
    parity = {figure.name: figure for figure in cut_in_two(tmp_path).parity}
    assert set(parity) == {"front_parity", "back_parity"}
    assert all(figure.is_gate and figure.holds for figure in parity.values())


def test_a_constant_that_does_not_fit_fails_the_gate(tmp_path: Path) -> None:
    (tmp_path / "work").mkdir()
    wrong = options()
    wrong["graphs"]["back"]["constants"]["mask"]["value"] = 0.5  # type: ignore[index]
    parity = {f.name: f for f in export(noisy_file(tmp_path), tmp_path / "work", wrong).parity}
    assert not parity["back_parity"].holds and parity["front_parity"].holds


def test_roles_axes_and_types_stand_in_the_manifest(tmp_path: Path) -> None:
    graph = cut_in_two(tmp_path).graphs["front"]
    assert graph.inputs["noise"].name == "noise"
    assert graph.inputs["noise"].axes == ("row", 3)
    assert graph.outputs["hidden"].dtype == "float32"


def test_graphs_stay_loadable_by_old_runtimes(tmp_path: Path) -> None:
    for path in cut_in_two(tmp_path).paths.values():
        model = onnx.load(path)
        assert model.ir_version <= 10
        assert {entry.domain for entry in model.opset_import} == {""}


def test_a_newer_opset_is_asked_for_and_got(tmp_path: Path) -> None:
    (tmp_path / "work").mkdir()
    traced = export(noisy_file(tmp_path, opset=13), tmp_path / "work", {**options(), "opset": 18})
    assert onnx.load(traced.paths["back"]).opset_import[0].version == 18


def test_metadata_becomes_a_file_of_the_bundle(tmp_path: Path) -> None:
    assert cut_in_two(tmp_path).files["labels.txt"].read_text() == "a\nb"


def test_a_tensor_that_the_file_lacks_is_named(tmp_path: Path) -> None:
    wrong = options()
    wrong["graphs"]["front"]["outputs"]["hidden"]["tensor"] = "hiden"  # type: ignore[index]
    with pytest.raises(CheckpointError, match="hiden"):
        export(noisy_file(tmp_path), tmp_path, wrong)


def test_an_input_without_a_role_is_named(tmp_path: Path) -> None:
    wrong = options()
    del wrong["graphs"]["front"]["inputs"]["samples"]  # type: ignore[index]
    with pytest.raises(ConfigError, match="'x'"):
        export(noisy_file(tmp_path), tmp_path, wrong)


def test_a_file_that_is_not_onnx_is_refused(tmp_path: Path) -> None:
    (tmp_path / "noisy.onnx").write_text("not a model")
    with pytest.raises(CheckpointError, match="not a valid ONNX file"):
        export(Checkpoint(tmp_path, SOURCE), tmp_path, options())
