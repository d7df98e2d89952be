"""JetPack 6 stays with ONNX Runtime 1.23.2: every starter bundle loads there and computes the same."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from edgemm.backends.onnxruntime import LEFT_OUT_OPTIMISERS
from edgemm.bundles.bundle import Bundle
from edgemm.bundles.manifest import Graph
from edgemm.bundles.pack import bundle_folders, load_pack
from edgemm.bundles.tensors import Array, TensorSpec
from edgemm.host import host_target

OLD_VERSION = "1.23.2"
ROOT = Path(__file__).resolve().parent.parent
SCRIPT = Path(__file__).with_name("old_onnxruntime_script.py")
RELATIVE_TOLERANCE = 1e-2
"""Of an output's largest value: kernels of two releases round differently ..."""
INT8_TOLERANCE = 0.1
"""... most of all in 8-bit activations, where a rounding becomes a step of 1/255 that the following layers carry on."""


@pytest.fixture(scope="session")
def old_python() -> Path:
    """The interpreter of an environment that holds nothing but the old ONNX Runtime and NumPy."""
    environment = ROOT / ".cache" / f"venv-ort-{OLD_VERSION}-py{sys.version_info.major}{sys.version_info.minor}"
    python = environment / "bin" / "python"
    installed = f"import onnxruntime as o, sys; sys.exit(o.__version__ != '{OLD_VERSION}')"
    if not python.exists() or subprocess.run([python, "-c", installed], capture_output=True, check=False).returncode:
        subprocess.run([sys.executable, "-m", "venv", "--clear", environment], check=True)
        packages = [f"onnxruntime=={OLD_VERSION}", "numpy<2.3"]
        subprocess.run([python, "-m", "pip", "install", "--quiet", *packages], check=True)
    return python


@pytest.mark.slow
def test_every_starter_graph_computes_the_same_under_the_old_release(starter_bundles, old_python, tmp_path):
    folder = tmp_path / "graphs"
    folder.mkdir()
    graphs = dict(_graphs(starter_bundles))
    assert len(graphs) >= 8
    for name, (path, graph, _) in graphs.items():
        (folder / f"{name}.txt").write_text(str(path))
        np.savez(folder / f"{name}.npz", **_inputs(graph, name))
    new = _outputs(Path(sys.executable), folder, tmp_path / "new.npz")
    old = _outputs(old_python, folder, tmp_path / "old.npz")
    assert str(old["__version__"]) == OLD_VERSION != str(new["__version__"])
    assert set(new.files) == set(old.files)
    names = [name for name in new.files if name != "__version__"]
    allowed = {
        name: INT8_TOLERANCE if graphs[name.partition("|")[0]][2] == "int8" else RELATIVE_TOLERANCE for name in names
    }
    different = {name: error for name in names if (error := _difference(new[name], old[name])) > allowed[name]}
    assert different == {}


def _graphs(bundles: Path):
    for folder in bundle_folders(load_pack("starter"), bundles, host_target()).values():
        bundle = Bundle.open(folder)
        for role, graph in bundle.manifest.graphs.items():
            yield (
                f"{bundle.manifest.name}-{role}",
                (bundle.graph_path(role).resolve(), graph, bundle.manifest.precision),
            )


def _inputs(graph: Graph, name: str) -> dict[str, Array]:
    """Seeded inputs; named axes get one small size each, the same wherever the name stands."""
    random = np.random.default_rng(sum(name.encode()))
    axes = sorted({axis for spec in graph.inputs.values() for axis in spec.axes if isinstance(axis, str)})
    sizes = {axis: SIZES.get(axis, 8) for axis in axes}
    return {spec.name: _values(spec, sizes, random) for spec in graph.inputs.values()}


SIZES: dict[str, int] = {"row": 64, "column": 64, "batch": 1}
"""Axes for which 8 is no size that a graph accepts."""


def _values(spec: TensorSpec, sizes: dict[str, int], random: np.random.Generator) -> Array:
    shape = [axis if isinstance(axis, int) else sizes[axis] for axis in spec.axes]
    if spec.dtype.startswith("float"):
        return random.uniform(0.0, 1.0, shape).astype(spec.dtype)
    if spec.dtype == "bool":
        return np.ones(shape, bool)
    return np.ones(shape, spec.dtype)


def _outputs(python: Path, folder: Path, output: Path):
    command = [str(python), str(SCRIPT), str(folder), str(output), ",".join(LEFT_OUT_OPTIMISERS)]
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
    assert done.returncode == 0, done.stderr
    return np.load(output)


def _difference(new: Array, old: Array) -> float:
    """Largest difference in units of the largest value."""
    if new.shape != old.shape or new.dtype != old.dtype:
        return float("inf")
    if new.dtype.kind not in "fiu":
        return 0.0 if (new == old).all() else float("inf")
    scale = float(np.abs(new).max(initial=0.0)) or 1.0
    return float(np.abs(new.astype(np.float64) - old.astype(np.float64)).max(initial=0.0)) / scale
