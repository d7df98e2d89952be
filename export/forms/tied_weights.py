"""Linear layers in the one form that quantisers know: MatMul with a constant right side.

ONNX Runtime's weight quantisers skip without a word: FusedMatMul(transB=1) and Gemm(transB=1), which is how a head tied
to the embedding comes out of tracing, and MatMul behind a Transpose of a constant.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from edgemm.bundles.tensors import Array

if TYPE_CHECKING:
    import onnx


def plain_matmuls(model: onnx.ModelProto) -> onnx.ModelProto:
    """Rewrite, in place, Gemm and FusedMatMul with a constant right side to MatMul (and Add for a bias)."""
    from onnx import numpy_helper

    constants = {weight.name: weight for weight in model.graph.initializer}
    transposes = {
        node.output[0]: node.input[0]
        for node in model.graph.node
        if node.op_type == "Transpose" and node.input[0] in constants and _swaps_last_two(node, constants)
    }
    nodes: list[onnx.NodeProto] = []
    made: dict[str, str] = {}
    for node in model.graph.node:
        transposed = _right_side_is_transposed(node)
        right = node.input[1] if len(node.input) > 1 else ""
        if node.op_type == "MatMul" and right in transposes:
            transposed, right = True, transposes[right]
        if transposed is None or right not in constants or len(constants[right].dims) != 2:
            nodes.append(node)
            continue
        weight: Array = numpy_helper.to_array(constants[right])
        if transposed:
            if right not in made:
                made[right] = f"{right}_transposed"
                array = np.ascontiguousarray(weight.T)
                model.graph.initializer.append(numpy_helper.from_array(array, made[right]))
            right = made[right]
        nodes.extend(_matmul(node, right))
    del model.graph.node[:]
    model.graph.node.extend(nodes)
    _drop_unused(model)
    return model


def _right_side_is_transposed(node: onnx.NodeProto) -> bool | None:
    """None: not a layer that can be rewritten."""
    from onnx import helper

    attributes = {item.name: helper.get_attribute_value(item) for item in node.attribute}
    if node.op_type == "Gemm":
        plain = attributes.get("alpha", 1.0) == 1.0 and attributes.get("beta", 1.0) == 1.0
        return bool(attributes.get("transB", 0)) if plain and not attributes.get("transA", 0) else None
    if node.op_type == "FusedMatMul":
        batched = attributes.get("transBatchA", 0) or attributes.get("transBatchB", 0)
        plain = attributes.get("alpha", 1.0) == 1.0 and not attributes.get("transA", 0) and not batched
        return bool(attributes.get("transB", 0)) if plain else None
    return None


def _matmul(node: onnx.NodeProto, right: str) -> list[onnx.NodeProto]:
    from onnx import helper

    bias = node.input[2] if node.op_type == "Gemm" and len(node.input) == 3 else ""
    output = f"{node.output[0]}_before_bias" if bias else node.output[0]
    name = node.name or node.output[0]
    product = helper.make_node("MatMul", [node.input[0], right], [output], name=name)
    if not bias:
        return [product]
    return [product, helper.make_node("Add", [output, bias], [node.output[0]], name=f"{name}_bias")]


def _swaps_last_two(node: onnx.NodeProto, constants: dict[str, onnx.TensorProto]) -> bool:
    permutation = next((list(item.ints) for item in node.attribute if item.name == "perm"), [1, 0])
    return len(constants[node.input[0]].dims) == 2 and permutation == [1, 0]


def _drop_unused(model: onnx.ModelProto) -> None:
    outputs = {value.name for value in model.graph.output}
    while True:
        used = outputs | _inputs(model.graph)
        dead = [node for node in model.graph.node if not any(output in used for output in node.output)]
        if not dead:
            break
        for node in dead:
            model.graph.node.remove(node)
    kept = [weight for weight in model.graph.initializer if weight.name in used]
    del model.graph.initializer[:]
    model.graph.initializer.extend(kept)


def _inputs(graph: onnx.GraphProto) -> set[str]:
    """Names that any node reads, nodes of subgraphs included."""
    names = {name for node in graph.node for name in node.input}
    for node in graph.node:
        for attribute in node.attribute:
            if attribute.HasField("g"):
                names |= _inputs(attribute.g)
    return names
