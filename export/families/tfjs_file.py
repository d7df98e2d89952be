"""What is read of a TensorFlow.js graph model's JSON, and what it may hold; other keys are left alone."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

Size = Annotated[int, Field(ge=-1, le=2**31 - 1)]
"""-1: an axis that varies."""


class _Part(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True, alias_generator=to_camel)


class NodeEntry(_Part):
    name: str
    op: str
    input: tuple[str, ...] = ()
    attr: dict[str, dict[str, Any]] = Field(default_factory=dict)


class Topology(_Part):
    node: tuple[NodeEntry, ...]


class Quantization(_Part):
    dtype: Literal["float16", "uint8", "uint16"]
    scale: float | None = None
    min: float = 0.0


class Weight(_Part):
    name: str
    shape: tuple[Annotated[int, Field(ge=0, le=2**31 - 1)], ...] = Field(max_length=32)
    dtype: Literal["float32", "int32", "bool"]
    quantization: Quantization | None = None


class Group(_Part):
    paths: tuple[str, ...]
    weights: tuple[Weight, ...]


class Axis(_Part):
    size: Size


class Shape(_Part):
    dim: tuple[Axis, ...] = ()


class TensorInfo(_Part):
    name: str
    tensor_shape: Shape


class Signature(_Part):
    inputs: dict[str, TensorInfo]
    outputs: dict[str, TensorInfo]


class GraphModelFile(_Part):
    model_topology: Topology
    weights_manifest: tuple[Group, ...]
    signature: Signature
