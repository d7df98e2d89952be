"""Surgery on ONNX graphs: cut between named tensors, fix axes, keep within the opset that old runtimes load."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np
import onnx
from onnx import helper, numpy_helper, version_converter

from edgemm.errors import CheckpointError
from export.families.onnx_options import GraphOptions, TensorOptions

MAX_IR = 10
MAX_OPSET = 20
"""What the last ONNX Runtime for JetPack 6 (1.23) and TensorRT 10.3 load."""


def exposed(model: onnx.ModelProto, names: Mapping[str, object]) -> onnx.ModelProto:
    """The whole model, with each named tensor that a node computes as an output."""
    copy = onnx.ModelProto()
    copy.CopyFrom(model)
    outputs = {value.name for value in copy.graph.output}
    computed = {name for node in copy.graph.node for name in node.output}
    known = computed | {value.name for value in copy.graph.input}
    unknown = sorted(set(names) - known)
    if unknown:
        raise CheckpointError("the ONNX file has no such tensor", expected=", ".join(unknown))
    copy.graph.output.extend(onnx.ValueInfoProto(name=n) for n in names if n in computed and n not in outputs)
    return copy


def cut(model: onnx.ModelProto, graph: GraphOptions, dtypes: Mapping[str, str]) -> onnx.ModelProto:
    """The part of `model` between the graph's inputs and outputs, its axes named or fixed, its constants put in."""
    known = {tensor.tensor for tensor in graph.inputs.values()} | set(graph.constants)
    wanted = {tensor.tensor for tensor in graph.outputs.values()}
    nodes = _between(model.graph.node, known, wanted)
    needed = {name for node in nodes for name in _names_used(node)} - known
    part = helper.make_graph(
        nodes,
        model.graph.name,
        [_value_info(tensor, dtypes) for tensor in graph.inputs.values()],
        [_value_info(tensor, dtypes) for tensor in graph.outputs.values()],
        [tensor for tensor in model.graph.initializer if tensor.name in needed],
    )
    for name, constant in graph.constants.items():
        values = np.full(constant.axes, constant.value, dtype=np.float32)
        part.initializer.append(numpy_helper.from_array(values, name))
    return helper.make_model(
        part, functions=model.functions, opset_imports=model.opset_import, ir_version=model.ir_version
    )


def _between(nodes: Iterable[onnx.NodeProto], known: set[str], wanted: set[str]) -> list[onnx.NodeProto]:
    """The nodes that compute `wanted` from `known`, in order (ONNX nodes are sorted)."""
    missing, kept = wanted - known, []
    for node in reversed(list(nodes)):
        if missing & set(node.output):
            kept.append(node)
            missing = (missing - set(node.output)) | (_names_used(node) - known)
    return kept[::-1]


def _names_used(node: onnx.NodeProto) -> set[str]:
    """Tensors that a node reads, those of its branches included."""
    names = set(node.input)
    for attribute in node.attribute:
        for branch in (attribute.g, *attribute.graphs):
            for inner in branch.node:
                names |= _names_used(inner)
    return names


def _value_info(tensor: TensorOptions, dtypes: Mapping[str, str]) -> onnx.ValueInfoProto:
    kind = helper.np_dtype_to_tensor_dtype(np.dtype(dtypes[tensor.tensor]))
    return helper.make_tensor_value_info(tensor.tensor, kind, tensor.axes)


def bounded(model: onnx.ModelProto, opset: int | None = None) -> onnx.ModelProto:
    """IR <= 10 and opset <= 20 (or exactly `opset`), without the domains that no node uses."""
    used = {node.domain for node in model.graph.node}
    imports = [entry for entry in model.opset_import if entry.domain in used or entry.domain == ""]
    del model.opset_import[:]
    model.opset_import.extend(imports)
    found = next(entry.version for entry in model.opset_import if entry.domain == "")
    wanted = min(found, MAX_OPSET) if opset is None else opset
    if wanted != found:
        model = version_converter.convert_version(model, wanted)
    model.ir_version = min(model.ir_version, MAX_IR)
    onnx.checker.check_model(model)
    return model
