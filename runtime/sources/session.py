"""A session played at live speed, as the camera or the microphone that it was recorded from."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Iterator
from typing import Literal

from edgemm.media import NS_PER_S, AudioChunk, VideoFrame
from runtime.items import SourceState
from runtime.sessions.session import Arrival
from runtime.sessions.session_reader import Session
from runtime.sources.pace import NAP_NS, Pace


class SessionSource:
    """One of the two lanes of a session. Both lanes share a `Pace`, so that they keep in step."""

    def __init__(self, session: Session, name: Literal["camera", "microphone"], pace: Pace) -> None:
        self.name = name
        self.ended = False
        self._session = session
        self._pace = pace
        self._arrivals: Iterator[Arrival] = iter(())
        self._next: Arrival | None = None

    def open(self) -> None:
        self._arrivals = self._session.arrivals(self.name)
        self._next = next(self._arrivals, None)

    def read(self) -> VideoFrame | AudioChunk | SourceState | None:
        """What comes next; after its last picture, once, that it is over."""
        arrival = self._next
        if arrival is None:
            first, self.ended = not self.ended, True
            if first and self.name == "camera":
                return SourceState("camera", "ended", "the session has been played", "The recording is over.")
            time.sleep(NAP_NS / NS_PER_S)
            return None
        if not self._pace.reached(arrival.time_ns):
            return None
        self._next = next(self._arrivals, None)
        captured_ns = self._pace.time_of(arrival.item.capture_time_ns)
        return dataclasses.replace(arrival.item, capture_time_ns=captured_ns)

    def close(self) -> None:
        self._arrivals, self._next = iter(()), None
