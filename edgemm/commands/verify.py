"""`edgemm verify BUNDLE`: every file, gates and host; every graph loads, agrees with the manifest, and runs once."""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import Any

from edgemm.backends import InferenceSession, open_session
from edgemm.backends.probe import probe
from edgemm.bundles.bundle import Bundle
from edgemm.bundles.manifest import Graph
from edgemm.bundles.tensors import TensorSpec
from edgemm.cli import command_parser, write_json
from edgemm.errors import BundleError
from edgemm.tasks import open_task


def main(argv: list[str]) -> int:
    """Verify bundles. Raises BundleError at the first thing that is wrong."""
    parser = command_parser("verify")
    parser.add_argument("bundles", type=Path, nargs="+", metavar="BUNDLE", help="folders of bundles")
    parser.add_argument("--threads", type=int, default=1, help="threads of the inference session (default: 1)")
    arguments = parser.parse_args(argv)
    results = []
    for folder in arguments.bundles:
        bundle = Bundle.open(folder)
        if unlisted := bundle.unlisted():
            raise BundleError(
                f"bundle {folder}: files that its manifest does not list",
                found=", ".join(unlisted),
                remedy="Remove them, or export the bundle again.",
            )
        graphs = verify_graphs(bundle, arguments.threads)
        open_task(bundle, threads=arguments.threads)
        results.append({"bundle": str(folder), "files": len(bundle.manifest.files), "graphs": graphs})
        if not arguments.json:
            sys.stdout.write(_text(bundle, graphs))
    if arguments.json:
        write_json({"bundles": results})
    return 0


def verify_graphs(bundle: Bundle, threads: int = 1) -> dict[str, dict[str, Any]]:
    """Load every graph, compare it with its specs, run it once. Returns sizes and time of that run by role."""
    found = {}
    for role, graph in bundle.manifest.graphs.items():
        session = open_session(bundle.graph_path(role), threads=threads)
        _compare(role, graph, session)
        started = time.perf_counter()
        sizes = probe(session, graph)
        found[role] = {"sizes": sizes, "first_run_ms": round((time.perf_counter() - started) * 1e3, 2)}
    return found


def _compare(role: str, graph: Graph, session: InferenceSession) -> None:
    """The manifest must name all inputs, and only tensors that the graph has, with their types and fixed sizes."""
    for way, specs, tensors in (("input", graph.inputs, session.inputs), ("output", graph.outputs, session.outputs)):
        declared = {spec.name: spec for spec in specs.values()}
        actual = {spec.name: spec for spec in tensors}
        missing = set(declared) - set(actual) | (set(actual) - set(declared) if way == "input" else set())
        if missing:
            raise BundleError(
                f"graph '{role}': the manifest's {way}s are not the graph's",
                expected=", ".join(declared),
                found=", ".join(actual),
            )
        for name, spec in declared.items():
            if not _agree(spec, actual[name]):
                raise BundleError(f"graph '{role}': {way} '{name}'", expected=_short(spec), found=_short(actual[name]))


def _agree(declared: TensorSpec, actual: TensorSpec) -> bool:
    """Same type and rank, and no two different fixed sizes."""
    return (
        declared.dtype == actual.dtype
        and len(declared.axes) == len(actual.axes)
        and all(
            one == other
            for one, other in zip(declared.axes, actual.axes, strict=True)
            if isinstance(one, int) and isinstance(other, int)
        )
    )


def _short(spec: TensorSpec) -> str:
    return f"{spec.dtype} ({', '.join(str(axis) for axis in spec.axes)})"


def _text(bundle: Bundle, graphs: dict[str, dict[str, Any]]) -> str:
    gates = [figure for figure in bundle.manifest.figures if figure.is_gate]
    lines = [f"{bundle.folder}: {len(bundle.manifest.files)} files as hashed, {len(gates)} gates held"]
    for role, found in graphs.items():
        sizes = ", ".join(f"{name} = {size}" for name, size in found["sizes"].items()) or "fixed sizes"
        lines.append(f"  graph {role}: loads, fits its specs, runs ({sizes}; {found['first_run_ms']} ms)")
    return "\n".join([*lines, "  task opens"]) + "\n"
