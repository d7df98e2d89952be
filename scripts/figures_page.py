"""Write docs/figures.md from the last `make bench` and the reports of the exported bundles: `make figures`."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from bench import BENCHES
from bench.report import bound_of
from edgemm.bundles.bundle import MANIFEST_FILE
from edgemm.bundles.figures import Figure
from edgemm.bundles.manifest import Manifest

ROOT = Path(__file__).resolve().parent.parent
PAGE, BENCH, BUNDLES = ROOT / "docs" / "figures.md", ROOT / "out" / "bench" / "bench.json", ROOT / "bundles"

INTRODUCTION = """# Figures

Every figure comes from a command; none is written by hand. This page is made by `make figures` from the last run of

    make bench        # out/bench: a table, a JSON file, plots
    make export       # report.html and report.json beside each bundle

on the machine named below. Bounds are what is promised; a figure that misses its bound stands here as it is.
"""


def table(rows: Iterable[tuple[str, Figure]]) -> list[str]:
    """Markdown rows of figures under a heading each."""
    lines = ["| | figure | value | bound | held | n | 95 % interval |", "|---|---|---|---|---|---|---|"]
    for name, figure in rows:
        held = "" if not figure.is_gate else ("yes" if figure.holds else "**no**")
        interval = "" if figure.interval is None else f"{figure.interval[0]:.3g} … {figure.interval[1]:.3g}"
        value = f"{figure.value:.4g} {figure.unit}".strip()
        cells = (name, figure.name, value, bound_of(figure), held, str(figure.samples or ""), interval)
        lines.append(f"| {' | '.join(cells)} |")
    return lines


def _machine(bench: dict[str, Any]) -> dict[str, str]:
    """The host without what changes from hour to hour."""
    return {name: value for name, value in bench["host"].items() if name != "load"}


def page() -> str:
    """The whole page."""
    measured = json.loads(BENCH.read_text(encoding="utf-8"))
    benches = {name: measured["benchmarks"][name] for name in BENCHES if name in measured["benchmarks"]}
    hosts = {", ".join(f"{name} {value}" for name, value in _machine(bench).items()) for bench in benches.values()}
    machines = "; ".join(sorted(hosts))
    rows = [(name, Figure.model_validate(figure)) for name, bench in benches.items() for figure in bench["figures"]]
    notes = [f"- {name} (load {bench['host']['load']}): {bench['note']}" for name, bench in benches.items()]
    bundles = [
        Manifest.model_validate_json(path.read_text(encoding="utf-8"))
        for path in sorted(BUNDLES.glob(f"*/*/{MANIFEST_FILE}"))
    ]
    gates = [(f"{bundle.name} ({bundle.precision})", figure) for bundle in bundles for figure in bundle.figures]
    measured_part = [
        INTRODUCTION,
        "## Benchmarks",
        "",
        f"Measured on: {machines}",
        "",
        *table(rows),
        "",
        *notes,
        "",
    ]
    exported_part = ["## Bundles", "", "Parity and quality of each bundle of the starter pack.", "", *table(gates), ""]
    return "\n".join(measured_part + exported_part)


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
