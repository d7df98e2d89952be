"""Tables that are only looked up shrink to a quarter, and the rows stay what they were but for rounding."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

from edgemm.backends import open_session
from edgemm.errors import GateError
from export.forms.quantize_rows import LEAST_ROWS, float32_to_int8_rows
from export.workshop.onnx_files import operator_counts

WIDTH = 24


def look_up(path: Path, rows: int, *, is_multiplied: bool = False) -> Path:
    """ids → rows of a table; the table may also be the weight of a product."""
    random = np.random.default_rng(5)
    table = (random.standard_normal((rows, WIDTH)) * random.uniform(0.01, 10.0, (rows, 1))).astype(np.float32)
    table[3] = 0.0
    nodes = [helper.make_node("Gather", ["table", "ids"], ["rows"], name="look_up", axis=0)]
    outputs = [helper.make_tensor_value_info("rows", TensorProto.FLOAT, ["token", WIDTH])]
    inputs = [helper.make_tensor_value_info("ids", TensorProto.INT64, ["token"])]
    if is_multiplied:
        nodes.append(helper.make_node("MatMul", ["x", "table"], ["y"], name="product"))
        inputs.append(helper.make_tensor_value_info("x", TensorProto.FLOAT, [1, rows]))
        outputs.append(helper.make_tensor_value_info("y", TensorProto.FLOAT, [1, WIDTH]))
    graph = helper.make_graph(nodes, "graph", inputs, outputs, [numpy_helper.from_array(table, "table")])
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8), path)
    return path


def test_rows_stay_within_half_a_step_of_their_largest_entry(tmp_path: Path) -> None:
    before, after = look_up(tmp_path / "a.onnx", 2 * LEAST_ROWS), tmp_path / "b.onnx"
    assert float32_to_int8_rows(before, after) == 1
    ids = {"ids": np.arange(2 * LEAST_ROWS, dtype=np.int64)}
    exact, rounded = (open_session(path).run(ids)["rows"] for path in (before, after))
    step = np.abs(exact).max(axis=1, keepdims=True) / 127
    assert np.all(np.abs(exact - rounded) <= 0.501 * step)
    assert not np.array_equal(exact, rounded)
    assert after.stat().st_size < 0.35 * before.stat().st_size


def test_a_small_table_and_one_that_is_also_a_weight_are_refused(tmp_path: Path) -> None:
    small = look_up(tmp_path / "small.onnx", LEAST_ROWS - 1)
    weight = look_up(tmp_path / "weight.onnx", 2 * LEAST_ROWS, is_multiplied=True)
    for path in (small, weight):
        with pytest.raises(GateError, match="nothing was quantised"):
            float32_to_int8_rows(path, tmp_path / "out.onnx")
    assert operator_counts(onnx.load(weight))["Gather"] == 1
