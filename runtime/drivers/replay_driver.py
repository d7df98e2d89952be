"""The replay driver: all stages in one loop, in stream-time order, with the cost model of their rows.

A discrete-event simulation. Work is computed when a stage would start on it and delivered when the stage would have
finished, so frames are dropped, guesses come late and alerts pre-empt as they do live, and the same session always
gives the same event log.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from edgemm.latency import StageTimer
from edgemm.media import NS_PER_MS
from runtime.drivers.routing import TICK_PORT, Mailbox, Routes, VoidTurns, close_job
from runtime.drivers.table import Row, Tap
from runtime.items import Cancel, Fault, Item, Overrun, Tick, Working


@dataclass
class _Worker:
    row: Row
    mailbox: Mailbox
    job: Iterator[Item] | None = None
    item: Item | None = None
    epoch: int = 0
    """Grows when a job ends or is closed, so that a delivery scheduled for it finds that it is void."""


@dataclass(order=True)
class _Event:
    time_ns: int
    order: int
    action: Callable[[], None] = field(compare=False)


class ReplayDriver:
    """Runs a table of stages over the items of a recording."""

    def __init__(self, rows: Sequence[Row], source_names: Sequence[str], taps: Sequence[Tap] = ()) -> None:
        self._workers = {row.name: _Worker(row, Mailbox(row)) for row in rows}
        self._routes = Routes(rows, source_names)
        self._taps = taps
        self._void = VoidTurns()
        self._heap: list[_Event] = []
        self._order = 0
        self._stopped = False
        self.now_ns = 0
        self.timer = StageTimer()
        """What the stages really took on this host, by name: another channel than stream time."""

    def run(self, arrivals: Iterable[tuple[int, str, Item]], end_ns: int) -> None:
        """Play `arrivals`, (arrival time, source name, item) in time order, until stream time `end_ns`."""
        for worker in self._workers.values():
            if worker.row.tick_ms is not None:
                self._schedule_tick(worker, 0)
        feed = iter(arrivals)
        self._schedule_arrival(feed)
        while self._heap and self._heap[0].time_ns <= end_ns and not self._stopped:
            event = heapq.heappop(self._heap)
            self.now_ns = event.time_ns
            event.action()
        for worker in self._workers.values():
            for port, count in worker.mailbox.dropped.items():
                self._tell(worker.row.name, Overrun(link=f"{worker.row.name}.{port}", count=count))

    def stop(self) -> None:
        """End `run` after the present event: for taps that have seen what they wanted."""
        self._stopped = True

    def _at(self, time_ns: int, action: Callable[[], None]) -> None:
        self._order += 1
        heapq.heappush(self._heap, _Event(time_ns, self._order, action))

    def _schedule_tick(self, worker: _Worker, time_ns: int) -> None:
        def tick() -> None:
            assert worker.row.tick_ms is not None
            worker.mailbox.put(TICK_PORT, Tick())
            self._start(worker)
            self._schedule_tick(worker, time_ns + int(worker.row.tick_ms * NS_PER_MS))

        self._at(time_ns, tick)

    def _schedule_arrival(self, feed: Iterator[tuple[int, str, Item]]) -> None:
        arrival = next(feed, None)
        if arrival is None:
            return
        time_ns, source, item = arrival

        def arrive() -> None:
            self._deliver(source, item)
            self._schedule_arrival(feed)

        self._at(max(time_ns, self.now_ns), arrive)

    def _deliver(self, producer: str, item: Item) -> None:
        if isinstance(item, Working) or self._void.holds(item):
            return
        self._tell(producer, item)
        if isinstance(item, Cancel):
            self._cancel(item)
        for name, port in self._routes.targets(producer, item):
            self._workers[name].mailbox.put(port, item)
            self._start(self._workers[name])

    def _tell(self, producer: str, item: Item) -> None:
        for tap in self._taps:
            tap(self.now_ns, producer, item)

    def _cancel(self, cancel: Cancel) -> None:
        self._void.add(cancel)
        for worker in self._workers.values():
            worker.mailbox.purge(self._void)
            if worker.item is not None and self._void.holds(worker.item):
                self._finish(worker)
                self._at(self.now_ns, lambda worker=worker: self._start(worker))  # type: ignore[misc]

    def _start(self, worker: _Worker) -> None:
        """Begin on the next waiting item, if the stage is free."""
        if worker.job is not None:
            return
        waiting = worker.mailbox.pop()
        if waiting is None:
            return
        port, worker.item = waiting
        worker.job = worker.row.stage.step(port, worker.item, self.now_ns)
        self._advance(worker, yielded=False)

    def _advance(self, worker: _Worker, *, yielded: bool) -> None:
        """Compute the job's next item now; deliver it when its cost has passed."""
        assert worker.job is not None
        cost_ns = int(worker.row.cost_ms * NS_PER_MS)
        epoch = worker.epoch
        try:
            with self.timer.measure(worker.row.name):
                item = next(worker.job)
        except StopIteration:
            self._at(self.now_ns + (0 if yielded else cost_ns), lambda: self._end(worker, epoch))
            return
        except Exception as error:  # noqa: BLE001 - one stage's failure must not end the others' lanes
            item = Fault(stage=worker.row.name, message=f"{type(error).__name__}: {error}")

        def hand_over() -> None:
            if worker.epoch != epoch:
                return
            self._deliver(worker.row.name, item)
            if worker.epoch == epoch:
                self._advance(worker, yielded=True)

        self._at(self.now_ns + cost_ns, hand_over)

    def _end(self, worker: _Worker, epoch: int) -> None:
        if worker.epoch == epoch:
            self._finish(worker)
            self._start(worker)

    def _finish(self, worker: _Worker) -> None:
        job, worker.job, worker.item = worker.job, None, None
        worker.epoch += 1
        close_job(job)
