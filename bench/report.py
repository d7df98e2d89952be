"""What a run of benchmarks leaves behind: one table, one JSON file, one plot for each benchmark with a series."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import numpy as np

from bench import Measurement
from edgemm.bundles.figures import Figure


def bound_of(figure: Figure) -> str:
    """The promise, in words."""
    if figure.at_most is not None:
        return f"<= {figure.at_most:g}"
    return f">= {figure.at_least:g}" if figure.at_least is not None else ""


def print_table(host: Mapping[str, str], measurements: Mapping[str, Measurement]) -> None:
    """The table on standard output, a line per figure."""
    from rich.console import Console
    from rich.table import Table

    console = Console()
    console.print("  ".join(f"{name}: {value}" for name, value in host.items()), style="dim")
    table = Table("benchmark", "figure", "value", "bound", "held", "n", "interval")
    for name, measurement in measurements.items():
        for figure in measurement.figures:
            held = "" if not figure.is_gate else ("yes" if figure.holds else "[bold red]no[/]")
            interval = "" if figure.interval is None else f"{figure.interval[0]:.3g} … {figure.interval[1]:.3g}"
            value = f"{figure.value:.4g} {figure.unit}".strip()
            table.add_row(name, figure.name, value, bound_of(figure), held, str(figure.samples or ""), interval)
        table.add_section()
    console.print(table)
    for name, measurement in measurements.items():
        if measurement.note:
            console.print(f"{name}: {measurement.note}")


def write_json(path: Path, host: Mapping[str, str], name: str, measurement: Measurement) -> None:
    """Put one benchmark's result into the file, with the host as it was then; other benchmarks' results stay."""
    content = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {"benchmarks": {}}
    content["benchmarks"][name] = {
        "host": dict(host),
        "figures": [figure.model_dump(exclude_none=True) for figure in measurement.figures],
        "note": measurement.note,
        "series": {key: list(values) for key, values in measurement.series.items()},
        "series_unit": measurement.series_unit,
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")


def write_plots(folder: Path, measurements: Mapping[str, Measurement]) -> list[Path]:
    """The distribution of each series as cumulative curves."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    written = []
    for name, measurement in measurements.items():
        if not measurement.series:
            continue
        figure, axes = pyplot.subplots(figsize=(6, 3.5))
        for label, values in measurement.series.items():
            ordered = np.sort(np.asarray(values, dtype=float))
            axes.step(ordered, np.arange(1, len(ordered) + 1) / len(ordered), where="post", label=label)
        axes.set(xlabel=measurement.series_unit, ylabel="share of samples", title=name, ylim=(0, 1.02))
        axes.grid(alpha=0.3)
        axes.legend()
        figure.tight_layout()
        path = folder / f"{name}.svg"
        folder.mkdir(parents=True, exist_ok=True)
        figure.savefig(path)
        pyplot.close(figure)
        written.append(path)
    return written
