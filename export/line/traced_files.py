"""`Traced` on disk: what a family exported, kept in the export cache so that it is traced once."""

from __future__ import annotations

import shutil
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from edgemm.bundles.figures import Figure
from edgemm.bundles.manifest import Graph, PreprocessStep
from edgemm.errors import EdgemmError
from export.families import Traced
from export.workshop.onnx_files import load_graph, save_graph

_INDEX = "traced.json"


class _Index(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    graphs: dict[str, Graph]
    preprocess: tuple[PreprocessStep, ...]
    settings: dict[str, object]
    files: tuple[str, ...]
    parity: tuple[Figure, ...]


def save_traced(traced: Traced, folder: Path) -> None:
    """Write a trace: each graph as one file under its name in the bundle, the other files, an index."""
    if set(traced.graphs) != set(traced.paths):
        raise EdgemmError("the family's graphs and paths differ", expected=set(traced.graphs), found=set(traced.paths))
    for role, path in traced.paths.items():
        target = _target(folder, traced.graphs[role].file)
        save_graph(load_graph(path), target)
    for name, path in traced.files.items():
        shutil.copyfile(path, _target(folder, name))
    index = _Index(
        graphs=traced.graphs,
        preprocess=traced.preprocess,
        settings=traced.settings,
        files=tuple(traced.files),
        parity=traced.parity,
    )
    (folder / _INDEX).write_text(index.model_dump_json(indent=2), encoding="utf-8")


def load_traced(folder: Path) -> Traced:
    """A trace that `save_traced` wrote."""
    index = _Index.model_validate_json((folder / _INDEX).read_text(encoding="utf-8"))
    return Traced(
        graphs=index.graphs,
        paths={role: folder / "bundle" / graph.file for role, graph in index.graphs.items()},
        preprocess=index.preprocess,
        settings=dict(index.settings),
        files={name: folder / "bundle" / name for name in index.files},
        parity=index.parity,
    )


def _target(folder: Path, name: str) -> Path:
    target = folder / "bundle" / name
    target.parent.mkdir(parents=True, exist_ok=True)
    return target
