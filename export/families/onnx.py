"""Any existing ONNX file: checked, cut at named tensors into graphs by role, and verified against itself."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import onnxruntime as ort

from edgemm.backends.onnxruntime import session_options
from edgemm.bundles.figures import Figure
from edgemm.bundles.manifest import Graph, StatePair
from edgemm.bundles.tensors import Array, TensorSpec
from edgemm.errors import CheckpointError, ConfigError
from export.families import Traced
from export.families.onnx_cut import bounded, cut, exposed
from export.families.onnx_options import GraphOptions, OnnxOptions, TensorOptions, parse_options
from export.sources import Checkpoint

_SEED = 20


def export(checkpoint: Checkpoint, work: Path, options: dict[str, Any]) -> Traced:
    """Cut and verify. The verification run feeds every cut graph what the uncut file computed at the same place."""
    parsed = parse_options(options)
    models = {name: _load(checkpoint.folder, name) for name in sorted({g.file for g in parsed.graphs.values()})}
    truth = {name: _run_exposed(name, model, parsed) for name, model in models.items()}
    graphs, paths, parity = {}, {}, []
    for role, graph in parsed.graphs.items():
        dtypes = {name: str(value.dtype) for name, value in truth[graph.file].items()}
        path = work / f"{role}.onnx"
        onnx.save(bounded(cut(models[graph.file], graph, dtypes), parsed.opset), path)
        graphs[role], paths[role] = _graph(path.name, graph, dtypes), path
        parity.append(_parity(role, path, graph, truth[graph.file], parsed.tolerance))
    return Traced(
        graphs=graphs,
        paths=paths,
        preprocess=parsed.preprocess,
        settings=parsed.settings,
        files=_files(checkpoint.folder, work, parsed, models),
        parity=tuple(parity),
    )


def _load(folder: Path, name: str) -> onnx.ModelProto:
    try:
        model = onnx.load(folder / name)
        onnx.checker.check_model(model)
    except FileNotFoundError:
        raise CheckpointError(f"no file '{name}' in the checkpoint", found=folder) from None
    except Exception as error:  # onnx and protobuf raise unrelated types
        raise CheckpointError(f"'{name}' is not a valid ONNX file", found=error) from error
    return model


def _tensors(graphs: Mapping[str, GraphOptions], file: str) -> Iterator[TensorOptions]:
    for graph in graphs.values():
        if graph.file == file:
            yield from graph.inputs.values()
            yield from graph.outputs.values()


def _run_exposed(name: str, model: onnx.ModelProto, options: OnnxOptions) -> dict[str, Array]:
    """Every named tensor of the uncut file for one set of inputs, the file's own inputs included."""
    axes = {tensor.tensor: tensor.axes for tensor in _tensors(options.graphs, name)}
    session = _session(exposed(model, axes).SerializeToString())
    random = np.random.default_rng(_SEED)
    feeds = {}
    for node in session.get_inputs():
        if node.name not in axes:
            raise ConfigError(f"input '{node.name}' of '{name}' plays no role", expected="a role in options.graphs")
        shape = [_size(axis, options.sizes) for axis in axes[node.name]]
        feeds[node.name] = _sample(node, shape, options.ranges.get(node.name), random)
    outputs = [node.name for node in session.get_outputs()]
    return {**feeds, **dict(zip(outputs, session.run(outputs, feeds), strict=True))}


def _size(axis: int | str, sizes: Mapping[str, int]) -> int:
    if isinstance(axis, str) and axis not in sizes:
        raise ConfigError(f"no size for axis '{axis}'", expected="one in options.sizes")
    return axis if isinstance(axis, int) else sizes[axis]


def _sample(
    node: ort.NodeArg, shape: list[int], bounds: tuple[float, float] | None, random: np.random.Generator
) -> Array:
    if node.type == "tensor(float)":
        values = random.standard_normal(shape) if bounds is None else random.uniform(*bounds, shape)
        return values.astype(np.float32)
    if bounds is None:
        raise ConfigError(f"no range for input '{node.name}'", expected="one in options.ranges")
    dtype = np.int32 if node.type == "tensor(int32)" else np.int64
    return random.integers(int(bounds[0]), int(bounds[1]), shape, dtype=dtype, endpoint=True)


def _session(model: bytes | str) -> ort.InferenceSession:
    return ort.InferenceSession(model, session_options(1), providers=["CPUExecutionProvider"])


def _parity(role: str, path: Path, graph: GraphOptions, truth: Mapping[str, Array], tolerance: float) -> Figure:
    feeds = {tensor.tensor: truth[tensor.tensor] for tensor in graph.inputs.values()}
    names = [tensor.tensor for tensor in graph.outputs.values()]
    found = _session(str(path)).run(names, feeds)
    worst = max(_difference(value, truth[name]) for name, value in zip(names, found, strict=True))
    return Figure(name=f"{role}_parity", value=worst, at_most=tolerance, note="cut graph against the file it is from")


def _difference(found: Array, expected: Array) -> float:
    if found.shape != expected.shape:
        return float("inf")
    return float(np.max(np.abs(found - expected), initial=0.0) / max(1.0, np.max(np.abs(expected), initial=0.0)))


def _graph(file: str, graph: GraphOptions, dtypes: Mapping[str, str]) -> Graph:
    def specs(tensors: Mapping[str, TensorOptions]) -> dict[str, TensorSpec]:
        return {
            role: TensorSpec.model_validate({"name": t.tensor, "dtype": dtypes[t.tensor], "axes": t.axes})
            for role, t in tensors.items()
        }

    states = tuple(
        StatePair(past=graph.inputs[s.past].tensor, present=graph.outputs[s.present].tensor, axis=s.axis)
        for s in graph.states
    )
    return Graph(file=file, inputs=specs(graph.inputs), outputs=specs(graph.outputs), states=states)


def _files(folder: Path, work: Path, options: OnnxOptions, models: Mapping[str, onnx.ModelProto]) -> dict[str, Path]:
    files = {name: folder / source for name, source in options.files.items()}
    for name, source in options.metadata_files.items():
        file, _, key = source.partition(":")
        values = {entry.key: entry.value for entry in models[file].metadata_props}
        if key not in values:
            raise CheckpointError(f"metadata of '{file}'", expected=f"key '{key}'", found=", ".join(values))
        files[name] = work / name
        files[name].write_text(values[key], encoding="utf-8")
    return files
