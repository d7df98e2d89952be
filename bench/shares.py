"""Shares with their uncertainty."""

from __future__ import annotations

from collections.abc import Sequence

from edgemm.bundles.figures import Figure
from edgemm.evaluation.classification import wilson_interval


def share(name: str, held: Sequence[bool], note: str = "") -> Figure:
    """How often it held, with Wilson's interval."""
    if not held:
        return Figure(name=name, value=float("nan"), samples=0, note=note)
    hits = sum(held)
    interval = wilson_interval(hits, len(held))
    return Figure(name=name, value=hits / len(held), samples=len(held), interval=interval, note=note)
