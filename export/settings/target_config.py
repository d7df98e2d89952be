"""Targets: what differs between kinds of hosts. configs/export/targets/NAME.yaml."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from edgemm.host import host_target
from edgemm.settings.config import ConfigModel, find_config, load_yaml


class Qdq(ConfigModel):
    """Form of quantise/dequantise pairs."""

    activations: Literal["uint8", "int8"]
    weights: Literal["uint8", "int8"] = "int8"
    reduce_range: bool
    """7-bit weights, of dynamic forms too: without VNNI, u8s8 products saturate 16-bit sums."""


class Target(ConfigModel):
    """A kind of host."""

    name: str
    opset_at_most: int = Field(default=22, le=22)
    fused: bool
    """Whether fused operators of ONNX Runtime may be used."""
    qdq: Qdq


def load_target(name: str | None = None) -> Target:
    """A target by name or path; without a name this host's."""
    return load_yaml(Target, find_config("export/targets", name or host_target()))
