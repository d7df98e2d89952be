"""Reads a TensorFlow.js graph model: a JSON topology beside its weight shards.

Format: the TensorFlow.js converter's documentation of `graph-model` and `weightsManifest` (quantised weights included).
"""

from __future__ import annotations

import base64
import json
import math
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from typing import Any

import numpy as np
from pydantic import ValidationError

from edgemm.bundles.tensors import Array
from edgemm.errors import CheckpointError, EdgemmError
from export.families.tfjs_file import GraphModelFile, Group, NodeEntry, TensorInfo, Weight

_DTYPES = {"float32": np.float32, "int32": np.int32, "bool": np.bool_}


@dataclass(frozen=True)
class Node:
    """One operation. `inputs` are value names: `node` for its first output, `node:1` for its second."""

    name: str
    op: str
    inputs: tuple[str, ...]
    attributes: Mapping[str, Any]


@dataclass(frozen=True)
class GraphModel:
    """Nodes in an order in which they can be computed, weights by node name, and shapes of inputs and outputs."""

    nodes: tuple[Node, ...]
    weights: Mapping[str, Array]
    inputs: Mapping[str, tuple[int, ...]]
    outputs: Mapping[str, tuple[int, ...]]


def read_graph_model(path: Path) -> GraphModel:
    """The graph model whose topology is the JSON file `path`. Raises CheckpointError."""
    try:
        file = GraphModelFile.model_validate(json.loads(path.read_text(encoding="utf-8")))
        nodes = [_node(entry) for entry in file.model_topology.node]
    except (OSError, ValueError, TypeError, RecursionError) as error:  # pydantic's and base64's are ValueErrors
        raise CheckpointError(f"{path} is not a TensorFlow.js graph model", found=_short(error)) from error
    weights: dict[str, Array] = {}
    for group in file.weights_manifest:
        weights |= _read_weights(path.parent, group)
    for node in nodes:
        if node.op == "Const" and node.name not in weights:
            raise CheckpointError(f"{path}: a tensor is missing from the weights", expected=node.name)
    return GraphModel(
        nodes=_in_order(nodes, path),
        weights=weights,
        inputs=_shapes(file.signature.inputs),
        outputs=_shapes(file.signature.outputs),
    )


@contextmanager
def operands_of(node: Node) -> Iterator[None]:
    """Whatever goes wrong inside is told as a CheckpointError about `node`: its operands do not fit it."""
    try:
        yield
    except EdgemmError:
        raise
    except Exception as error:  # NumPy and ONNX raise unrelated types
        raise CheckpointError(
            f"operation '{node.name}' ({node.op}) does not fit its inputs or attributes", found=_short(error)
        ) from error


def _short(error: Exception) -> str:
    if isinstance(error, ValidationError):
        first = error.errors(include_url=False)[0]
        return f"{'.'.join(str(step) for step in first['loc'])}: {first['msg']}"
    return f"{type(error).__name__}: {error}"[:300]


def _node(entry: NodeEntry) -> Node:
    inputs = tuple(name.removesuffix(":0") for name in entry.input if not name.startswith("^"))
    return Node(entry.name, entry.op, inputs, {key: _attribute(value) for key, value in entry.attr.items()})


def _attribute(value: Mapping[str, Any]) -> Any:
    """A TensorFlow AttrValue in JSON form as a plain Python value; None for kinds that no operation here needs."""
    for kind, content in value.items():
        if kind == "list":
            if not isinstance(content, dict) or not all(isinstance(items, list) for items in content.values()):
                raise ValueError(f"an attribute's list holds {content!r}")
            return [_attribute({key: item}) for key, items in content.items() for item in items]
        if kind in ("i", "f", "b"):
            return {"i": int, "f": float, "b": bool}[kind](content)
        if kind == "s":
            return base64.b64decode(content).decode()
        if kind == "type":
            return content
    return None


def _read_weights(folder: Path, group: Group) -> dict[str, Array]:
    try:
        data = b"".join(_shard(folder, name).read_bytes() for name in group.paths)
    except (OSError, ValueError) as error:
        raise CheckpointError("cannot read the weights", expected=", ".join(group.paths), found=error) from error
    weights, offset = {}, 0
    for entry in group.weights:
        stored = np.dtype(entry.quantization.dtype if entry.quantization else entry.dtype)
        count = math.prod(entry.shape)
        end = offset + count * stored.itemsize
        if end > len(data):
            raise CheckpointError(f"weights end inside tensor '{entry.name}'", expected=end, found=len(data))
        values = np.frombuffer(data, stored.newbyteorder("<"), count, offset).reshape(entry.shape)
        weights[entry.name] = _dequantised(values, entry)
        offset = end
    if offset != len(data):
        raise CheckpointError("weights are longer than their manifest", expected=offset, found=len(data))
    return weights


def _shard(folder: Path, name: str) -> Path:
    path = (folder / name).resolve()
    if not path.is_relative_to(folder.resolve()):
        raise CheckpointError("a weight file outside the checkpoint", found=name)
    return path


def _dequantised(values: Array, entry: Weight) -> Array:
    affine = entry.quantization
    if affine is not None and affine.scale is not None:
        values = values.astype(np.float32) * np.float32(affine.scale) + np.float32(affine.min)
    with np.errstate(invalid="ignore", over="ignore"):  # a damaged scale gives what no integer can hold
        return values.astype(_DTYPES[entry.dtype])


def _in_order(nodes: list[Node], path: Path) -> tuple[Node, ...]:
    by_name = {node.name: node for node in nodes}
    needs = {node.name: [name.partition(":")[0] for name in node.inputs] for node in nodes}
    try:
        return tuple(by_name[name] for name in TopologicalSorter(needs).static_order())
    except CycleError as error:
        raise CheckpointError(f"{path}: the graph has a loop", found=error.args[1]) from error
    except KeyError as error:
        raise CheckpointError(f"{path}: a node reads a value that nothing makes", found=error) from error


def _shapes(signature: Mapping[str, TensorInfo]) -> dict[str, tuple[int, ...]]:
    return {
        entry.name.removesuffix(":0"): tuple(axis.size for axis in entry.tensor_shape.dim)
        for entry in signature.values()
    }
