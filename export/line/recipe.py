"""The line: checkpoint → trace → float32 reference → forms, quantised, compared, measured → bundle.

Each step is done once per content (`export.workshop.workspace.once`): an interrupted run continues, an unchanged one
ends in seconds.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from edgemm.bundles.bundle import Bundle
from edgemm.bundles.tensors import Array
from edgemm.errors import ConfigError, GateError
from export.families import FAMILIES, family_export
from export.line.form_steps import Shop, candidate_bundle, compared, measured
from export.line.publish import publish, write_failure_report
from export.line.traced_files import load_traced, save_traced
from export.proof.report import Report
from export.proof.verify import FormResult, apply_gates, failed_gates
from export.settings.recipe_config import FormConfig, Recipe
from export.settings.target_config import Target
from export.sources import Checkpoint
from export.sources.checkpoints import materialise, override
from export.workshop import memory
from export.workshop.progress import Progress
from export.workshop.source_hash import source_hash, tool_versions
from export.workshop.workspace import cache_root, once, prune

REFERENCE = FormConfig(name="float32")


@dataclass(frozen=True)
class Request:
    """One recipe to export for one target; `form` and `checkpoint` override the recipe's."""

    name: str
    recipe: Recipe
    target: Target
    out: Path
    form: str | None = None
    checkpoint: str | None = None

    @property
    def bundle_folder(self) -> Path:
        return self.out / self.name / self.target.name


@dataclass(frozen=True)
class Outcome:
    """A bundle that holds its gates. `written` is False when the one in place was the same already."""

    bundle: Bundle
    report: Report
    result: FormResult
    written: bool


def export_recipe(request: Request, progress: Progress) -> Outcome:
    """Run the line. Raises GateError when float32 parity or every form fails; then no bundle is written."""
    forms = wanted_forms(request.recipe, request.form)
    work = cache_root() / "work" / request.name
    progress.start(request.name, steps=4 + 3 * len(forms))
    progress.step("checkpoint")
    sources = request.recipe.checkpoint
    if request.checkpoint is not None:
        sources = override(request.checkpoint, sources)
    checkpoint = materialise(request.name, sources, progress.note)
    progress.step("trace to float32 ONNX, parity")
    trace = _trace(request, checkpoint, work, progress)
    traced = load_traced(trace)
    if failure := failed_gates(traced.parity):
        raise GateError(f"{request.name}: the float32 graph does not agree with the checkpoint", found=failure)
    shop = Shop(request.name, request.recipe, request.target, checkpoint, trace, traced, work)
    progress.step("float32 reference")
    reference = candidate_bundle(shop, REFERENCE, _no_calibration)
    reference_result = FormResult("float32", size_mb=reference.size_mb, measured=measured(shop, reference.bundle))
    results, kept = _first_that_holds(shop, forms, reference.bundle, progress)
    report = Report(
        request.name, request.recipe.family, request.recipe.task, request.target.name, checkpoint.source,
        tool_versions(), traced.parity, reference_result, tuple(results), kept.name if kept else None,
    )  # fmt: skip
    if kept is None:
        page = write_failure_report(report, work)
        raise GateError(
            f"{request.name}: no form holds its gates, so no bundle is written",
            found="; ".join(f"{result.name}: {result.rejected}" for result in results),
            remedy=f"The report is {page}.",
        )
    progress.step("bundle")
    form = next(form for form in forms if form.name == kept.name)
    bundle, written = publish(
        shop, candidate_bundle(shop, form, _no_calibration).bundle, kept, report, request.bundle_folder
    )
    prune(work, shop.used)
    progress.finish("bundled" if written else "unchanged")
    return Outcome(bundle, report, kept, written)


def wanted_forms(recipe: Recipe, name: str | None) -> tuple[FormConfig, ...]:
    """The recipe's forms, or the one that was asked for."""
    if name is None:
        return recipe.forms
    forms = tuple(form for form in recipe.forms if form.name == name)
    if not forms:
        raise ConfigError("no such form", expected=", ".join(form.name for form in recipe.forms), found=name)
    return forms


def _trace(request: Request, checkpoint: Checkpoint, work: Path, progress: Progress) -> Path:
    export = family_export(request.recipe.family)
    key = {
        "family": request.recipe.family,
        "options": request.recipe.options,
        "weights": checkpoint.source.sha256,
        "source": source_hash(FAMILIES[request.recipe.family]),
        "tools": tool_versions(),
    }

    def build(folder: Path) -> None:
        progress.note(f"{request.name}: takes about {memory.require(checkpoint.folder, request.name)} MB of memory")
        scratch = folder / "scratch"
        scratch.mkdir()
        save_traced(export(checkpoint, scratch, request.recipe.options), folder)
        shutil.rmtree(scratch)

    return once(work, "trace", key, build)


def _first_that_holds(
    shop: Shop, forms: tuple[FormConfig, ...], reference: Bundle, progress: Progress
) -> tuple[list[FormResult], FormResult | None]:
    results = []
    for form in forms:
        result = _try(shop, form, reference, progress)
        results.append(result)
        if result.holds:
            return results, result
        progress.note(f"{shop.name}: form {form.name} is rejected: {result.rejected}")
    return results, None


def _try(shop: Shop, form: FormConfig, reference: Bundle, progress: Progress) -> FormResult:
    progress.step(f"{form.name}: quantise")
    try:
        candidate = candidate_bundle(shop, form, lambda role, count: shop.calibration(reference, role, count))
    except GateError as error:
        return FormResult(form.name, rejected=str(error))
    progress.step(f"{form.name}: compare with float32")
    figures = apply_gates(compared(shop, reference, candidate.bundle), shop.recipe.gates)
    progress.step(f"{form.name}: latency and memory")
    result = FormResult(
        form.name, figures, candidate.size_mb, measured(shop, candidate.bundle), candidate.changed_nodes
    )
    return replace(result, rejected=failed_gates(figures))


def _no_calibration(role: str, count: int) -> Iterator[dict[str, Array]]:
    raise GateError(f"graph '{role}' asks for calibration where none is due")
