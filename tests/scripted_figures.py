"""What the tests of figures share: two bundles that are only names, and figures by name."""

from __future__ import annotations

from collections.abc import Sequence
from types import SimpleNamespace

from edgemm.bundles.figures import Figure

FLOAT32, QUANTISED = SimpleNamespace(name="float32"), SimpleNamespace(name="quantised")


def by_name(figures: Sequence[Figure]) -> dict[str, Figure]:
    return {figure.name: figure for figure in figures}


def values(figures: Sequence[Figure]) -> dict[str, float]:
    return {figure.name: figure.value for figure in figures}
