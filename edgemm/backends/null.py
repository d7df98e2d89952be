"""A backend that computes nothing: zeros of the right shapes. Measures and tests everything around the models."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from pathlib import Path

import numpy as np

from edgemm.bundles.manifest import Graph
from edgemm.bundles.tensors import Array, TensorSpec
from edgemm.errors import BundleError

_MANIFEST = "manifest.json"


class NullSession:
    """Specs come from the manifest of the bundle that `path` belongs to; the graph itself is never opened.

    A named axis of an output has the size that the inputs give it, else 1. `delay_ms` stands in for the model's time.
    """

    def __init__(self, path: Path, *, threads: int = 1, delay_ms: float = 0.0) -> None:
        graph = _graph_of(path)
        self.inputs = tuple(graph.inputs.values())
        self.outputs = tuple(graph.outputs.values())
        self.threads = threads
        self._delay_s = delay_ms / 1e3

    def run(self, inputs: Mapping[str, Array]) -> dict[str, Array]:
        sizes: dict[str, int] = {}
        for spec in self.inputs:
            if spec.name not in inputs:
                raise BundleError("inference failed", expected=f"tensor '{spec.name}'", found=", ".join(inputs))
            sizes = spec.check(inputs[spec.name], sizes)
        if self._delay_s:
            time.sleep(self._delay_s)
        return {spec.name: _zeros(spec, sizes) for spec in self.outputs}


def _zeros(spec: TensorSpec, sizes: Mapping[str, int]) -> Array:
    shape = [axis if isinstance(axis, int) else sizes.get(axis, 1) for axis in spec.axes]
    return np.zeros(shape, "O" if spec.dtype == "string" else spec.dtype)


def _graph_of(path: Path) -> Graph:
    for folder in path.parents:
        if not (folder / _MANIFEST).is_file():
            continue
        graphs = json.loads((folder / _MANIFEST).read_text(encoding="utf-8"))["graphs"]
        for graph in graphs.values():
            if graph["file"] == path.relative_to(folder).as_posix():
                return Graph.model_validate(graph)
        raise BundleError(f"bundle {folder}: the manifest lists no graph in '{path.relative_to(folder)}'")
    raise BundleError(f"the null backend needs the {_MANIFEST} beside {path}")
