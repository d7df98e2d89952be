"""A profile names the operators that took the time."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from bench.operators import operator_figures


def test_the_operator_that_works_most_comes_first(tmp_path: Path) -> None:
    weight = numpy_helper.from_array(np.ones((256, 256), np.float32), "w")
    nodes = [
        helper.make_node("MatMul", ["x", "w"], ["a"], name="product"),
        helper.make_node("Relu", ["a"], ["y"], name="relu"),
    ]
    graph = helper.make_graph(
        nodes,
        "graph",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, ["row", 256])],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, ["row", 256])],
        [weight],
    )
    path = tmp_path / "graph.onnx"
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8), path)
    figures = operator_figures("graph", path, {"row": 512})
    assert [figure.name for figure in figures] == ["graph: MatMul", "graph: Relu", "graph: other operators"]
    assert figures[0].value > figures[1].value > 0.0
    assert abs(figures[-1].value) < 1e-9
