"""The life of the live assistant: start in dependency order, say when it is ready, watch, drain, stop."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any, TextIO

from runtime.control.control_server import ControlServer
from runtime.drivers.live_driver import LiveDriver
from runtime.drivers.table import Row, Tap
from runtime.items import Item, Press, Say, Scene, SourceState, TurnConfirmed, TurnRef, TurnText, VoicedChunk
from runtime.life.watchdog import notify, period_s
from runtime.sources import Source

STUCK_S = 10.0
"""A stage at one item for so long has hung; the service manager is no longer told that we live."""

READY = "Ready. I describe what the camera sees; I replace neither cane, nor dog, nor attention."

OUTSIDE = ("daemon",)
"""Producers of items that come from no stage and no source."""

LANES = ("camera", "microphone")


class Lanes:
    """Which of sight and hearing have given their first result, or have said that they are missing. A tap."""

    def __init__(self, wanted: Sequence[str]) -> None:
        self._open = set(wanted)
        self.settled = threading.Event()
        if not self._open:
            self.settled.set()

    def __call__(self, time_ns: int, producer: str, item: Item) -> None:
        if isinstance(item, Scene):
            self._open.discard("camera")
        elif isinstance(item, VoicedChunk):
            self._open.discard("microphone")
        elif isinstance(item, SourceState) and item.state != "ok":
            self._open.discard(item.source)
        if not self._open:
            self.settled.set()


class Daemon:
    """Runs a table on sources until a signal, `shutdown` on the control socket, or `stop` is set."""

    def __init__(
        self,
        rows: Sequence[Row],
        sources: Sequence[Source],
        taps: Sequence[Tap],
        greeting: str,
        stop: threading.Event,
        place: Path,
        duration_s: float | None = None,
    ) -> None:
        """`place` is where it listens for `edgemm stop`: claimed, so there is no other daemon. `duration_s`, where
        given, is how long it serves from when it is ready."""
        present = [source.name for source in sources]
        absent = [lane for lane in LANES if lane not in present]
        self._lanes = Lanes([lane for lane in LANES if lane in present])
        self._driver = LiveDriver(rows, sources, [*taps, self._lanes], [*OUTSIDE, *absent])
        self._control = ControlServer(self._answer, place)
        self._stop = stop
        self._greeting = greeting
        self._duration_s = duration_s
        self._typed_turns = 0

    def run(self, log: TextIO) -> None:
        """Start, serve until asked to stop, stop."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            if signal.getsignal(number) != signal.SIG_IGN:
                signal.signal(number, lambda *_: self._stop.set())
        try:
            self._control.start()
            self._driver.start()
            self._serve(log)
        finally:
            notify("STOPPING=1")
            self._driver.stop()
            self._control.stop()

    def deliver(self, item: Item) -> None:
        """Bring in an item of the daemon's own, from any thread."""
        self._driver.deliver("daemon", item)

    @property
    def telling(self) -> bool:
        """Whether a tap may still be called, though it has stopped."""
        return self._driver.telling

    def _serve(self, log: TextIO) -> None:
        while not self._lanes.settled.wait(0.05) and not self._stop.is_set():
            pass
        if not self._stop.is_set():
            self._driver.deliver("daemon", Say(self._greeting, "notice"))
            notify("READY=1")
            self._end_in_time()
        told: list[str] = []
        alive_s = period_s() or 1.0
        while not self._stop.wait(alive_s):
            stuck = self._driver.stuck(STUCK_S)
            if stuck != told:
                told = stuck
                log.write(f"stages that do not move: {', '.join(stuck) or 'none any more'}\n")
            if not stuck:
                notify("WATCHDOG=1")

    def _end_in_time(self) -> None:
        if self._duration_s is not None:
            timer = threading.Timer(self._duration_s, self._stop.set)
            timer.daemon = True
            timer.start()

    def _answer(self, message: dict[str, Any]) -> dict[str, Any]:
        """The control socket's requests. Raises ValueError for what is none."""
        command = message.get("command")
        if command == "silence":
            self._driver.deliver("daemon", Press("command"))
            return {"did": "silenced"}
        if command == "shutdown":
            self._stop.set()
            return {"did": "stopping"}
        if command == "ask":
            text = message.get("text")
            if not isinstance(text, str) or not text.strip():
                raise ValueError(f"expected a question as text, found {text!r}")
            text.encode()  # half a character, which JSON can hold, is no text: UnicodeEncodeError is a ValueError
            self._typed_turns += 1
            turn = TurnRef(-1_000_000 - self._typed_turns, 0)
            self._driver.deliver("daemon", TurnText(turn, text))
            self._driver.deliver("daemon", TurnConfirmed(turn, time.monotonic_ns()))
            return {"did": "asked"}
        raise ValueError(f"unknown command {command!r}: expected silence, shutdown or ask")
