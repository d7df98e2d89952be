"""What a recipe says about an existing ONNX file: which tensors play which role, and where to cut."""

from __future__ import annotations

import math
from collections import Counter
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator

from edgemm.bundles.manifest import PreprocessStep
from edgemm.errors import ConfigError


class _Options(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


def _in_order(bounds: tuple[float, float]) -> tuple[float, float]:
    if not (math.isfinite(bounds[0]) and math.isfinite(bounds[1]) and bounds[0] <= bounds[1]):
        raise ValueError("two numbers, the smaller one first")
    return bounds


Axis = Annotated[int, Field(ge=0)] | Annotated[str, Field(min_length=1)]


class TensorOptions(_Options):
    """A tensor of the file, and the axes that the task names. A whole number fixes the axis in the graph."""

    tensor: str = Field(min_length=1)
    axes: tuple[Axis, ...]


class StateOptions(_Options):
    """Roles of a state: `past` an input, `present` the output that is given back as `past`."""

    past: str
    present: str
    axis: str | None = None


class Constant(_Options):
    """A tensor whose value is known once the graph is cut (a mask of ones at batch 1)."""

    value: float
    axes: tuple[int, ...] = ()


class GraphOptions(_Options):
    """One graph: the part of `file` between `inputs` and `outputs`, which map the task's roles to tensors."""

    file: str
    inputs: dict[str, TensorOptions]
    outputs: dict[str, TensorOptions] = Field(min_length=1)
    constants: dict[str, Constant] = Field(default_factory=dict)
    states: tuple[StateOptions, ...] = ()

    @model_validator(mode="after")
    def _fits_together(self) -> GraphOptions:
        for tensors in (self.inputs, self.outputs):
            twice = [name for name, count in Counter(t.tensor for t in tensors.values()).items() if count > 1]
            if twice:
                raise ValueError(f"one role per tensor; {', '.join(twice)} has several")
        for state in self.states:
            if state.past not in self.inputs or state.present not in self.outputs:
                raise ValueError(
                    f"a state names an input and an output of the graph; found {state.past}, {state.present}"
                )
        return self


class OnnxOptions(_Options):
    """Options of the family `onnx`."""

    graphs: dict[Annotated[str, Field(pattern=r"^\w[\w-]*$")], GraphOptions] = Field(min_length=1)
    sizes: dict[str, Annotated[int, Field(ge=1)]] = Field(default_factory=dict)
    """Size of each named axis in the verification run."""
    ranges: dict[str, Annotated[tuple[float, float], AfterValidator(_in_order)]] = Field(default_factory=dict)
    """Values of the file's inputs in the verification run, uniform in low..high; whole-number inputs need one."""
    tolerance: float = 1e-4
    """Largest difference from the file's own outputs, as a part of their largest magnitude (at least 1)."""
    opset: int | None = Field(default=None, ge=7, le=22)
    """Convert to this opset (int8 per channel needs 13)."""
    settings: dict[str, Any] = Field(default_factory=dict)
    preprocess: tuple[PreprocessStep, ...] = ()
    files: dict[str, str] = Field(default_factory=dict)
    """Further files of the bundle: name in the bundle → file of the checkpoint."""
    metadata_files: dict[str, str] = Field(default_factory=dict)
    """Files written from an ONNX file's metadata: name in the bundle → 'file.onnx:key'."""

    @model_validator(mode="after")
    def _files_are_known(self) -> OnnxOptions:
        known = {graph.file for graph in self.graphs.values()}
        for source in self.metadata_files.values():
            if source.partition(":")[0] not in known:
                raise ValueError(f"metadata_files name one of {', '.join(sorted(known))}; found {source}")
        return self


def parse_options(options: dict[str, Any]) -> OnnxOptions:
    """The recipe's options, checked. Raises ConfigError that names the key."""
    try:
        return OnnxOptions.model_validate(options)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        place = ".".join(str(step) for step in ("options", *first["loc"]))
        raise ConfigError(f"{place} (family 'onnx')", expected=first["msg"], found=repr(first["input"])[:80]) from error
