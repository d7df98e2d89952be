"""A pack: the set of models that makes an assistant, for one class of device."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal

from pydantic import Field

from edgemm.settings.config import ConfigModel, find_config, load_yaml

Role = Literal[
    "recogniser",
    "detector",
    "classifier",
    "embedder",
    "voice",
    "voice_activity",
    "end_of_turn",
    "reader",
]


class Budget(ConfigModel):
    """What the pack must live in on its class of device; `edgemm bench` compares against it."""

    memory_mb: float = Field(gt=0)
    """Proportional set size of the daemon and its children, in megabytes."""
    voice_to_first_sound_ms: float = Field(gt=0)
    """95th percentile from the end of speech to the first content word."""
    alert_ms: float = Field(gt=0)
    """99th percentile from the frame that shows a hazard to the alert."""
    start_s: float = Field(gt=0)
    """From process start to microphone open and first frame analysed, files cached."""


class Pack(ConfigModel):
    """A set of models by role."""

    description: str
    """One line: for which devices, and what it can do."""
    roles: dict[Role, str] = Field(min_length=1)
    """Role → recipe name (`configs/export/NAME.yaml`); on a device the bundle is `bundles/RECIPE/TARGET`."""
    budget: Budget
    """What it may cost."""
    runtime: dict[str, Any] = Field(default_factory=dict)
    """Defaults of the runtime configuration that suit this pack; CONFIG and flags override them."""


def load_pack(name: str) -> Pack:
    """The pack of a name or file. Raises ConfigError."""
    return load_yaml(Pack, find_config("packs", name))


def bundle_folders(pack: Pack, bundles: Path, target: str) -> dict[Role, Path]:
    """Folder of each role's bundle, whether or not it is there."""
    return {role: bundles / recipe / target for role, recipe in pack.roles.items()}
