"""Reads a TensorFlow.js graph model: a JSON topology beside its weight shards.

Format: the TensorFlow.js converter's documentation of `graph-model` and `weightsManifest` (quantised weights included).
"""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from typing import Any

import numpy as np

from edgemm.bundles.tensors import Array
from edgemm.errors import CheckpointError

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
        raw = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise CheckpointError(f"cannot read {path}", expected="a TensorFlow.js graph model", found=error) from error
    if not isinstance(raw, dict) or "modelTopology" not in raw or "weightsManifest" not in raw:
        raise CheckpointError(f"{path} is not a TensorFlow.js graph model", expected="modelTopology, weightsManifest")
    nodes = [_node(entry) for entry in raw["modelTopology"]["node"]]
    weights: dict[str, Array] = {}
    for group in raw["weightsManifest"]:
        weights |= _read_weights(path.parent, group)
    for node in nodes:
        if node.op == "Const" and node.name not in weights:
            raise CheckpointError(f"{path}: a tensor is missing from the weights", expected=node.name)
    signature = raw["signature"]
    return GraphModel(
        nodes=_in_order(nodes, path),
        weights=weights,
        inputs=_shapes(signature["inputs"]),
        outputs=_shapes(signature["outputs"]),
    )


def _node(entry: Mapping[str, Any]) -> Node:
    inputs = tuple(name.removesuffix(":0") for name in entry.get("input", ()) if not name.startswith("^"))
    attributes = {key: _attribute(value) for key, value in entry.get("attr", {}).items()}
    return Node(entry["name"], entry["op"], inputs, attributes)


def _attribute(value: Mapping[str, Any]) -> Any:
    """A TensorFlow AttrValue in JSON form as a plain Python value; None for kinds that no operation here needs."""
    for kind, content in value.items():
        if kind == "list":
            return [_attribute({key: item}) for key, items in content.items() for item in items]
        if kind in ("i", "f", "b"):
            return {"i": int, "f": float, "b": bool}[kind](content)
        if kind == "s":
            return base64.b64decode(content).decode()
        if kind == "type":
            return content
    return None


def _read_weights(folder: Path, group: Mapping[str, Any]) -> dict[str, Array]:
    try:
        data = b"".join((folder / name).read_bytes() for name in group["paths"])
    except OSError as error:
        raise CheckpointError("cannot read the weights", expected=", ".join(group["paths"]), found=error) from error
    weights, offset = {}, 0
    for entry in group["weights"]:
        stored = np.dtype(entry.get("quantization", entry)["dtype"])
        count = int(np.prod(entry["shape"], dtype=np.int64))
        end = offset + count * stored.itemsize
        if end > len(data):
            raise CheckpointError(f"weights end inside tensor '{entry['name']}'", expected=end, found=len(data))
        values = np.frombuffer(data, stored.newbyteorder("<"), count, offset).reshape(entry["shape"])
        weights[entry["name"]] = _dequantised(values, entry)
        offset = end
    if offset != len(data):
        raise CheckpointError("weights are longer than their manifest", expected=offset, found=len(data))
    return weights


def _dequantised(values: Array, entry: Mapping[str, Any]) -> Array:
    dtype = _DTYPES[entry["dtype"]]
    affine = entry.get("quantization", {})
    if "scale" in affine:
        return (values.astype(np.float32) * affine["scale"] + affine["min"]).astype(dtype)
    return values.astype(dtype)


def _in_order(nodes: list[Node], path: Path) -> tuple[Node, ...]:
    by_name = {node.name: node for node in nodes}
    needs = {node.name: [name.partition(":")[0] for name in node.inputs] for node in nodes}
    try:
        return tuple(by_name[name] for name in TopologicalSorter(needs).static_order())
    except CycleError as error:
        raise CheckpointError(f"{path}: the graph has a loop", found=error.args[1]) from error
    except KeyError as error:
        raise CheckpointError(f"{path}: a node reads a value that nothing makes", found=error) from error


def _shapes(signature: Mapping[str, Any]) -> dict[str, tuple[int, ...]]:
    return {
        entry["name"].removesuffix(":0"): tuple(int(axis["size"]) for axis in entry["tensorShape"]["dim"])
        for entry in signature.values()
    }
