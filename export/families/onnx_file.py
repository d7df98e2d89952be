"""Read an ONNX file of any age into one form: one file, no constant an input, nothing sparse, no local functions."""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import onnx
from onnx import external_data_helper, inliner, numpy_helper, version_converter

from edgemm.errors import CheckpointError

LEAST_IR = 4
"""From here on a constant need not stand among the inputs too."""
MAX_IR = 10
"""What the last ONNX Runtime for JetPack 6 (1.23) loads."""
LEAST_OPSET = 7
"""ONNX Runtime has no older operators."""
_SPARSE_LIMIT_BYTES = 2**31
_DEFAULT_DOMAINS = ("", "ai.onnx")
"""Two names of one domain."""


def read_onnx(folder: Path, name: str) -> onnx.ModelProto:
    """The checked model `name` in `folder`. Raises CheckpointError: missing, damaged, or its external data is."""
    path = folder / name
    if not path.is_file():
        there = ", ".join(sorted(file.name for file in folder.glob("*.onnx")))
        raise CheckpointError(f"no file '{name}' in the checkpoint", found=there or folder)
    try:
        model = onnx.load(path, load_external_data=False)
    except Exception as error:  # protobuf raises unrelated types
        raise CheckpointError(f"'{name}' is not a valid ONNX file", found=error) from error
    _require_external_data(model, path)
    try:
        external_data_helper.load_external_data_for_model(model, str(path.parent))
        onnx.checker.check_model(model)
        return _one_form(model)
    except CheckpointError:
        raise
    except Exception as error:  # onnx raises unrelated types
        raise CheckpointError(f"'{name}' is not a valid ONNX file", found=error) from error


def all_nodes(graph: onnx.GraphProto) -> Iterator[onnx.NodeProto]:
    """Every node, those of branches and loop bodies included."""
    for node in graph.node:
        yield node
        for branch in branches(node):
            yield from all_nodes(branch)


def branches(node: onnx.NodeProto) -> Iterator[onnx.GraphProto]:
    """The graphs inside a node (If, Loop, Scan)."""
    for attribute in node.attribute:
        if attribute.HasField("g"):
            yield attribute.g
        yield from attribute.graphs


def _require_external_data(model: onnx.ModelProto, path: Path) -> None:
    for tensor in model.graph.initializer:
        if external_data_helper.uses_external_data(tensor):
            location = external_data_helper.ExternalDataInfo(tensor).location
            if not (path.parent / location).is_file():
                raise CheckpointError(
                    f"'{path.name}' keeps its weights in another file, which the checkpoint lacks",
                    expected=location,
                    remedy="Put it beside the model, and name it under the checkpoint's `files` if there are any.",
                )


def _one_form(model: onnx.ModelProto) -> onnx.ModelProto:
    if model.functions:
        model = inliner.inline_local_functions(model)
    if not model.opset_import:
        model.opset_import.add(domain="", version=1)
    for item in (*model.opset_import, *all_nodes(model.graph)):
        if item.domain in _DEFAULT_DOMAINS:
            item.domain = ""
    model.graph.initializer.extend(_dense(tensor) for tensor in model.graph.sparse_initializer)
    del model.graph.sparse_initializer[:]
    constants = {tensor.name for tensor in model.graph.initializer}
    inputs = [value for value in model.graph.input if value.name not in constants]
    del model.graph.input[:]
    model.graph.input.extend(inputs)
    model.ir_version = min(max(model.ir_version, LEAST_IR), MAX_IR)
    if any(entry.domain == "" and entry.version < LEAST_OPSET for entry in model.opset_import):
        model = version_converter.convert_version(model, LEAST_OPSET)
    return model


def _dense(sparse: onnx.SparseTensorProto) -> onnx.TensorProto:
    """The same constant with its zeros. Indices count over the whole tensor, or are one row of places per value."""
    values, places = numpy_helper.to_array(sparse.values), numpy_helper.to_array(sparse.indices)
    if math.prod(sparse.dims) * values.itemsize > _SPARSE_LIMIT_BYTES:
        raise CheckpointError(
            f"sparse constant '{sparse.values.name}' does not fit a file when its zeros are written out",
            expected=f"at most {_SPARSE_LIMIT_BYTES} bytes", found=list(sparse.dims),
        )  # fmt: skip
    dense = np.zeros(sparse.dims, values.dtype)
    if places.ndim == 1:
        dense.reshape(-1)[places] = values
    else:
        dense[tuple(places.T)] = values
    return numpy_helper.from_array(dense, sparse.values.name)
