"""Samples on their way to the ear: those that wait for the device, and those that it has taken and plays later."""

from __future__ import annotations

import threading
from collections import deque

NS_PER_S = 1_000_000_000


class PlayBuffer:
    """16-bit mono samples. Counts are of samples since the start; times are of the monotonic clock."""

    def __init__(self) -> None:
        self._waiting = bytearray()
        self._lock = threading.Lock()
        self._taken = 0
        self._heard = 0
        self._sounding: deque[tuple[int, int, int, int]] = deque()
        """Blocks that the device has: first sample, samples, when the first is audible, rate in Hz."""

    def add(self, payload: bytes) -> None:
        with self._lock:
            self._waiting += payload

    def take(self, samples: int, audible_ns: int, rate_hz: int) -> bytes:
        """At most so many samples for the device; the first will be audible at `audible_ns`."""
        with self._lock:
            piece = bytes(self._waiting[: 2 * samples])
            del self._waiting[: 2 * samples]
            count = len(piece) // 2
            if count:
                self._sounding.append((self._taken, count, audible_ns, rate_hz))
            self._taken += count
        return piece

    def clear(self) -> int:
        """Drop what waits; the count of samples that the device has taken, which will still be heard."""
        with self._lock:
            self._waiting.clear()
            return self._taken

    def heard(self, now_ns: int) -> int:
        """How many samples have been audible by now: what defines what a person has heard."""
        with self._lock:
            while self._sounding:
                first, count, audible_ns, rate_hz = self._sounding[0]
                played = max(0, now_ns - audible_ns) * rate_hz // NS_PER_S
                if played:
                    self._heard = max(self._heard, first + min(played, count))
                if played < count:
                    break
                self._sounding.popleft()
            return self._heard
