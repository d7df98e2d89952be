"""Targets: what differs between kinds of hosts. configs/export/targets/NAME.yaml."""

from __future__ import annotations

import platform
from typing import Literal

from pydantic import Field

from edgemm.config import ConfigModel, find_config, load_yaml
from edgemm.errors import HostError

_TARGET_OF_MACHINE = {"x86_64": "cpu-x86", "amd64": "cpu-x86", "aarch64": "cpu-arm64", "arm64": "cpu-arm64"}


class Qdq(ConfigModel):
    """Form of quantise/dequantise pairs."""

    activations: Literal["uint8", "int8"]
    weights: Literal["uint8", "int8"] = "int8"
    reduce_range: bool
    """7-bit weights: without VNNI, u8s8 products saturate 16-bit sums."""


class Target(ConfigModel):
    """A kind of host."""

    name: str
    opset_at_most: int = Field(default=22, le=22)
    fused: bool
    """Whether fused operators of ONNX Runtime may be used."""
    qdq: Qdq


def host_target_name() -> str:
    """The target of this host. Raises HostError on a machine without one."""
    machine = platform.machine().lower()
    if machine not in _TARGET_OF_MACHINE:
        raise HostError(
            "no export target for this machine",
            expected=", ".join(_TARGET_OF_MACHINE),
            found=machine,
            remedy="Name one with --target.",
        )
    return _TARGET_OF_MACHINE[machine]


def load_target(name: str | None = None) -> Target:
    """A target by name or path; without a name this host's."""
    return load_yaml(Target, find_config("export/targets", name or host_target_name()))
