"""Quantisation as pure functions, source_to_target(path_in, path_out, ...), each with a proof that it happened.

They return how many nodes run in the new precision, and raise GateError when there is none: ONNX Runtime's quantisers
skip what they do not know without a word.
"""

from __future__ import annotations

import fnmatch
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from edgemm.bundles.tensors import Array
from edgemm.errors import ConfigError, GateError
from export.forms.tied_embeddings import gather_from_quantised
from export.forms.tied_weights import plain_matmuls
from export.workshop.onnx_files import load_graph, operator_counts, save_graph

if TYPE_CHECKING:
    import onnx

Signedness = Literal["uint8", "int8"]
CalibrationMethod = Literal["minmax", "entropy", "percentile"]

_INT8_DYNAMIC = ("MatMulInteger", "DynamicQuantizeMatMul", "ConvInteger", "DynamicQuantizeLSTM")
_QUANTISED_BY_DYNAMIC = ("MatMul",)
_LEAST_OPSET_PER_CHANNEL = 13
"""DequantizeLinear has an axis from here on."""


def float32_to_float16(path_in: Path, path_out: Path) -> int:
    """Weights and arithmetic in float16; inputs and outputs stay float32. Returns the number of float16 weights."""
    from onnx import TensorProto
    from onnxruntime.transformers.float16 import convert_float_to_float16

    model = convert_float_to_float16(load_graph(path_in), keep_io_types=True)
    halves = sum(weight.data_type == TensorProto.FLOAT16 for weight in model.graph.initializer)
    return _proved(model, path_out, halves, "float16 weights")


def float32_to_int8_dynamic(
    path_in: Path, path_out: Path, *, reduce_range: bool = True, per_channel: bool = True, exclude: Iterable[str] = ()
) -> int:
    """MatMul with int8 weights (signed, one scale per column) and activations quantised at run time, to uint8.

    `reduce_range`: 7-bit weights, so that no sum saturates on x86 without VNNI. Convolutions stay float32: ConvInteger
    is slower than Conv on CPUs. Returns the number of int8 MatMuls.
    """
    from onnxruntime.quantization import QuantType, quantize_dynamic

    model = plain_matmuls(load_graph(path_in))
    with tempfile.TemporaryDirectory(dir=path_out.parent) as folder:
        quantised = Path(folder) / "quantised.onnx"
        quantize_dynamic(
            model,
            quantised,
            op_types_to_quantize=list(_QUANTISED_BY_DYNAMIC),
            per_channel=per_channel,
            reduce_range=reduce_range,
            weight_type=QuantType.QInt8,
            nodes_to_exclude=_matching(model, exclude),
            extra_options={"MatMulConstBOnly": True},
        )
        model = load_graph(quantised)
    counts = operator_counts(model)
    return _proved(model, path_out, sum(counts[name] for name in _INT8_DYNAMIC), "int8 MatMul nodes")


def float32_to_int8_qdq(
    path_in: Path,
    path_out: Path,
    inputs: Iterable[dict[str, Array]],
    *,
    activations: Signedness,
    weights: Signedness = "int8",
    reduce_range: bool,
    calibration_method: CalibrationMethod = "minmax",
    per_channel: bool = True,
    exclude: Iterable[str] = (),
    op_types: Iterable[str] = (),
) -> int:
    """Static int8 as quantise/dequantise pairs, scales from `inputs` (graph inputs by tensor name); biases corrected.

    On x86 without VNNI: uint8 activations, int8 weights, `reduce_range`; on Arm: int8 for both. Depthwise convolutions,
    which lose most by 7 bits, keep 8: their kernels add in 32 bits everywhere. Returns the number of Conv, MatMul and
    Gemm nodes between pairs, which is what runs in int8.
    """
    from onnxruntime.quantization import CalibrationMethod as Methods
    from onnxruntime.quantization import QuantFormat, QuantType, quantize_static
    from onnxruntime.quantization.shape_inference import quant_pre_process

    from export.forms.bias_correction import correct_biases
    from export.forms.calibration import reader_of

    if per_channel:
        _require_opset(path_in, _LEAST_OPSET_PER_CHANNEL)
    types = {"uint8": QuantType.QUInt8, "int8": QuantType.QInt8}
    methods = {"minmax": Methods.MinMax, "entropy": Methods.Entropy, "percentile": Methods.Percentile}
    examples = list(inputs)
    with tempfile.TemporaryDirectory(dir=path_out.parent) as folder:
        prepared, quantised = Path(folder) / "prepared.onnx", Path(folder) / "quantised.onnx"
        # Symbolic shape inference stops at operators that it does not know; ONNX's own suffices here.
        quant_pre_process(str(path_in), str(prepared), skip_symbolic_shape=True)
        full_range = {
            name: [{"quant_type": types[weights], "axis": 0, "reduce_range": False}]
            for name in _depthwise_weights(load_graph(prepared))
        }
        quantize_static(
            prepared,
            quantised,
            reader_of(iter(examples)),
            quant_format=QuantFormat.QDQ,
            op_types_to_quantize=list(op_types) or None,
            per_channel=per_channel,
            reduce_range=reduce_range,
            activation_type=types[activations],
            weight_type=types[weights],
            nodes_to_exclude=_matching(load_graph(prepared), exclude),
            calibrate_method=methods[calibration_method],
            extra_options={"TensorQuantOverrides": full_range if reduce_range and per_channel else {}},
        )
        model = load_graph(quantised)
        correct_biases(model, prepared, examples)
    return _proved(model, path_out, _nodes_between_pairs(model), "int8 nodes")


