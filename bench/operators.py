"""Which operators of a graph take the time, by ONNX Runtime's own profiler, on random inputs of given sizes."""

from __future__ import annotations

import json
import tempfile
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from edgemm.backends.onnxruntime import LEFT_OUT_OPTIMISERS, session_options
from edgemm.bundles.figures import Figure

RUNS = 5
LARGEST = 3


def operator_figures(name: str, path: Path, sizes: Mapping[str, int]) -> tuple[Figure, ...]:
    """Milliseconds a run of the operators that take most, and of all others. `sizes`: length of each named axis."""
    spent = _spent_ms(path, sizes)
    largest = dict(spent.most_common(LARGEST))
    largest["other operators"] = spent.total() - sum(largest.values())
    return tuple(
        Figure(name=f"{name}: {operator}", value=value, unit="ms", samples=RUNS) for operator, value in largest.items()
    )


def _spent_ms(path: Path, sizes: Mapping[str, int]) -> Counter[str]:
    """Operator → milliseconds a run, on one thread."""
    import onnxruntime as ort

    with tempfile.TemporaryDirectory() as folder:
        options = session_options(1)
        options.enable_profiling = True
        options.profile_file_prefix = str(Path(folder) / "profile")
        session = ort.InferenceSession(
            str(path), options, providers=["CPUExecutionProvider"], disabled_optimizers=LEFT_OUT_OPTIMISERS
        )
        inputs = {node.name: _random(node, sizes) for node in session.get_inputs()}
        for _ in range(RUNS):
            session.run(None, inputs)
        events = json.loads(Path(session.end_profiling()).read_text(encoding="utf-8"))
    spent: Counter[str] = Counter()
    for event in events:
        if event.get("cat") == "Node" and event["name"].endswith("_kernel_time"):
            spent[event["args"]["op_name"]] += event["dur"] / 1e3 / RUNS
    return spent


def _random(node: Any, sizes: Mapping[str, int]) -> np.ndarray:
    random = np.random.default_rng(0)
    shape = [axis if isinstance(axis, int) else sizes[axis] for axis in node.shape]
    if node.type == "tensor(int64)":
        return random.integers(1, 100, shape)
    return random.standard_normal(shape).astype(np.float32)
