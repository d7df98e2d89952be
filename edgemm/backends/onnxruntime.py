"""ONNX Runtime on the CPU, spinning off: a spinning pool starves whatever shares the cores."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import onnxruntime as ort

from edgemm.bundles.tensors import Array, DType, TensorSpec
from edgemm.errors import BundleError

LEFT_OUT_OPTIMISERS = ["WeightBiasQuantization"]
"""It rounds float32 weights between quantised tensors to int8, one scale for all channels. Layers that an
export left in float32 on purpose would lose more by it than quantising them properly costs."""

_DTYPES: dict[str, DType] = {
    "tensor(float)": "float32",
    "tensor(float16)": "float16",
    "tensor(double)": "float64",
    "tensor(int64)": "int64",
    "tensor(int32)": "int32",
    "tensor(int16)": "int16",
    "tensor(int8)": "int8",
    "tensor(uint64)": "uint64",
    "tensor(uint32)": "uint32",
    "tensor(uint16)": "uint16",
    "tensor(uint8)": "uint8",
    "tensor(bool)": "bool",
    "tensor(string)": "string",
}


def session_options(threads: int) -> ort.SessionOptions:
    """Options that every session of this project uses."""
    options = ort.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    # An arena keeps what the largest call ever needed: 250 MB over the starter pack, for 9 % of its time.
    options.enable_cpu_mem_arena = False
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    options.log_severity_level = 3
    return options


class OnnxRuntimeSession:
    """An `onnxruntime.InferenceSession` behind the protocol of `edgemm.backends`."""

    def __init__(self, path: Path, *, threads: int = 1) -> None:
        try:
            self._session = ort.InferenceSession(
                str(path),
                session_options(threads),
                providers=["CPUExecutionProvider"],
                disabled_optimizers=LEFT_OUT_OPTIMISERS,
            )
        except Exception as error:  # onnxruntime raises its own unrelated types
            raise BundleError(f"ONNX Runtime cannot load {path}", found=error) from error
        self.inputs = tuple(_spec(node) for node in self._session.get_inputs())
        self.outputs = tuple(_spec(node) for node in self._session.get_outputs())
        self._output_names = [spec.name for spec in self.outputs]

    def run(self, inputs: Mapping[str, Array]) -> dict[str, Array]:
        if missing := [spec.name for spec in self.inputs if spec.name not in inputs]:
            raise BundleError("inference failed", expected=f"tensors {', '.join(missing)}", found=", ".join(inputs))
        feeds = {spec.name: np.ascontiguousarray(inputs[spec.name]) for spec in self.inputs}
        try:
            values = self._session.run(self._output_names, feeds)
        except Exception as error:
            sizes: dict[str, int] = {}
            for spec in self.inputs:
                sizes = spec.check(feeds[spec.name], sizes)
            raise BundleError("inference failed", found=error) from error
        return dict(zip(self._output_names, values, strict=True))


def element_type(node: ort.NodeArg) -> DType:
    """NumPy's type of an input or output. Raises BundleError for what no array can hold (a sequence, bfloat16)."""
    if node.type not in _DTYPES:
        raise BundleError(
            f"tensor '{node.name}' has a type that no array here can hold",
            expected=", ".join(_DTYPES.values()),
            found=node.type,
        )
    return _DTYPES[node.type]


def _spec(node: ort.NodeArg) -> TensorSpec:
    if node.type not in _DTYPES:
        raise BundleError(f"tensor '{node.name}'", expected=", ".join(_DTYPES), found=node.type)
    axes = tuple(axis if isinstance(axis, (int, str)) else f"axis_{i}" for i, axis in enumerate(node.shape))
    return TensorSpec(name=node.name, dtype=element_type(node), axes=axes)
