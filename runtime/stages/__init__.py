"""Stages: passive, typed, clockless. One file each.

A stage yields items; it starts no thread, reads no clock, opens no device. Between two yields the driver may close the
generator (interruption, alert, speech that goes on), so a stage keeps its state consistent at every yield.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

from runtime.items import Item


class Stage(Protocol):
    """One step of the pipeline."""

    def step(self, port: str, item: Item, now_ns: int) -> Iterator[Item]:
        """Handle `item` on `port` at stream time `now_ns`; yield what follows from it."""
        ...
