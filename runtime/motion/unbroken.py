"""Whether motion can be seen at all: how long the picture has been watched without a break, and since when it moves."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from runtime.motion.camera_motion import Grey

Blindness = Literal["", "unsteady", "still"]


@dataclass
class Unbroken:
    """Watches the watching. Times in s, of capture."""

    least_s: float
    """What comes closer shows only in pictures that have been followed for so long; a longer gap is a break."""
    _since_s: float | None = None
    _newest_s: float = 0.0
    _changed_s: float = 0.0
    _picture: Grey | None = None

    def restart(self) -> None:
        """The view was lost: begin anew with the next picture."""
        self._since_s = None

    def add(self, time_s: float, picture: Grey, *, broken: bool) -> None:
        """The next picture; `broken` if what came before says nothing about it (a cut, a pan)."""
        if broken or self._since_s is None or time_s - self._newest_s > self.least_s:
            self._since_s = time_s
        if self._picture is None or not np.array_equal(picture, self._picture):
            self._changed_s = time_s
        self._newest_s, self._picture = time_s, picture

    def blind(self) -> Blindness:
        """Why nothing that comes closer would show now: "unsteady" just after a break, "still" for a still picture."""
        if self._newest_s - self._changed_s >= self.least_s:
            return "still"
        return "unsteady" if self._since_s is None or self._newest_s - self._since_s < self.least_s else ""
