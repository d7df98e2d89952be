"""Any existing ONNX file: checked, cut at named tensors into graphs by role, and verified against itself."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import onnx

from edgemm.bundles.manifest import Graph, StatePair
from edgemm.bundles.tensors import TensorSpec
from edgemm.errors import CheckpointError
from export.families import Traced
from export.families.onnx_cut import bounded, cut
from export.families.onnx_file import read_onnx
from export.families.onnx_options import GraphOptions, OnnxOptions, TensorOptions, parse_options
from export.families.onnx_verify import check_axes, parity, run_exposed, tensor_types
from export.sources import Checkpoint


def export(checkpoint: Checkpoint, work: Path, options: dict[str, Any]) -> Traced:
    """Cut and verify. The verification run feeds every cut graph what the uncut file computed at the same place."""
    parsed = parse_options(options)
    models = {name: read_onnx(checkpoint.folder, name) for name in sorted({g.file for g in parsed.graphs.values()})}
    truth = {name: run_exposed(name, model, parsed) for name, model in models.items()}
    graphs, paths, figures = {}, {}, []
    for role, graph in parsed.graphs.items():
        values = truth[graph.file]
        check_axes(role, graph, values, parsed.sizes)
        dtypes = tensor_types(values)
        path = work / f"{role}.onnx"
        onnx.save(bounded(cut(models[graph.file], graph, dtypes), parsed.opset), path)
        graphs[role], paths[role] = _graph(path.name, graph, dtypes), path
        figures.append(parity(role, path, graph, values, parsed.tolerance))
    return Traced(
        graphs=graphs,
        paths=paths,
        preprocess=parsed.preprocess,
        settings=parsed.settings,
        files=_files(checkpoint.folder, work, parsed, models),
        parity=tuple(figures),
    )


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
    for path in files.values():
        if not path.is_file():
            raise CheckpointError("a file that the bundle shall hold is not in the checkpoint", expected=path.name)
    for name, source in options.metadata_files.items():
        file, _, key = source.partition(":")
        values = {entry.key: entry.value for entry in models[file].metadata_props}
        if key not in values:
            raise CheckpointError(f"metadata of '{file}'", expected=f"key '{key}'", found=", ".join(values) or "none")
        files[name] = work / name
        files[name].write_text(values[key], encoding="utf-8")
    return files
