"""`edgemm export`: recipes or packs → bundles."""

from __future__ import annotations

import contextlib
import os
import sys
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from edgemm.cli import command_parser, write_json
from edgemm.errors import EdgemmError
from edgemm.settings.config import config_names
from export.line.recipe import Outcome, Request, export_recipe
from export.proof.plot import first_gate
from export.proof.verify import bounds
from export.settings.pack_names import recipe_names
from export.settings.recipe_config import load_recipe
from export.settings.target_config import load_target
from export.workshop.progress import ProgressBars

_WIDTH_OF_FILES = 160


def export_command(argv: list[str]) -> int:
    """Export what is named (default: the pack `starter`). Returns the exit code of the first failure, or 0."""
    parser = command_parser("export")
    parser.add_argument(
        "names", nargs="*", metavar="RECIPE|PACK", help="recipes, packs or recipe files; default: starter"
    )
    parser.add_argument("--target", help="kind of host: " + ", ".join(config_names("export/targets")))
    parser.add_argument("--out", type=Path, default=Path("bundles"), help="folder of bundles (default: bundles)")
    parser.add_argument("--form", help="only this form; exit code 3 if its gates do not hold")
    parser.add_argument("--checkpoint", metavar="PATH|NAME", help="weights to use instead of the recipe's")
    parser.add_argument("--list", action="store_true", help="list recipes, packs and targets")
    arguments = parser.parse_args(argv)
    if arguments.list:
        return _list(arguments.json)
    os.environ.setdefault("OMP_NUM_THREADS", "1")  # before torch is loaded: on busy cores more threads are slower
    names = recipe_names(arguments.names or ["starter"])
    if arguments.checkpoint and len(names) != 1:
        parser.error("--checkpoint goes with exactly one recipe")
    target = load_target(arguments.target)
    requests = [
        Request(name, recipe, target, arguments.out, arguments.form, arguments.checkpoint)
        for name, recipe in map(load_recipe, names)
    ]
    outcomes, failures = _export_all(requests)
    if arguments.json:
        write_json(_as_json(outcomes, failures))
    else:
        console = Console(highlight=False, width=None if sys.stdout.isatty() else _WIDTH_OF_FILES)
        console.print(_table(outcomes, failures))
    if len(requests) == 1 and failures:
        raise failures[requests[0].name]
    for name, error in failures.items():
        sys.stderr.write(f"edgemm: error: {name}: {error}\n")
    return next(iter(failures.values())).exit_code if failures else 0


def _export_all(requests: list[Request]) -> tuple[list[Outcome], dict[str, EdgemmError]]:
    """One after the other; a recipe that fails does not stop the others."""
    outcomes: list[Outcome] = []
    failures: dict[str, EdgemmError] = {}
    # Libraries print while they trace and quantise; standard output is the command's.
    with contextlib.redirect_stdout(sys.stderr):
        for request in requests:
            try:
                with ProgressBars() as progress:
                    outcomes.append(export_recipe(request, progress))
            except EdgemmError as error:
                failures[request.name] = error
    return outcomes, failures


def _list(as_json: bool) -> int:
    kinds = {"recipes": "export", "packs": "packs", "targets": "export/targets"}
    found = {name: list(config_names(kind)) for name, kind in kinds.items()}
    if as_json:
        write_json(found)
    else:
        sys.stdout.write("".join(f"{name}: {', '.join(values)}\n" for name, values in found.items()))
    return 0


def _table(outcomes: list[Outcome], failures: dict[str, EdgemmError]) -> Table:
    table = Table("model", "form", "size MB", "latency ms", "peak MB", "quality", "gates", "bundle")
    for outcome in outcomes:
        result, gate = outcome.result, first_gate(outcome.result.figures)
        cost = result.measured
        figures = [figure for figure in outcome.bundle.manifest.figures if figure.is_gate]
        table.add_row(
            outcome.report.recipe,
            result.name,
            f"{result.size_mb:.1f}",
            f"{cost.latency_p50_ms:.1f}" if cost else "",
            f"{cost.peak_rss_mb:.0f}" if cost else "",
            f"{gate.name} {gate.value:.5g} ({bounds(gate)})" if gate else "",
            f"{len(figures)} held",
            str(outcome.bundle.folder) + ("" if outcome.written else " (unchanged)"),
        )
    for name, error in failures.items():
        table.add_row(name, "none", "", "", "", "", error.what, "not written")
    return table


def _as_json(outcomes: list[Outcome], failures: dict[str, EdgemmError]) -> dict[str, Any]:
    bundles = [
        {
            "recipe": outcome.report.recipe,
            "bundle": str(outcome.bundle.folder),
            "written": outcome.written,
            "form": outcome.result.name,
            "size_mb": round(outcome.result.size_mb, 3),
            "measured": outcome.result.measured.model_dump() if outcome.result.measured else None,
            "figures": [figure.model_dump(exclude_defaults=True) for figure in outcome.bundle.manifest.figures],
            "rejected": {result.name: result.rejected for result in outcome.report.results if result.rejected},
        }
        for outcome in outcomes
    ]
    failed = [{"recipe": name, "error": str(error), "exit_code": error.exit_code} for name, error in failures.items()]
    return {"bundles": bundles, "failed": failed}
