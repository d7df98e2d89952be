"""Deliver recorded things at the times at which they happened."""

from __future__ import annotations

import time

from edgemm.media import NS_PER_S

NAP_NS = 100_000_000
"""Longest wait at a time, so that a driver can stop."""


class Pace:
    """Recorded time, played at live speed from the first question on."""

    def __init__(self) -> None:
        self._start_ns: int | None = None

    def time_of(self, recorded_ns: int) -> int:
        """The monotonic time at which a recorded moment is due."""
        if self._start_ns is None:
            self._start_ns = time.monotonic_ns()
        return self._start_ns + recorded_ns

    def reached(self, recorded_ns: int) -> bool:
        """Wait for a recorded moment, but not long; True once it has come."""
        wait_ns = self.time_of(recorded_ns) - time.monotonic_ns()
        if wait_ns > 0:
            time.sleep(min(wait_ns, NAP_NS) / NS_PER_S)
        return wait_ns <= NAP_NS
