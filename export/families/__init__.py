"""Model families. One module per architecture; this table is how recipes find them.

A family module has one public function

    def export(checkpoint: Checkpoint, work: Path, options: dict[str, Any]) -> Traced

that loads the weights, writes float32 graphs (unfused, opset <= 20, IR <= 10) under `work`, names their tensors as the
task asks, and measures parity with the checkpoint. Everything after that (quantising, gates, writing) is the line's.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from typing import Any

from edgemm.bundles.figures import Figure
from edgemm.bundles.manifest import Graph, PreprocessStep
from edgemm.errors import ConfigError
from export.sources import Checkpoint

FAMILIES: dict[str, str] = {
    "whisper": "export.families.whisper",
    "efficientnet": "export.families.efficientnet",
    "bert": "export.families.bert",
    "nanodet": "export.families.nanodet",
    "onnx": "export.families.onnx",
}


@dataclass(frozen=True)
class Traced:
    """What a family hands to the line. `graphs` are the manifest's, `paths` the float32 ONNX file of each role."""

    graphs: dict[str, Graph]
    paths: dict[str, Path]
    preprocess: tuple[PreprocessStep, ...] = ()
    settings: dict[str, Any] = field(default_factory=dict)
    files: dict[str, Path] = field(default_factory=dict)
    """Other files of the bundle (tokenizer, labels): name in the bundle → file."""
    parity: tuple[Figure, ...] = ()
    """float32 graph against the checkpoint, each with its tolerance as a gate."""


def family_export(name: str) -> Callable[[Checkpoint, Path, dict[str, Any]], Traced]:
    """The `export` function of a family; ConfigError for an unknown name."""
    if name not in FAMILIES:
        raise ConfigError("unknown family", expected=", ".join(FAMILIES), found=name)
    function: Callable[[Checkpoint, Path, dict[str, Any]], Traced] = import_module(FAMILIES[name]).export
    return function
