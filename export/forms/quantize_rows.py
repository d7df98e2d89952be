"""Tables that are only looked up: 8 bits an entry, one scale a row.

A sentence encoder's word embedding is two thirds of its weights, and a call reads a dozen of its 30,000 rows.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from edgemm.errors import GateError
from export.workshop.onnx_files import load_graph, save_graph

if TYPE_CHECKING:
    import onnx

LEAST_ROWS = 1000
"""Smaller tables are not worth the extra nodes."""


def float32_to_int8_rows(path_in: Path, path_out: Path) -> int:
    """Each large float32 table (row, column) that is read by Gather alone, in int8. Returns the number of tables.

    Raises GateError when there is none.
    """
    from onnx import TensorProto

    model = load_graph(path_in)
    tables = {t.name: t for t in model.graph.initializer if t.data_type == TensorProto.FLOAT and len(t.dims) == 2}
    readers = [(node, name) for node in model.graph.node for name in node.input if name in tables]
    looked_up = {name for node, name in readers if _looks_up_rows(node, name) and tables[name].dims[0] >= LEAST_ROWS}
    looked_up -= {name for node, name in readers if not _looks_up_rows(node, name)}
    if not looked_up:
        raise GateError(
            f"nothing was quantised in {path_in.name}", expected=f"a table of {LEAST_ROWS} rows that Gather reads",
            found=0, remedy="Leave out this step in the recipe.",
        )  # fmt: skip
    for name in looked_up:
        _round(model, tables[name])
    nodes = [new for node in model.graph.node for new in (_look_up(node) if node.input[0] in looked_up else [node])]
    del model.graph.node[:]
    model.graph.node.extend(nodes)
    save_graph(model, path_out)
    return len(looked_up)


def _looks_up_rows(node: onnx.NodeProto, table: str) -> bool:
    axis = next((item.i for item in node.attribute if item.name == "axis"), 0)
    return node.op_type == "Gather" and axis == 0 and node.input[0] == table


def _round(model: onnx.ModelProto, table: onnx.TensorProto) -> None:
    """Replace the table by its integers, under its own name, and add the scales of its rows."""
    from onnx import numpy_helper

    rows = numpy_helper.to_array(table)
    scales = np.maximum(np.abs(rows).max(axis=1, keepdims=True) / 127.0, np.finfo(np.float32).tiny)
    table.CopyFrom(numpy_helper.from_array(np.rint(rows / scales).astype(np.int8), table.name))
    model.graph.initializer.append(numpy_helper.from_array(scales.astype(np.float32), f"{table.name}_scale"))


def _look_up(gather: onnx.NodeProto) -> list[onnx.NodeProto]:
    """The same rows in float32."""
    from onnx import TensorProto, helper

    table, index = gather.input
    out = gather.output[0]
    return [
        helper.make_node("Gather", [table, index], [f"{out}_integers"], name=f"{gather.name}_integers", axis=0),
        helper.make_node("Gather", [f"{table}_scale", index], [f"{out}_scales"], name=f"{gather.name}_scales", axis=0),
        helper.make_node(
            "Cast", [f"{out}_integers"], [f"{out}_floats"], name=f"{gather.name}_floats", to=TensorProto.FLOAT
        ),
        helper.make_node("Mul", [f"{out}_floats", f"{out}_scales"], [out], name=gather.name),
    ]
