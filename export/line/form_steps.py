"""The steps of the line that are done per form: candidate bundle, comparison with float32, cost on this host."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

from edgemm.bundles.bundle import Bundle, write_bundle
from edgemm.bundles.figures import Figure
from edgemm.bundles.manifest import Manifest, Measured
from edgemm.bundles.tensors import Array
from edgemm.errors import BundleError, ConfigError
from edgemm.evaluation import evaluator
from edgemm.tasks.examples import read_examples
from export.data.cache import data_set, data_set_hash
from export.families import Traced
from export.forms.calibration import calibration_inputs
from export.forms.forms import CalibrationInputs, convert
from export.proof.measure import host_name, measure
from export.settings.recipe_config import FormConfig, Int8Qdq, Recipe
from export.settings.target_config import Target
from export.sources import Checkpoint
from export.workshop.source_hash import source_hash, tool_versions
from export.workshop.workspace import once

_FIGURES = TypeAdapter(tuple[Figure, ...])


@dataclass(frozen=True)
class Shop:
    """What all steps of one export share. `used` collects the cache folders that this export rests on."""

    name: str
    recipe: Recipe
    target: Target
    checkpoint: Checkpoint
    trace: Path
    traced: Traced
    work: Path
    used: set[Path] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.used.add(self.trace)

    def calibration(self, reference: Bundle, role: str, count: int) -> Iterator[dict[str, Array]]:
        """Inputs of a graph over the recipe's calibration set."""
        assert self.recipe.calibration is not None  # the recipe's model has checked it
        return calibration_inputs(reference, role, read_examples(data_set(self.recipe.calibration)), count)


@dataclass(frozen=True)
class Candidate:
    """A form as a bundle in the export cache."""

    bundle: Bundle
    changed_nodes: dict[str, dict[str, int]]

    @property
    def size_mb(self) -> float:
        """Size of all files but the reports."""
        return sum((self.bundle.folder / name).stat().st_size for name in self.bundle.manifest.files) / 1e6


def candidate_bundle(shop: Shop, form: FormConfig, calibration: CalibrationInputs) -> Candidate:
    """The form's graphs in a bundle. Raises GateError when a step changes nothing."""
    steps = [step for role in form.graphs for step in form.steps(role)]
    static = any(isinstance(step, Int8Qdq) for step in steps)
    key: dict[str, Any] = {
        "trace": shop.trace.name,
        "form": form.model_dump(mode="json"),
        "source": shop.checkpoint.source.model_dump(mode="json"),
        "task": shop.recipe.task,
    }
    if steps:
        key |= {"code": source_hash("export.forms.forms"), "target": shop.target.model_dump(), "tools": tool_versions()}
    if static and shop.recipe.calibration:
        key["calibration"] = [data_set_hash(shop.recipe.calibration), source_hash(f"edgemm.tasks.{shop.recipe.task}")]

    def build(folder: Path) -> None:
        unknown = set(form.graphs) - set(shop.traced.paths)
        if unknown:
            raise _unknown_graphs(form, unknown, shop)
        changed, files = {}, dict(shop.traced.files)
        for role, path in shop.traced.paths.items():
            name = shop.traced.graphs[role].file
            files[name] = path
            if form.steps(role):
                files[name] = folder / f"{role}.onnx"
                changed[role] = convert(role, path, files[name], form.steps(role), shop.target, calibration)
        write_bundle(folder / "bundle", _manifest(shop, form), files)
        for role in changed:
            (folder / f"{role}.onnx").unlink()
        (folder / "changed.json").write_text(json.dumps(changed), encoding="utf-8")

    label = f"{shop.target.name}-{form.name}"
    folder = once(shop.work, label, key, build)
    try:
        bundle = Bundle.open(folder / "bundle")
    except BundleError:  # damaged since, or written by a version whose bundles were others
        shutil.rmtree(folder)
        bundle = Bundle.open(once(shop.work, label, key, build) / "bundle")
    shop.used.add(folder)
    changed_nodes = json.loads((folder / "changed.json").read_text(encoding="utf-8"))
    return Candidate(bundle, changed_nodes)


def compared(shop: Shop, reference: Bundle, candidate: Bundle) -> tuple[Figure, ...]:
    """Figures of the candidate against float32 on the recipe's evaluation set; none without one."""
    if shop.recipe.evaluation is None:
        return ()
    name = shop.recipe.evaluation
    key = {
        "reference": reference.folder.parent.name,
        "candidate": candidate.folder.parent.name,
        "data": data_set_hash(name),
        "code": [source_hash(f"edgemm.{room}.{shop.recipe.task}") for room in ("evaluation", "tasks")],
    }

    def build(folder: Path) -> None:
        _, compare = evaluator(shop.recipe.task)
        figures = compare(reference, candidate, read_examples(data_set(name)))
        (folder / "figures.json").write_bytes(_FIGURES.dump_json(figures))

    folder = once(shop.work, "figures", key, build)
    shop.used.add(folder)
    return _FIGURES.validate_json((folder / "figures.json").read_bytes())


def measured(shop: Shop, bundle: Bundle) -> Measured:
    """Latency and memory of the bundle on this host."""
    key = {"bundle": bundle.folder.parent.name, "host": host_name(), "code": source_hash("export.proof.measure")}

    def build(folder: Path) -> None:
        data = data_set(shop.recipe.evaluation) if shop.recipe.evaluation else None
        (folder / "measured.json").write_text(measure(bundle.folder, data).model_dump_json(), encoding="utf-8")

    folder = once(shop.work, "measured", key, build)
    shop.used.add(folder)
    return Measured.model_validate_json((folder / "measured.json").read_text(encoding="utf-8"))


def _manifest(shop: Shop, form: FormConfig) -> Manifest:
    return Manifest(
        name=shop.name,
        family=shop.recipe.family,
        task=shop.recipe.task,
        precision=form.name,
        target=shop.target.name,
        source=shop.checkpoint.source,
        graphs=shop.traced.graphs,
        preprocess=shop.traced.preprocess,
        settings={**shop.traced.settings, **form.settings},
        files={},
        tools=tool_versions(),
        figures=shop.traced.parity,
    )


def _unknown_graphs(form: FormConfig, unknown: set[str], shop: Shop) -> ConfigError:
    return ConfigError(
        f"form {form.name} names a graph that the family does not export",
        expected=", ".join(shop.traced.paths),
        found=", ".join(sorted(unknown)),
    )
