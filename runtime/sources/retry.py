"""Keep a source going: tell how it is, and open it again, with growing pauses, when its device is gone."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Literal

from edgemm.errors import DeviceError
from edgemm.media import NS_PER_S
from runtime.items import Item, SourceState
from runtime.sources import Source

FIRST_PAUSE_S = 0.5
LONGEST_PAUSE_S = 8.0
NAP_S = 0.1
"""Longest wait inside one `read`, so that the driver can stop."""


class RetryingSource:
    """A source around a source. `read` yields `SourceState` when the device is lost, stalls or comes back.

    `stall_s` is how long nothing may come before the device counts as stalled and is opened again. The clock is the
    monotonic one; tests give their own.
    """

    def __init__(
        self,
        source: Source,
        device: Literal["camera", "microphone", "speaker", "button"],
        stall_s: float = 2.0,
        clock_ns: Callable[[], int] = time.monotonic_ns,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.name = source.name
        self._source = source
        self._device = device
        self._stall_ns = int(stall_s * NS_PER_S)
        self._clock_ns = clock_ns
        self._sleep = sleep
        self._pause_s = FIRST_PAUSE_S
        self._open_at_ns = 0
        self._opened = False
        self._last_item_ns = 0
        self._told: SourceState | None = None
        self._held: Item | None = None

    def open(self) -> None:
        """Nothing yet: the first `read` opens the device, so that its absence is an item and no error."""

    def read(self) -> Item | None:
        if self._held is not None:
            held, self._held = self._held, None
            return held
        try:
            if not self._opened:
                self._try_to_open()
                return None
            item = self._source.read()
        except DeviceError as error:
            return self._lost("missing", error)
        now_ns = self._clock_ns()
        if item is not None:
            return self._delivered(item, now_ns)
        if now_ns - self._last_item_ns > self._stall_ns:
            stalled = DeviceError(
                f"the {self._device} delivers nothing",
                found=f"silence for {self._stall_ns / NS_PER_S:g} s",
                remedy=f"Check the {self._device} and its cable or network; it is opened again by itself.",
            )
            return self._lost("stalled", stalled)
        return None

    def close(self) -> None:
        self._opened = False
        self._source.close()

    def _try_to_open(self) -> None:
        now_ns = self._clock_ns()
        if now_ns < self._open_at_ns:
            self._sleep(min(NAP_S, (self._open_at_ns - now_ns) / NS_PER_S))
            return
        self._source.open()
        self._opened = True
        self._last_item_ns = self._clock_ns()

    def _delivered(self, item: Item, now_ns: int) -> Item:
        self._last_item_ns = now_ns
        self._pause_s = FIRST_PAUSE_S
        ok = SourceState(self._device, "ok")
        if self._told == ok:
            return item
        self._told, self._held = ok, item
        return ok

    def _lost(self, state: Literal["missing", "stalled"], error: DeviceError) -> SourceState | None:
        """Close, plan the next attempt, and tell it if it is news."""
        self._source.close()
        self._opened = False
        self._open_at_ns = self._clock_ns() + int(self._pause_s * NS_PER_S)
        self._pause_s = min(2 * self._pause_s, LONGEST_PAUSE_S)
        detail = error.what if error.found is None else f"{error.what}: {error.found}"
        told = SourceState(self._device, state, detail, error.remedy or f"Check the {self._device} and its cable.")
        if self._told == told:
            return None
        self._told = told
        return told
