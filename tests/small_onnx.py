"""Small ONNX files for tests, and the family's options that take a file as it is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import onnx
from onnx import TensorProto, helper, numpy_helper

from edgemm.bundles.manifest import Source
from edgemm.bundles.tensors import Array
from export.families import Traced
from export.families.onnx import export
from export.sources import Checkpoint

SOURCE = Source(kind="folder", name="test", revision="1", sha256="0" * 64)
FLOAT = TensorProto.FLOAT
Tensor = tuple[int, Sequence[int | str]]
"""ONNX element type and axes."""


def write_model(
    folder: Path,
    nodes: Sequence[onnx.NodeProto],
    inputs: Mapping[str, Tensor],
    outputs: Mapping[str, Tensor],
    constants: Mapping[str, Array] | None = None,
    *,
    opset: int = 17,
    ir: int = 8,
    **parts: Any,
) -> Path:
    """`m.onnx` in `folder`; `parts` go to `make_graph` (sparse_initializer) or `make_model` (functions)."""
    of_model = {key: parts.pop(key) for key in ("functions", "opset_imports") if key in parts}
    graph = helper.make_graph(
        list(nodes),
        "graph",
        [helper.make_tensor_value_info(name, *kind) for name, kind in inputs.items()],
        [helper.make_tensor_value_info(name, *kind) for name, kind in outputs.items()],
        [numpy_helper.from_array(value, name) for name, value in (constants or {}).items()],
        **parts,
    )
    of_model.setdefault("opset_imports", [helper.make_opsetid("", opset)])
    folder.mkdir(parents=True, exist_ok=True)
    onnx.save(helper.make_model(graph, ir_version=ir, **of_model), folder / "m.onnx")
    return folder / "m.onnx"


def roles(tensors: Mapping[str, Sequence[int | str]]) -> dict[str, dict[str, Any]]:
    """Each tensor in a role of its own name."""
    return {name: {"tensor": name, "axes": list(axes)} for name, axes in tensors.items()}


def whole(
    inputs: Mapping[str, Sequence[int | str]], outputs: Mapping[str, Sequence[int | str]], **options: Any
) -> dict[str, Any]:
    """Options of one graph, `classifier`."""
    graph = {"file": "m.onnx", "inputs": roles(inputs), "outputs": roles(outputs)}
    return {"graphs": {"classifier": graph}, **options}


def trace(folder: Path, options: dict[str, Any]) -> Traced:
    """The family's export of `folder`."""
    work = folder / "work"
    work.mkdir(exist_ok=True)
    return export(Checkpoint(folder, SOURCE), work, options)
