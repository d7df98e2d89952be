"""Keep a source going: tell how it is, and open it again, with growing pauses, when its device is gone."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from typing import Literal

from edgemm.addresses import without_secrets
from edgemm.errors import DeviceError, EdgemmError
from edgemm.media import NS_PER_S
from runtime.items import Item, SourceState
from runtime.sources import Source

FIRST_PAUSE_S = 0.5
LONGEST_PAUSE_S = 8.0
PROVEN_S = 10.0
"""A device that has delivered for so long is back for good: only then are the pauses short again."""
NAP_S = 0.1
"""Longest wait inside one `read`, so that the driver can stop."""

log = logging.getLogger(__name__)


class RetryingSource:
    """A source around a source. `read` yields `SourceState` when the device is lost, stalls, ends or comes back.

    Whatever the source raises is a loss with a cause: its thread goes on. `stall_s` is how long nothing may come before
    the device counts as stalled and is opened again. The clock is the monotonic one; tests give their own.
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
        self._ended = False
        self._back_since_ns: int | None = None
        self._last_item_ns = 0
        self._told: SourceState | None = None
        self._held: Item | None = None

    def open(self) -> None:
        """Nothing yet: the first `read` opens the device, so that its absence is an item and no error."""

    def read(self) -> Item | None:
        if self._held is not None:
            held, self._held = self._held, None
            return held
        if self._ended:
            self._sleep(NAP_S)
            return None
        try:
            if not self._opened:
                self._try_to_open()
                return None
            item = self._source.read()
        except Exception as error:
            log.debug("%s: lost", self.name, exc_info=not isinstance(error, EdgemmError))
            return self._lost("missing", self._as_ours(error))
        now_ns = self._clock_ns()
        if isinstance(item, SourceState):
            return self._told_itself(item)
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

    def _told_itself(self, state: SourceState) -> SourceState:
        """A source's own word: what it passed over, or that it has ended and need not be opened again."""
        if state.state == "ended":
            self.close()
            self._ended = True
        return state

    def _delivered(self, item: Item, now_ns: int) -> Item:
        self._last_item_ns = now_ns
        if self._back_since_ns is None:
            self._back_since_ns = now_ns
        if now_ns - self._back_since_ns >= PROVEN_S * NS_PER_S:
            self._pause_s = FIRST_PAUSE_S
        ok = SourceState(self._device, "ok")
        if self._told == ok:
            return item
        self._told, self._held = ok, item
        return ok

    def _lost(self, state: Literal["missing", "stalled"], error: EdgemmError) -> SourceState | None:
        """Close, plan the next attempt, and tell it if it is news."""
        self._let_go()
        self._open_at_ns = self._clock_ns() + int(self._pause_s * NS_PER_S)
        self._pause_s = min(2 * self._pause_s, LONGEST_PAUSE_S)
        self._back_since_ns = None
        detail = error.what if error.found is None else f"{error.what}: {error.found}"
        told = SourceState(self._device, state, detail, error.remedy or f"Check the {self._device} and its cable.")
        if self._told == told:
            return None
        self._told = told
        return told

    def _let_go(self) -> None:
        self._opened = False
        try:
            self._source.close()
        except Exception:  # it is lost already, and told so; what its closing says is for those who debug
            log.debug("%s: cannot be closed", self.name, exc_info=True)

    def _as_ours(self, error: Exception) -> EdgemmError:
        """Any error as one of ours, so that a fault of a library is told like a cable that was pulled."""
        if isinstance(error, EdgemmError):
            return error
        return DeviceError(
            f"the {self._device} cannot be used",
            found=without_secrets(f"{type(error).__name__}: {error}".rstrip(": ")),
            remedy=f"Check the {self._device}; it is opened again by itself.",
        )
