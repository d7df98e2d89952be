"""What time it is where the assistant is: the only clock that a stage may ask, and it is given."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    """Local time, asked for when somebody wants to know it."""

    def at(self, now_ns: int) -> datetime:
        """Local time at stream time `now_ns`."""


@dataclass(frozen=True)
class WallClock:
    """Local time from stream time. A session has a fixed start, so that a replay says the same."""

    start: datetime
    start_ns: int = 0

    def at(self, now_ns: int) -> datetime:
        return self.start + timedelta(microseconds=(now_ns - self.start_ns) // 1000)
