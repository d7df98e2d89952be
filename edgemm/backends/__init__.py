"""Inference sessions: a loaded graph on a backend. One file per backend."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from typing import Literal, Protocol

from edgemm.bundles.tensors import Array, TensorSpec

BackendName = Literal["onnxruntime", "null"]

_BACKENDS = {
    "onnxruntime": "edgemm.backends.onnxruntime:OnnxRuntimeSession",
    "null": "edgemm.backends.null:NullSession",
}


class InferenceSession(Protocol):
    """A loaded graph. Tensors are addressed by the graph's own names; calls are not reentrant."""

    inputs: tuple[TensorSpec, ...]
    outputs: tuple[TensorSpec, ...]

    def run(self, inputs: Mapping[str, Array]) -> dict[str, Array]:
        """All outputs by name. Raises BundleError when an input does not fit its spec."""
        ...


def open_session(path: Path, *, backend: BackendName = "onnxruntime", threads: int = 1) -> InferenceSession:
    """Load the graph at `path`. One thread unless a measurement says that more pay off."""
    module, _, name = _BACKENDS[backend].partition(":")
    session: InferenceSession = getattr(import_module(module), name)(path, threads=threads)
    return session
