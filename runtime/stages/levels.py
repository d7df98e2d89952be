"""Volume and speaking rate: the steps by which they are changed, and what volume does to sound."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

import numpy as np

from edgemm.media import Samples
from runtime.items import Effect

STEP: Mapping[str, float] = {"volume": 1.3, "rate": 1.2}
"""One step louder or faster, as a factor."""
RANGE: Mapping[str, tuple[float, float]] = {"volume": (0.1, 4.0), "rate": (0.5, 3.0)}


class Levels:
    """What was asked for so far; 1.0 is normal."""

    def __init__(self, volume: float, rate: float) -> None:
        self._levels: dict[Literal["volume", "rate", "stop"], float] = {"volume": volume, "rate": rate}

    def change(self, effect: Effect) -> Effect:
        """The effect with the new level in place of its step: so many steps up, or back to normal for 0."""
        low, high = RANGE[effect.name]
        level = self._levels[effect.name] * STEP[effect.name] ** effect.value if effect.value else 1.0
        self._levels[effect.name] = min(max(level, low), high)
        return Effect(effect.turn, effect.name, self._levels[effect.name])

    def loud(self, samples: Samples, kind: str) -> Samples:
        """At the volume that was asked for; an alert never below normal."""
        volume = max(self._levels["volume"], 1.0) if kind == "alert" else self._levels["volume"]
        loud: Samples = np.clip(samples * np.float32(volume), -1, 1)
        return loud
