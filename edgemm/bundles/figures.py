"""Figure: one measured number with its tolerance; the form in which reports and manifests carry proof."""

from __future__ import annotations

import math
from typing import Annotated

from pydantic import BaseModel, ConfigDict, PlainSerializer

Number = Annotated[
    float, PlainSerializer(lambda value: value if math.isfinite(value) else str(value), when_used="json")
]
"""Infinities and what is no number are JSON strings ("inf", "nan"): JSON has no such numbers, and `null` is a loss."""


class Figure(BaseModel):
    """A measured value. With `at_most` or `at_least` it is a gate, and `holds` says whether it held."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    value: Number
    unit: str = ""
    at_most: Number | None = None
    at_least: Number | None = None
    samples: int | None = None
    interval: tuple[Number, Number] | None = None
    note: str = ""

    @property
    def is_gate(self) -> bool:
        return self.at_most is not None or self.at_least is not None

    @property
    def holds(self) -> bool:
        """False when the value is NaN or outside its bounds."""
        above = self.at_least is None or self.value >= self.at_least
        below = self.at_most is None or self.value <= self.at_most
        return above and below and self.value == self.value

    def gated(self, at_most: float | None, at_least: float | None) -> Figure:
        """The same figure with bounds."""
        return self.model_copy(update={"at_most": at_most, "at_least": at_least})
