"""ONNX files as bundles carry them: one file, IR version <= 10, opset <= 22."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

from edgemm.errors import EdgemmError

if TYPE_CHECKING:
    import onnx

IR_AT_MOST = 10
OPSET_AT_MOST = 22
"""ONNX Runtime 1.23.2, the last one for JetPack 6, loads these."""
_PROTOBUF_LIMIT_BYTES = 2**31 - 1


def load_graph(path: Path) -> onnx.ModelProto:
    """An ONNX file with its external data, if it has any."""
    import onnx

    return onnx.load(str(path))


def save_graph(model: onnx.ModelProto, path: Path) -> None:
    """Write one self-contained file. Raises EdgemmError when the opset is too new or the graph over 2 GB."""
    import onnx

    opset = max((entry.version for entry in model.opset_import if entry.domain in ("", "ai.onnx")), default=0)
    if opset > OPSET_AT_MOST:
        raise EdgemmError(f"graph {path.name}: opset", expected=f"<= {OPSET_AT_MOST}", found=opset)
    model.ir_version = min(model.ir_version, IR_AT_MOST)
    if model.ByteSize() > _PROTOBUF_LIMIT_BYTES:
        raise EdgemmError(f"graph {path.name} does not fit one file", expected="< 2 GB", found=model.ByteSize())
    onnx.save(model, str(path))


def operator_counts(model: onnx.ModelProto) -> Counter[str]:
    """Number of nodes per operator, subgraphs included."""
    counts: Counter[str] = Counter()
    waiting = [model.graph]
    while waiting:
        for node in waiting.pop().node:
            counts[node.op_type] += 1
            waiting.extend(attribute.g for attribute in node.attribute if attribute.HasField("g"))
    return counts
