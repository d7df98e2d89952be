"""Measures what edgemm promises. The only room that may use both sides, and other people's programs as peers.

One module per figure; each has `measure(context: Context) -> Measurement`. Timings are ratios against a peer or a
baseline, interleaved in one run. To add one: a module and its line in `BENCHES`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from typing import Protocol, cast

from edgemm.bundles.figures import Figure
from runtime.table.models import Models

BENCHES: dict[str, str] = {
    "recogniser": "bench.recogniser",
    "vision": "bench.vision",
    "voice": "bench.voice",
    "turns": "bench.turns",
    "answers": "bench.answers",
    "alerts": "bench.alerts",
    "overhead": "bench.overhead",
    "start": "bench.start",
    "memory": "bench.memory",
    "straight_line": "bench.straight_line",
}


@dataclass(frozen=True)
class Context:
    """What every benchmark gets: the pack's models, where bundles lie, and a folder for its own files."""

    pack: str
    bundles: Path
    target: str
    folder: Path

    def models(self) -> Models:
        """A fresh set of the pack's models, not opened yet."""
        return Models(self.pack, self.bundles, self.target)


@dataclass(frozen=True)
class Measurement:
    """Figures, each with its bound where one is promised; `series` (name → values) are what the plot shows."""

    figures: tuple[Figure, ...]
    note: str = ""
    series: Mapping[str, Sequence[float]] = field(default_factory=dict)
    series_unit: str = "ms"


class Bench(Protocol):
    """A module of this room."""

    def measure(self, context: Context) -> Measurement: ...


def bench(name: str) -> Bench:
    """The benchmark of a name."""
    return cast(Bench, import_module(BENCHES[name]))
