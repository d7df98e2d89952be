"""The live driver: a thread, a mailbox and a heartbeat for each stage; a thread for each source."""

from __future__ import annotations

import logging
import queue
import threading
import time
from collections.abc import Callable, Sequence

from edgemm.media import NS_PER_MS
from runtime.drivers.routing import TICK_PORT, Mailbox, Routes, VoidTurns, close_job
from runtime.drivers.table import Row, Tap
from runtime.items import Cancel, Fault, Item, Overrun, Tick, Working
from runtime.sources import Source

TAPS_TIMEOUT_S = 10.0
"""Time at the end for what is still to be told, logged and recorded."""

log = logging.getLogger(__name__)


class _Worker:
    """One stage's thread."""

    def __init__(self, row: Row, driver: LiveDriver) -> None:
        self.row = row
        self.mailbox = Mailbox(row)
        self.wake = threading.Condition()
        self.busy_since_ns: int | None = None
        self._driver = driver
        self.thread = threading.Thread(target=self._run, name=row.name, daemon=True)

    def put(self, port: str, item: Item) -> None:
        with self.wake:
            self.mailbox.put(port, item)
            self.wake.notify()

    def purge(self, void: VoidTurns) -> None:
        with self.wake:
            self.mailbox.purge(void)

    def _next(self) -> tuple[str, Item] | None:
        with self.wake:
            while not self._driver.stopping.is_set():
                waiting = self.mailbox.pop()
                if waiting is not None:
                    return waiting
                self.wake.wait()
        return None

    def _run(self) -> None:
        while (waiting := self._next()) is not None:
            self.busy_since_ns = time.monotonic_ns()
            self._work(*waiting)
            self.busy_since_ns = None

    def _work(self, port: str, item: Item) -> None:
        job = self.row.stage.step(port, item, time.monotonic_ns())
        try:
            for produced in job:
                self._driver.deliver(self.row.name, produced)
                if self._driver.void.holds(item) or self._driver.stopping.is_set():
                    break
        except Exception as error:
            log.debug("stage %s failed", self.row.name, exc_info=True)
            self._driver.deliver(self.row.name, Fault(self.row.name, f"{type(error).__name__}: {error}"))
        finally:
            close_job(job)


class LiveDriver:
    """Runs a table of stages on devices. `start`, then `stop`; `deliver` brings in items from outside."""

    def __init__(
        self,
        rows: Sequence[Row],
        sources: Sequence[Source],
        taps: Sequence[Tap] = (),
        outside: Sequence[str] = (),
    ) -> None:
        """`outside` names further producers of the table: whoever calls `deliver`, and sources that are not there."""
        self.stopping = threading.Event()
        self.void = VoidTurns()
        self._routes = Routes(rows, [source.name for source in sources] + list(outside))
        self._workers = {row.name: _Worker(row, self) for row in rows}
        self._sources = [
            threading.Thread(target=self._pump, args=(source,), name=source.name, daemon=True) for source in sources
        ]
        self._taps = taps
        self._told: queue.SimpleQueue[tuple[int, str, Item] | None] = queue.SimpleQueue()
        self._teller = threading.Thread(target=self._tell, name="taps", daemon=True)
        self._ticker = threading.Thread(target=self._tick, name="ticks", daemon=True)

    def start(self) -> None:
        self._teller.start()
        for worker in self._workers.values():
            worker.thread.start()
        for source in self._sources:
            source.start()
        self._ticker.start()

    def stop(self, timeout_s: float = 1.5) -> None:
        """Stop sources and stages, close their jobs, flush the taps. Safe to call twice."""
        if self.stopping.is_set():
            return
        self.stopping.set()
        deadline = time.monotonic() + timeout_s
        for worker in self._workers.values():
            with worker.wake:
                worker.wake.notify_all()
        for thread in [*self._sources, *(worker.thread for worker in self._workers.values())]:
            if thread.ident is not None:  # a start that failed may have come before it
                thread.join(max(0.0, deadline - time.monotonic()))
        for worker in self._workers.values():
            for port, count in worker.mailbox.dropped.items():
                self._told.put((time.monotonic_ns(), worker.row.name, Overrun(f"{worker.row.name}.{port}", count)))
        self._told.put(None)
        if self._teller.ident is not None:
            self._teller.join(TAPS_TIMEOUT_S)

    @property
    def telling(self) -> bool:
        """Whether a tap may still be called: a disk or a terminal that hangs outlasts `stop`."""
        return self._teller.is_alive()

    def deliver(self, producer: str, item: Item) -> None:
        """Route an item to every stage that wants it. Callable from any thread."""
        if isinstance(item, Working) or self.void.holds(item):
            return
        self._told.put((time.monotonic_ns(), producer, item))
        if isinstance(item, Cancel):
            self.void.add(item)
            for worker in self._workers.values():
                worker.purge(self.void)
        for name, port in self._routes.targets(producer, item):
            self._workers[name].put(port, item)

    def stuck(self, longer_than_s: float) -> list[str]:
        """Stages that have been at one item for longer than that: the watchdog's question."""
        limit_ns = time.monotonic_ns() - int(longer_than_s * 1e9)
        return [
            name
            for name, worker in self._workers.items()
            if (since_ns := worker.busy_since_ns) is not None and since_ns < limit_ns
        ]

    def _pump(self, source: Source) -> None:
        try:
            source.open()
            while not self.stopping.is_set():
                item = source.read()
                if item is not None:
                    self.deliver(source.name, item)
        except Exception as error:
            log.debug("source %s failed", source.name, exc_info=True)
            self.deliver(source.name, Fault(source.name, f"{type(error).__name__}: {error}"))
        finally:
            source.close()

    def _tick(self) -> None:
        periods = {name: worker.row.tick_ms for name, worker in self._workers.items() if worker.row.tick_ms is not None}
        due_ns = dict.fromkeys(periods, time.monotonic_ns())
        while periods and not self.stopping.wait(min(periods.values()) / 2000):
            now_ns = time.monotonic_ns()
            for name, period_ms in periods.items():
                if now_ns >= due_ns[name]:
                    due_ns[name] = max(due_ns[name] + int(period_ms * NS_PER_MS), now_ns)
                    self._workers[name].put(TICK_PORT, Tick())

    def _tell(self) -> None:
        while (told := self._told.get()) is not None:
            for tap in self._taps:
                _call(tap, *told)


def _call(tap: Callable[[int, str, Item], None], time_ns: int, producer: str, item: Item) -> None:
    try:
        tap(time_ns, producer, item)
    except Exception:
        log.exception("an observer of events failed on an item of %s", producer)
