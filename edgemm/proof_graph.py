"""The smallest useful ONNX graph, `y = x + x` on one float: proves that an execution provider really computes.

Written as protocol-buffer bytes (field numbers from onnx.proto, IR 8, opset 13): the device side has no onnx package.
"""

from __future__ import annotations


def proof_graph() -> bytes:
    """Serialised ONNX model with input `x`, output `y`, both float32 (1,)."""
    node = _text(1, "x") + _text(1, "x") + _text(2, "y") + _text(4, "Add")
    graph = _block(1, node) + _text(2, "proof") + _block(11, _tensor("x")) + _block(12, _tensor("y"))
    opset = _number(2, 13)
    return _number(1, 8) + _block(7, graph) + _block(8, opset)


def _tensor(name: str) -> bytes:
    shape = _block(1, _number(1, 1))
    tensor_type = _number(1, 1) + _block(2, shape)
    return _text(1, name) + _block(2, _block(1, tensor_type))


def _number(field: int, value: int) -> bytes:
    return bytes([field << 3, value])


def _text(field: int, value: str) -> bytes:
    return _block(field, value.encode())


def _block(field: int, content: bytes) -> bytes:
    if len(content) > 127:
        raise ValueError("lengths above 127 need more than one byte, which this writer does not make")
    return bytes([field << 3 | 2, len(content)]) + content
