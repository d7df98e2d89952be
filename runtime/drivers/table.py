"""The words of the stage table: a row per stage, a link per input port, a tap for whoever listens to everything."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from runtime.items import Item
from runtime.stages import Stage

Tap = Callable[[int, str, Item], None]
"""Called with (stream time in ns, producer, item) for every item that is delivered."""


@dataclass(frozen=True)
class Link:
    """Items of type `item` from `producer` arrive at `port`. `latest` drops what is older and counts it.

    `where` narrows the items; a stage's links are served in the order of its row, so the first is the most urgent.
    """

    producer: str
    item: type
    port: str
    policy: Literal["lossless", "latest"] = "lossless"
    where: Callable[[Any], bool] | None = None


@dataclass(frozen=True)
class Row:
    """A stage, its links, and what the drivers need to know about it.

    `cost_ms` is the constant stream time that the replay driver charges for each item that the stage yields, and for a
    step that yields nothing. `tick_ms` is the period at which the driver delivers `Tick` on port `tick`.
    """

    name: str
    stage: Stage
    links: tuple[Link, ...]
    cost_ms: float = 0.0
    tick_ms: float | None = None
