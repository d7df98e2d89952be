"""Surgery on ONNX graphs: cut between named tensors, fix axes, keep within the opset that old runtimes load."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping

import numpy as np
import onnx
from onnx import helper, numpy_helper, version_converter

from edgemm.errors import CheckpointError
from export.families.onnx_file import all_nodes, branches
from export.families.onnx_options import GraphOptions, TensorOptions

MAX_OPSET = 20
"""What the last ONNX Runtime for JetPack 6 (1.23) and TensorRT 10.3 load."""


def exposed(model: onnx.ModelProto, names: Iterable[str]) -> onnx.ModelProto:
    """The whole model, with each named tensor that a node computes as an output. CheckpointError for unknown names."""
    copy = onnx.ModelProto()
    copy.CopyFrom(model)
    outputs = {value.name for value in copy.graph.output}
    computed = {name for node in copy.graph.node for name in node.output} - {""}
    known = computed | {value.name for value in (*copy.graph.input, *copy.graph.initializer)}
    for name in names:
        if name not in known:
            raise _unknown(name, known)
    copy.graph.output.extend(onnx.ValueInfoProto(name=n) for n in names if n in computed and n not in outputs)
    return copy


def cut(model: onnx.ModelProto, graph: GraphOptions, dtypes: Mapping[str, str]) -> onnx.ModelProto:
    """The part of `model` between the graph's inputs and outputs, its axes named or fixed, its constants put in.

    `dtypes`: NumPy type of every tensor that `graph` names.
    """
    known = {tensor.tensor for tensor in graph.inputs.values()} | set(graph.constants)
    wanted = {tensor.tensor for tensor in graph.outputs.values()}
    nodes = _between(model.graph.node, known, wanted)
    needed = (wanted | {name for node in nodes for name in _names_used(node)}) - known
    part = helper.make_graph(
        nodes,
        model.graph.name,
        [_value_info(tensor, dtypes) for tensor in graph.inputs.values()],
        [_value_info(tensor, dtypes) for tensor in graph.outputs.values()],
        [tensor for tensor in model.graph.initializer if tensor.name in needed],
    )
    for name, constant in graph.constants.items():
        values = np.full(constant.axes, constant.value, dtype=dtypes[name])
        part.initializer.append(numpy_helper.from_array(values, name))
    return helper.make_model(part, opset_imports=model.opset_import, ir_version=model.ir_version)


def bounded(model: onnx.ModelProto, opset: int | None = None) -> onnx.ModelProto:
    """Opset <= 20 (or exactly `opset`), without the domains that no node uses.

    Raises CheckpointError when an operator has no form in that opset, or the graph is not valid.
    """
    used = {node.domain for node in all_nodes(model.graph)}
    imports = [entry for entry in model.opset_import if entry.domain in used or entry.domain == ""]
    del model.opset_import[:]
    model.opset_import.extend(imports)
    found = next((entry.version for entry in imports if entry.domain == ""), MAX_OPSET)
    wanted = min(found, MAX_OPSET) if opset is None else opset
    try:
        if wanted != found:
            model = version_converter.convert_version(model, wanted)
        onnx.checker.check_model(model)
    except Exception as error:  # onnx raises unrelated types
        raise CheckpointError(
            f"graph '{model.graph.name}' cannot be written in opset {wanted}", expected=f"opset {found}", found=error,
            remedy="Export the model again in an opset of at most 20, or choose another `opset` in the options.",
        ) from error  # fmt: skip
    return model


def _between(nodes: Iterable[onnx.NodeProto], known: set[str], wanted: set[str]) -> list[onnx.NodeProto]:
    """The nodes that compute `wanted` from `known`, in order (ONNX nodes are sorted)."""
    missing, kept = wanted - known, []
    for node in reversed(list(nodes)):
        if missing & set(node.output):
            kept.append(node)
            missing = (missing - set(node.output)) | (_names_used(node) - known)
    return kept[::-1]


def _names_used(node: onnx.NodeProto) -> set[str]:
    """Tensors that a node reads, its branches' from outside included. An input that is left out has the empty name."""
    names = set(node.input)
    for branch in branches(node):
        read: set[str] = set()
        made = {value.name for value in (*branch.input, *branch.initializer)}
        made |= {tensor.values.name for tensor in branch.sparse_initializer}
        for inner in branch.node:
            read |= _names_used(inner)
            made |= set(inner.output)
        names |= read - made
    return names - {""}


def _value_info(tensor: TensorOptions, dtypes: Mapping[str, str]) -> onnx.ValueInfoProto:
    dtype = dtypes[tensor.tensor]
    kind = onnx.TensorProto.STRING if dtype == "string" else helper.np_dtype_to_tensor_dtype(np.dtype(dtype))
    return helper.make_tensor_value_info(tensor.tensor, kind, tensor.axes)


def _unknown(name: str, known: set[str]) -> CheckpointError:
    near = difflib.get_close_matches(name, known, n=3, cutoff=0.6)
    return CheckpointError(
        "the ONNX file has no such tensor",
        found=f"'{name}'" if name else "an empty name",
        remedy=f"Did you mean {' or '.join(repr(other) for other in near)}?" if near else None,
    )
