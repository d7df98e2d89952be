"""The time of day where the device is."""

from __future__ import annotations

import time
from datetime import datetime


class LocalClock:
    """Asked anew each time: the clock is set once there is a network, summer time begins, people travel."""

    def at(self, now_ns: int) -> datetime:
        time.tzset()  # otherwise the C library keeps the time zone of its first answer
        return datetime.now().astimezone()
