"""`edgemm inspect BUNDLE`: what a bundle is, from its manifest. Nothing is run."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

from edgemm.bundles.bundle import Bundle
from edgemm.bundles.figures import Figure
from edgemm.bundles.tensors import TensorSpec
from edgemm.cli import command_parser, write_json


def main(argv: list[str]) -> int:
    """Print the manifest, readable or as JSON. Raises BundleError for a bundle that must not be used."""
    parser = command_parser("inspect")
    parser.add_argument("bundle", type=Path, metavar="BUNDLE", help="folder of a bundle")
    arguments = parser.parse_args(argv)
    bundle = Bundle.open(arguments.bundle)
    if arguments.json:
        write_json(bundle.manifest.model_dump(mode="json"))
    else:
        sys.stdout.write("\n".join(_lines(bundle)) + "\n")
    return 0


def figure_line(figure: Figure) -> str:
    """A figure with unit, interval, bound and whether it held."""
    line = f"{figure.name:<36} {figure.value:.5g} {figure.unit}".rstrip()
    if figure.interval is not None:
        line += f"  [{figure.interval[0]:.4g}, {figure.interval[1]:.4g}]"
    if figure.samples is not None:
        line += f"  n={figure.samples}"
    if figure.at_most is not None:
        line += f"  at most {figure.at_most:g}"
    if figure.at_least is not None:
        line += f"  at least {figure.at_least:g}"
    return line + (("  held" if figure.holds else "  NOT HELD") if figure.is_gate else "")


def _lines(bundle: Bundle) -> Iterator[str]:
    manifest = bundle.manifest
    source = manifest.source
    yield f"{manifest.name}: {manifest.task}, family {manifest.family}, form {manifest.precision}, {manifest.target}"
    yield f"weights    {source.kind} {source.name}, SHA-256 {source.sha256}"
    yield f"licence    {source.licence}" + (f"; upstream {source.upstream}" if source.upstream else "")
    for role, graph in manifest.graphs.items():
        yield f"graph      {role} ({graph.file})"
        for way, tensors in (("in", graph.inputs), ("out", graph.outputs)):
            for name, spec in tensors.items():
                yield f"  {way:<3} {name:<20} {_spec(spec)}"
    for step in manifest.preprocess:
        values = {name: value for name, value in step.model_dump().items() if name != "step"}
        yield f"preprocess {step.step} " + ", ".join(f"{name}={value}" for name, value in values.items())
    for name, value in manifest.settings.items():
        yield f"setting    {name} = {_short(value)}"
    for figure in manifest.figures:
        yield f"figure     {figure_line(figure)}"
    if manifest.measured is not None:
        cost = manifest.measured
        yield (
            f"cost       {cost.latency_p50_ms:.1f} ms (p95 {cost.latency_p95_ms:.1f} ms), peak memory "
            f"{cost.peak_rss_mb:.0f} MB, {cost.threads} thread, on {cost.host}"
        )
    for name in manifest.files:
        yield f"file       {name} ({(bundle.folder / name).stat().st_size / 1e6:.2f} MB)"
    yield "tools      " + ", ".join(f"{name} {version}" for name, version in manifest.tools.items())
    if manifest.host is not None:
        yield "host       " + ", ".join(f"{name} {value}" for name, value in manifest.host.items())


def _spec(spec: TensorSpec) -> str:
    return f"{spec.dtype} ({', '.join(str(axis) for axis in spec.axes)})  tensor '{spec.name}'"


def _short(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 100 else f"{text[:99]}…"
