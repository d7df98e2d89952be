"""What a recipe says about an existing ONNX file: which tensors play which role, and where to cut."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from edgemm.bundles.manifest import PreprocessStep
from edgemm.errors import ConfigError


class _Options(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class TensorOptions(_Options):
    """A tensor of the file, and the axes that the task names. A whole number fixes the axis in the graph."""

    tensor: str
    axes: tuple[int | str, ...]


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
    outputs: dict[str, TensorOptions]
    constants: dict[str, Constant] = Field(default_factory=dict)
    states: tuple[StateOptions, ...] = ()


class OnnxOptions(_Options):
    """Options of the family `onnx`."""

    graphs: dict[str, GraphOptions]
    sizes: dict[str, int] = Field(default_factory=dict)
    """Size of each named axis in the verification run."""
    ranges: dict[str, tuple[float, float]] = Field(default_factory=dict)
    """Values of the file's inputs in the verification run, uniform in low..high; whole-number inputs need one."""
    tolerance: float = 1e-4
    """Largest difference from the file's own outputs, as a part of their largest magnitude (at least 1)."""
    opset: int | None = None
    """Convert to this opset (int8 per channel needs 13)."""
    settings: dict[str, Any] = Field(default_factory=dict)
    preprocess: tuple[PreprocessStep, ...] = ()
    files: dict[str, str] = Field(default_factory=dict)
    """Further files of the bundle: name in the bundle → file of the checkpoint."""
    metadata_files: dict[str, str] = Field(default_factory=dict)
    """Files written from an ONNX file's metadata: name in the bundle → 'file.onnx:key'."""


def parse_options(options: dict[str, Any]) -> OnnxOptions:
    """The recipe's options, checked. Raises ConfigError that names the key."""
    try:
        return OnnxOptions.model_validate(options)
    except ValidationError as error:
        raise ConfigError("options of family 'onnx'", found=error) from error
