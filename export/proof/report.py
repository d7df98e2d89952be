"""The report of an export: report.json for programs, report.html for people. Both go into the bundle."""

from __future__ import annotations

import json
from dataclasses import dataclass
from html import escape
from typing import Any

from edgemm.bundles.figures import Figure
from edgemm.bundles.manifest import Source
from export.proof.plot import quality_plot
from export.proof.verify import FormResult, bounds


@dataclass(frozen=True)
class Report:
    """All that an export found out. `results` are the forms that were tried, in order; `chosen` is one of them."""

    recipe: str
    family: str
    task: str
    target: str
    source: Source
    tools: dict[str, str]
    parity: tuple[Figure, ...]
    reference: FormResult
    results: tuple[FormResult, ...]
    chosen: str | None


def report_json(report: Report) -> str:
    """The report as one JSON object."""
    content = {
        "recipe": report.recipe,
        "family": report.family,
        "task": report.task,
        "target": report.target,
        "chosen": report.chosen,
        "source": report.source.model_dump(mode="json"),
        "tools": report.tools,
        "parity": [_figure(figure) for figure in report.parity],
        "reference": _form(report.reference),
        "forms": [_form(result) for result in report.results],
    }
    return json.dumps(content, indent=2, ensure_ascii=False) + "\n"


def report_html(report: Report) -> str:
    """The report as one page that needs nothing else."""
    rows = "".join(_form_rows(result, result.name == report.chosen) for result in report.results)
    parity = "".join(_figure_row(figure) for figure in report.parity)
    tools = ", ".join(f"{escape(name)} {escape(version)}" for name, version in report.tools.items())
    source = report.source
    facts = (
        f"Weights: {escape(source.kind)} {escape(source.name)} {escape(source.revision)}, "
        f"SHA-256 {escape(source.sha256[:16])}…, licence {escape(source.licence)}"
        + (f", upstream {escape(source.upstream)}" if source.upstream else "")
    )
    host = report.reference.measured.host if report.reference.measured else ""
    return f"""<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>{escape(report.recipe)} for {escape(report.target)}</title>
<style>{_STYLE}</style></head><body>
<h1>{escape(report.recipe)} for {escape(report.target)}</h1>
<p>{escape(report.task)}, family {escape(report.family)}. Bundled form: <b>{escape(report.chosen or "none")}</b>.</p>
<p>{facts}.</p>
<h2>float32 graph against the checkpoint</h2>
<table>{_HEAD}
{parity}</table>
<h2>Forms, in order of preference</h2>
<table>{_HEAD}
{rows}{_form_rows(report.reference, False)}</table>
<h2>Quality against latency against size</h2>
{quality_plot(report.reference, report.results)}
<p>Latency and memory: {escape(host)}; one call of each graph, one thread. Tools: {tools}.</p>
</body></html>
"""


_COLUMNS = ("figure", "value", "bound", "held", "samples", "95 % interval", "note")
_HEAD = "<tr>" + "".join(f"<th>{column}</th>" for column in _COLUMNS) + "</tr>"
_STYLE = (
    "body{font:16px/1.5 system-ui,sans-serif;max-width:64rem;margin:2rem auto;padding:0 1rem;color:#222}"
    "table{border-collapse:collapse;width:100%}td,th{text-align:left;padding:.25rem .6rem;border-bottom:1px solid #ddd}"
    "td.number{font-variant-numeric:tabular-nums}.held{color:#176b2c}.not{color:#a3160c;font-weight:bold}"
    "tr.form th{background:#f3f3f0;padding-top:.6rem}svg{max-width:100%;height:auto}"
)


def _form_rows(result: FormResult, chosen: bool) -> str:
    cost = f"{result.size_mb:.1f} MB"
    if result.measured:
        cost += (
            f", {result.measured.latency_p50_ms:.1f} ms (p95 {result.measured.latency_p95_ms:.1f} ms), "
            f"peak memory {result.measured.peak_rss_mb:.0f} MB"
        )
    verdict = f'<span class="not">rejected: {escape(result.rejected)}</span>' if result.rejected else "holds"
    verdict = '<span class="held">bundled</span>' if chosen else verdict
    changed = "; ".join(
        f"{role}: {', '.join(f'{count} nodes {method}' for method, count in methods.items())}"
        for role, methods in (result.changed_nodes or {}).items()
    )
    head = f"<b>{escape(result.name)}</b> · {cost} · {verdict}" + (f"<br>{escape(changed)}" if changed else "")
    return f'<tr class="form"><th colspan="7">{head}</th></tr>' + "".join(map(_figure_row, result.figures))


def _figure_row(figure: Figure) -> str:
    held = ""
    if figure.is_gate:
        held = '<span class="held">held</span>' if figure.holds else '<span class="not">not held</span>'
    interval = f"{figure.interval[0]:.4g} to {figure.interval[1]:.4g}" if figure.interval else ""
    return (
        f'<tr><td>{escape(figure.name)}</td><td class="number">{figure.value:.5g} {escape(figure.unit)}</td>'
        f"<td>{bounds(figure)}</td><td>{held}</td><td>{figure.samples or ''}</td><td>{interval}</td>"
        f"<td>{escape(figure.note)}</td></tr>"
    )


def _figure(figure: Figure) -> dict[str, Any]:
    content = figure.model_dump(mode="json", exclude_defaults=True)
    return {**content, "holds": figure.holds} if figure.is_gate else content


def _form(result: FormResult) -> dict[str, Any]:
    return {
        "name": result.name,
        "rejected": result.rejected or None,
        "size_mb": round(result.size_mb, 3),
        "measured": result.measured.model_dump(mode="json") if result.measured else None,
        "changed_nodes": result.changed_nodes or {},
        "figures": [_figure(figure) for figure in result.figures],
    }
