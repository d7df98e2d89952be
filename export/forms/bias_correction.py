"""Bias correction: take back the mean shift that rounding the weights of a convolution causes.

Rounded weights change the mean of every output channel by sum over (input channel, kernel) of (rounded - weight) x mean
input. Depthwise convolutions with 9 weights a channel feel it most. The mean inputs come from the calibration data
(Nagel et al. 2019, "Data-free quantization through weight equalization and bias correction", section 4.2).
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from edgemm.bundles.tensors import Array

if TYPE_CHECKING:
    import onnx

_EXAMPLES = 32


def correct_biases(quantised: onnx.ModelProto, prepared: Path, inputs: Sequence[dict[str, Array]]) -> int:
    """Correct, in place, the int32 biases of the convolutions of a static int8 graph.

    `prepared` is the float32 graph that was quantised, `inputs` calibration data. Returns how many were corrected.
    """
    from onnx import numpy_helper

    from export.workshop.onnx_files import load_graph

    float_graph = load_graph(prepared)
    rounded = {tensor.name: tensor for tensor in quantised.graph.initializer}
    weights = {tensor.name: tensor for tensor in float_graph.graph.initializer}
    convolutions = [node for node in float_graph.graph.node if _can_be_corrected(node, rounded, weights)]
    means = _channel_means(float_graph, {node.input[0] for node in convolutions}, inputs[:_EXAMPLES])
    for node in convolutions:
        data, weight, bias = node.input[:3]
        shift = _mean_shift(numpy_helper.to_array(weights[weight]), _dequantised(rounded, weight), means[data])
        scale = numpy_helper.to_array(rounded[f"{bias}_quantized_scale"])
        steps = np.round(numpy_helper.to_array(weights[bias]) / scale - shift / scale)
        limit = np.iinfo(np.int32)
        corrected = np.clip(steps, limit.min, limit.max).astype(np.int32)
        rounded[f"{bias}_quantized"].CopyFrom(numpy_helper.from_array(corrected, f"{bias}_quantized"))
    return len(convolutions)


def _can_be_corrected(
    node: onnx.NodeProto, rounded: dict[str, onnx.TensorProto], weights: dict[str, onnx.TensorProto]
) -> bool:
    if node.op_type != "Conv" or len(node.input) < 3:
        return False
    weight, bias = node.input[1], node.input[2]
    needed = (f"{weight}_quantized", f"{weight}_scale", f"{bias}_quantized", f"{bias}_quantized_scale")
    return weight in weights and bias in weights and all(name in rounded for name in needed)


def _dequantised(rounded: dict[str, onnx.TensorProto], weight: str) -> Array:
    """The weights that the int8 graph computes with, `(out, in / groups, ...)`; one scale, or one per channel."""
    from onnx import numpy_helper

    values = numpy_helper.to_array(rounded[f"{weight}_quantized"]).astype(np.float32)
    ones = (1,) * (values.ndim - 1)
    scale, zero = (
        numpy_helper.to_array(rounded[f"{weight}_{part}"]).astype(np.float32).reshape(-1, *ones)
        for part in ("scale", "zero_point")
    )
    return np.asarray((values - zero) * scale)


def _mean_shift(weight: Array, dequantised: Array, mean_input: Array) -> Array:
    """Mean error of each output channel; `mean_input: (in,)`. Channels of a group follow one another."""
    error = (dequantised - weight).reshape(*weight.shape[:2], -1).sum(axis=2)
    groups = len(mean_input) // weight.shape[1]
    by_group = np.repeat(mean_input.reshape(groups, weight.shape[1]), len(weight) // groups, axis=0)
    return np.asarray((error * by_group).sum(axis=1))


def _channel_means(model: onnx.ModelProto, names: set[str], inputs: Sequence[dict[str, Array]]) -> dict[str, Array]:
    """Mean per channel (axis 1) of tensors of the float32 graph over `inputs`."""
    import onnx
    import onnxruntime as ort

    from edgemm.backends.onnxruntime import session_options

    own_inputs = {value.name for value in model.graph.input}
    inner = sorted(names - own_inputs)
    model.graph.output.extend(onnx.helper.make_empty_tensor_value_info(name) for name in inner)
    session = ort.InferenceSession(
        model.SerializeToString(), session_options(threads=1), providers=["CPUExecutionProvider"]
    )
    sums: dict[str, Array] = {}
    for feeds in inputs:
        values = dict(zip(inner, session.run(inner, feeds), strict=True)) if inner else {}
        for name in names:
            value = values[name] if name in values else feeds[name]
            mean = np.moveaxis(value, 1, 0).reshape(value.shape[1], -1).mean(axis=1)
            sums[name] = sums.get(name, 0) + mean.astype(np.float64) / len(inputs)
    return sums
