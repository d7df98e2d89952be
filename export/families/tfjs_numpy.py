"""A TensorFlow.js graph model computed in NumPy, operation by operation, in TensorFlow's own layouts.

The reference against which the converted ONNX graph is compared: it shares no code with the converter.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import numpy as np

from edgemm.bundles.tensors import Array
from edgemm.errors import CheckpointError
from export.families.tfjs import GraphModel, Node, operands_of

Attributes = Mapping[str, Any]
LARGEST_TENSOR = 2**26


def evaluate(model: GraphModel, inputs: Mapping[str, Array]) -> dict[str, Array]:
    """The model's outputs by name, for `inputs` by name. Raises CheckpointError when its parts do not fit together."""
    values: dict[str, Array] = {**model.weights, **inputs}
    for node in model.nodes:
        if node.op not in ("Const", "Placeholder"):
            with operands_of(node):
                values |= compute(node, [values[name] for name in node.inputs])
    for name, shape in model.outputs.items():
        found = values[name].shape if name in values else None
        if (
            found is None
            or len(found) != len(shape)
            or any(a not in (b, -1) for a, b in zip(shape, found, strict=True))
        ):
            raise CheckpointError(f"output '{name}' is not what the signature says", expected=shape, found=found)
    return {name: values[name] for name in model.outputs}


def compute(node: Node, inputs: list[Array]) -> dict[str, Array]:
    """Outputs of one node by value name. Raises CheckpointError for an operation that is not known here."""
    if node.op not in OPERATIONS:
        raise CheckpointError("operation of the graph not supported", expected=", ".join(OPERATIONS), found=node.op)
    with operands_of(node):
        results = OPERATIONS[node.op](inputs, node.attributes)
    if not isinstance(results, list):
        results = [results]
    return {node.name if i == 0 else f"{node.name}:{i}": value for i, value in enumerate(results)}


def _fits_memory(shape: Iterable[float]) -> None:
    """Before a size that stands in the file is taken for true."""
    if math.prod(shape) > LARGEST_TENSOR:
        raise ValueError(f"a tensor of more than {LARGEST_TENSOR} values")


def _pad(x: Array, edges: Array, fill: Any = 0) -> Array:
    _fits_memory(length + sum(ends) for length, ends in zip(x.shape, edges.tolist(), strict=True))
    return np.pad(x, edges, constant_values=fill)


def _windows(x: Array, size: tuple[int, int], attributes: Attributes, fill: float) -> Array:
    """Sliding windows of an NHWC tensor: (batch, row, column, channel, kernel row, kernel column)."""
    _check_layout(attributes)
    strides = attributes["strides"][1:3]
    if attributes["padding"] == "SAME":
        edges = [(0, 0)]
        for length, kernel, stride in zip(x.shape[1:3], size, strides, strict=True):
            total = max((-(-length // stride) - 1) * stride + kernel - length, 0)
            edges.append((total // 2, total - total // 2))
        x = _pad(x, np.array([*edges, (0, 0)]), fill)
    windows = np.lib.stride_tricks.sliding_window_view(x, size, axis=(1, 2))
    return windows[:, :: strides[0], :: strides[1]]


def _check_layout(attributes: Attributes) -> None:
    if attributes.get("data_format", "NHWC") != "NHWC" or set(attributes.get("dilations", [1])) != {1}:
        raise CheckpointError("convolution form not supported", expected="NHWC, dilation 1", found=dict(attributes))


def _conv2d(inputs: list[Array], attributes: Attributes) -> Array:
    x, weights = inputs
    windows = _windows(x, weights.shape[:2], attributes, fill=0.0)
    return np.tensordot(windows, weights, axes=((4, 5, 3), (0, 1, 2)))


def _max_pool(inputs: list[Array], attributes: Attributes) -> Array:
    size = tuple(attributes["ksize"][1:3])
    windows: Array = _windows(inputs[0], size, attributes, fill=-np.inf).max(axis=(4, 5))
    return windows


def _resize_bilinear(inputs: list[Array], attributes: Attributes) -> Array:
    """TensorFlow's bilinear resize with half-pixel centres, without antialiasing."""
    if not attributes.get("half_pixel_centers") or attributes.get("align_corners"):
        raise CheckpointError("resize form not supported", expected="half_pixel_centers", found=dict(attributes))
    x, sizes = inputs
    _fits_memory([len(x), *sizes.tolist(), x.shape[3]])
    for axis, size in zip((1, 2), sizes.tolist(), strict=True):
        length = x.shape[axis]
        place = np.clip((np.arange(size) + 0.5) * (length / size) - 0.5, 0, length - 1)
        low = np.floor(place).astype(np.int64)
        high = np.minimum(low + 1, length - 1)
        weight = np.expand_dims((place - low).astype(np.float32), [a for a in range(4) if a != axis])
        x = np.take(x, low, axis) * (1 - weight) + np.take(x, high, axis) * weight
    return x


def _split(inputs: list[Array], _: Attributes) -> list[Array]:
    x, sizes, axis = inputs
    return np.split(x, np.cumsum(sizes)[:-1].tolist(), axis=int(axis))


def _sparse_to_dense(inputs: list[Array], _: Attributes) -> Array:
    indices, shape, values, default = inputs
    _fits_memory(shape.tolist())
    dense = np.full(shape, default)
    dense[tuple(indices.T)] = values
    return dense


def _sigmoid(x: Array) -> Array:
    return (1.0 / (1.0 + np.exp(-x.astype(np.float64)))).astype(x.dtype)


OPERATIONS: dict[str, Callable[[list[Array], Attributes], Array | list[Array]]] = {
    "Add": lambda inputs, _: inputs[0] + inputs[1],
    "AddV2": lambda inputs, _: inputs[0] + inputs[1],
    "ConcatV2": lambda inputs, _: np.concatenate(inputs[:-1], axis=int(inputs[-1])),
    "Conv2D": _conv2d,
    "Identity": lambda inputs, _: inputs[0],
    "LeakyRelu": lambda inputs, attributes: np.maximum(inputs[0], attributes["alpha"] * inputs[0]).astype(np.float32),
    "MaxPool": _max_pool,
    "Pad": lambda inputs, _: _pad(inputs[0], inputs[1]),
    "PadV2": lambda inputs, _: _pad(inputs[0], inputs[1], inputs[2]),
    "Reshape": lambda inputs, _: inputs[0].reshape(inputs[1]),
    "ResizeBilinear": _resize_bilinear,
    "Sigmoid": lambda inputs, _: _sigmoid(inputs[0]),
    "SparseToDense": _sparse_to_dense,
    "SplitV": _split,
    "Transpose": lambda inputs, _: np.transpose(inputs[0], inputs[1]),
}
