"""An embedding tied to its head, kept once: after the head is quantised, its rows are looked up in the quantised data.

Without this the look-up keeps the float32 matrix alive beside the quantised one: 80 MB in a Whisper tiny.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import onnx

    from edgemm.bundles.tensors import Array


def gather_from_quantised(model: onnx.ModelProto) -> int:
    """Rewrite, in place, each Gather of columns of a matrix that a symmetric MatMulNBits holds too.

    Returns the number of look-ups rewritten.
    """
    from onnx import helper

    heads = {
        node.input[1][: -len(f"_Q{bits}")]: node
        for node in model.graph.node
        if node.op_type == "MatMulNBits" and len(node.input) == 3
        for bits in (helper.get_node_attr_value(node, "bits"),)
        if node.input[1].endswith(f"_Q{bits}")
    }
    nodes: list[onnx.NodeProto] = []
    rewritten = 0
    for node in model.graph.node:
        axis = next((item.i for item in node.attribute if item.name == "axis"), 0)
        if node.op_type == "Gather" and axis == 1 and node.input[0] in heads:
            nodes.extend(_look_up(model, node, heads[node.input[0]]))
            rewritten += 1
        else:
            nodes.append(node)
    del model.graph.node[:]
    model.graph.node.extend(nodes)
    _drop_unused_weights(model)
    return rewritten


def _look_up(model: onnx.ModelProto, gather: onnx.NodeProto, head: onnx.NodeProto) -> list[onnx.NodeProto]:
    """Nodes for columns (row of the head's data, weights of one output) in float32 instead of `gather`.

    Data are uint8 (row, block, byte); two 4-bit values in a byte, the low one first; zero is half the range.
    """
    from onnx import TensorProto, helper

    bits = helper.get_node_attr_value(head, "bits")
    width = helper.get_node_attr_value(head, "K")
    block = helper.get_node_attr_value(head, "block_size")
    out = gather.output[0]

    def constant(name: str, value: Array) -> str:
        from onnx import numpy_helper

        full_name = f"{out}_{name}"
        model.graph.initializer.append(numpy_helper.from_array(value, full_name))
        return full_name

    def node(operator: str, inputs: list[str], name: str, **attributes: int | str | list[int]) -> onnx.NodeProto:
        return helper.make_node(operator, inputs, [f"{out}_{name}"], name=f"{out}_{name}", **attributes)

    last = constant("last_axis", np.array([-1], np.int64))
    nodes = [node("Gather", [head.input[1], gather.input[1]], "data", axis=0)]
    values = f"{out}_data"
    if bits == 4:
        nodes += [
            node("BitwiseAnd", [values, constant("mask", np.array(15, np.uint8))], "low"),
            node("BitShift", [values, constant("shift", np.array(4, np.uint8))], "high", direction="RIGHT"),
            node("Unsqueeze", [f"{out}_low", last], "low_1"),
            node("Unsqueeze", [f"{out}_high", last], "high_1"),
            node("Concat", [f"{out}_low_1", f"{out}_high_1"], "pairs", axis=-1),
            node("Reshape", [f"{out}_pairs", constant("blocks", np.array([0, 0, block], np.int64))], "values"),
        ]
        values = f"{out}_values"
    zero = constant("zero", np.array(2.0 ** (bits - 1), np.float32))
    return [
        *nodes,
        node("Cast", [values], "float", to=TensorProto.FLOAT),
        node("Sub", [f"{out}_float", zero], "centred"),
        node("Gather", [head.input[2], gather.input[1]], "scales", axis=0),
        node("Unsqueeze", [f"{out}_scales", last], "scales_1"),
        node("Mul", [f"{out}_centred", f"{out}_scales_1"], "scaled"),
        node("Reshape", [f"{out}_scaled", constant("row", np.array([-1, width], np.int64))], "rows"),
        helper.make_node("Transpose", [f"{out}_rows"], [out], perm=[1, 0], name=gather.name),
    ]


def _drop_unused_weights(model: onnx.ModelProto) -> None:
    used = {name for node in model.graph.node for name in node.input} | {value.name for value in model.graph.output}
    kept = [weight for weight in model.graph.initializer if weight.name in used]
    del model.graph.initializer[:]
    model.graph.initializer.extend(kept)
