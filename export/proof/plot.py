"""Quality against latency against size as an SVG that stands inside the report."""

from __future__ import annotations

import io
from collections.abc import Sequence

from edgemm.bundles.figures import Figure
from export.proof.verify import FormResult, bounds


def quality_plot(reference: FormResult, results: Sequence[FormResult]) -> str:
    """SVG: latency (ms) on x, the first gated figure on y, one dot per form whose area is the size in MB.

    float32 has no difference from itself: it is the dashed line at its latency.
    """
    points = [(result, figure) for result in results if result.measured and (figure := first_gate(result.figures))]
    if not points:
        return "<p>No form has both a gated figure and a measured latency.</p>"
    import matplotlib
    from matplotlib.figure import Figure as Canvas

    with matplotlib.rc_context({"svg.fonttype": "none", "svg.hashsalt": "edgemm"}):
        canvas = Canvas(figsize=(7.2, 4.2), layout="constrained")
        axes = canvas.add_subplot()
        figure = points[0][1]
        for result, point in points:
            assert result.measured is not None
            colour = "#a3160c" if result.rejected else "#176b2c"
            latency_ms = result.measured.latency_p50_ms
            axes.scatter(latency_ms, point.value, s=20 + 6 * result.size_mb, color=colour, alpha=0.6)
            text = f"{result.name}, {result.size_mb:.1f} MB"
            axes.annotate(text, (latency_ms, point.value), xytext=(8, 6), textcoords="offset points")
        if reference.measured:
            axes.axvline(reference.measured.latency_p50_ms, color="#555", linestyle="--")
            axes.annotate(
                f"float32, {reference.size_mb:.1f} MB", (reference.measured.latency_p50_ms, 0.02), rotation=90,
                xycoords=("data", "axes fraction"), xytext=(4, 0), textcoords="offset points", color="#555",
            )  # fmt: skip
        for bound in (figure.at_most, figure.at_least):
            if bound is not None:
                axes.axhline(bound, color="#a3160c", linestyle=":")
        axes.set_xlabel("latency p50 (ms)")
        axes.set_ylabel(f"{figure.name} {figure.unit} ({bounds(figure)})")
        axes.set_xlim(left=0)
        axes.margins(x=0.25, y=0.25)
        text_file = io.StringIO()
        canvas.savefig(text_file, format="svg", metadata=dict.fromkeys(("Date", "Creator", "Format", "Type")))
    svg = text_file.getvalue()
    return svg[svg.index("<svg") :]


def first_gate(figures: Sequence[Figure]) -> Figure | None:
    """The figure that stands for quality: the first with a bound."""
    return next((figure for figure in figures if figure.is_gate), None)