def float32_to_int4_blockwise(
    path_in: Path, path_out: Path, *, block_size: int = 32, symmetric: bool = True, exclude: Iterable[str] = ()
) -> int:
    """MatMul weights in 4 bits with one scale per block (MatMulNBits). Returns the number of such nodes."""
    return _blockwise(path_in, path_out, 4, block_size, symmetric, exclude)


def float32_to_int8_blockwise(
    path_in: Path, path_out: Path, *, block_size: int = 32, symmetric: bool = True, exclude: Iterable[str] = ()
) -> int:
    """MatMul weights in 8 bits with one scale per block (MatMulNBits). Returns the number of such nodes."""
    return _blockwise(path_in, path_out, 8, block_size, symmetric, exclude)


def _blockwise(
    path_in: Path, path_out: Path, bits: Literal[4, 8], block_size: int, symmetric: bool, exclude: Iterable[str]
) -> int:
    from onnxruntime.quantization.matmul_nbits_quantizer import DefaultWeightOnlyQuantConfig, MatMulNBitsQuantizer

    model = plain_matmuls(load_graph(path_in))
    config = DefaultWeightOnlyQuantConfig(
        block_size=block_size, is_symmetric=symmetric, accuracy_level=4, bits=bits
    )  # accuracy level 4: activations to int8 inside the kernel, the fastest one
    quantiser = MatMulNBitsQuantizer(model, nodes_to_exclude=_matching(model, exclude), algo_config=config)
    quantiser.process()
    quantised = quantiser.model.model
    gather_from_quantised(quantised)
    return _proved(quantised, path_out, operator_counts(quantised)["MatMulNBits"], f"{bits}-bit MatMul nodes")


def _proved(model: onnx.ModelProto, path: Path, count: int, what: str) -> int:
    """Save the graph if `count` is not zero."""
    if count == 0:
        raise GateError(
            f"nothing was quantised in {path.name}", expected=f"some {what}", found=0,
            remedy="Choose another method for this graph in the recipe.",
        )  # fmt: skip
    save_graph(model, path)
    return count


def _require_opset(path: Path, least: int) -> None:
    found = next((entry.version for entry in load_graph(path).opset_import if entry.domain == ""), least)
    if found < least:
        raise GateError(
            f"{path.name} cannot be quantised per channel", expected=f"opset {least} or newer", found=found,
            remedy="Family onnx converts it: `opset: 17` in the recipe's options.",
        )  # fmt: skip


def _matching(model: onnx.ModelProto, patterns: Iterable[str]) -> list[str]:
    """Names of nodes that match. A pattern that matches none is an error, not a silent full quantisation."""
    names = [node.name for node in model.graph.node]
    matched: list[str] = []
    for pattern in patterns:
        hits = fnmatch.filter(names, pattern)
        if not hits:
            raise ConfigError("`exclude` matches no node of the graph", found=pattern)
        matched += hits
    return matched


def _depthwise_weights(model: onnx.ModelProto) -> set[str]:
    """Constants `(channel, 1, ...)` of the convolutions that have a group for each channel."""
    shapes = {tensor.name: tensor.dims for tensor in model.graph.initializer}
    groups = {
        node.input[1]: next((item.i for item in node.attribute if item.name == "group"), 1)
        for node in model.graph.node
        if node.op_type == "Conv" and node.input[1] in shapes
    }
    return {name for name, count in groups.items() if count > 1 and shapes[name][:2] == [count, 1]}


def _nodes_between_pairs(model: onnx.ModelProto) -> int:
    producers = {output: node.op_type for node in model.graph.node for output in node.output}
    plumbing = {"QuantizeLinear", "DequantizeLinear"}
    weighted = [node for node in model.graph.node if node.op_type in ("Conv", "MatMul", "Gemm", "ConvTranspose")]
    return sum(
        all(producers.get(name) in plumbing for name in node.input[:2]) for node in weighted if len(node.input) >= 2
    )
