"""The same table of stages under both drivers: order, cost, drops, cancelled work, faults."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator

import numpy as np
import pytest

from edgemm.media import NS_PER_MS, VideoFrame
from runtime.drivers import live_driver
from runtime.drivers.live_driver import LiveDriver
from runtime.drivers.replay_driver import ReplayDriver
from runtime.drivers.routing import Mailbox, Routes
from runtime.drivers.table import Link, Row
from runtime.items import Cancel, Fault, Item, Overrun, Say, Tick, TurnRef, TurnText

TURN = TurnRef(1, 1)


def frame(number: int) -> VideoFrame:
    return VideoFrame(np.zeros((2, 2, 3), np.uint8), number * 10 * NS_PER_MS, number)


class Sentences:
    """Says three sentences about a question."""

    def __init__(self) -> None:
        self.closed = 0

    def step(self, port: str, item: Item, now_ns: int) -> Iterator[Item]:
        assert isinstance(item, TurnText)
        try:
            for number in range(3):
                yield Say(f"{item.text} {number}", "answer", item.turn, number)
        finally:
            self.closed += 1


class Canceller:
    """Cancels a turn when a frame arrives."""

    def step(self, port: str, item: Item, now_ns: int) -> Iterator[Item]:
        yield Cancel(TURN, "interrupted")


class Watcher:
    """Remembers what came and when."""

    def __init__(self) -> None:
        self.seen: list[tuple[int, str, Item]] = []

    def step(self, port: str, item: Item, now_ns: int) -> Iterator[Item]:
        self.seen.append((now_ns // NS_PER_MS, port, item))
        yield from ()


class Failing:
    def step(self, port: str, item: Item, now_ns: int) -> Iterator[Item]:
        raise RuntimeError("model error")
        yield


def sentence_table(watcher: Watcher) -> tuple[Row, ...]:
    return (
        Row("answer", Sentences(), (Link("keyboard", TurnText, "text"),), cost_ms=100),
        Row("watch", watcher, (Link("answer", Say, "say"),)),
        Row("cancel", Canceller(), (Link("camera", VideoFrame, "frame"),)),
    )


def test_each_yielded_item_costs_its_stage_the_declared_time() -> None:
    watcher = Watcher()
    ReplayDriver(sentence_table(watcher), ["keyboard", "camera"]).run([(0, "keyboard", TurnText(TURN, "a"))], 10**9)
    assert [(time_ms, item.text) for time_ms, _, item in watcher.seen] == [(100, "a 0"), (200, "a 1"), (300, "a 2")]


def test_a_cancelled_turn_ends_between_two_yields_and_leaves_the_stage_free() -> None:
    watcher = Watcher()
    other = TurnRef(2, 1)
    arrivals: list[tuple[int, str, Item]] = [
        (0, "keyboard", TurnText(TURN, "a")),
        (150 * NS_PER_MS, "camera", frame(0)),
        (160 * NS_PER_MS, "keyboard", TurnText(other, "b")),
    ]
    rows = sentence_table(watcher)
    ReplayDriver(rows, ["keyboard", "camera"]).run(arrivals, 10**9)
    assert [item.text for _, _, item in watcher.seen] == ["a 0", "b 0", "b 1", "b 2"]
    assert rows[0].stage.closed == 2


def test_a_busy_stage_with_a_latest_link_sees_the_newest_frame_and_the_drops_are_counted() -> None:
    watcher = Watcher()
    told: list[Item] = []
    rows = (Row("watch", watcher, (Link("camera", VideoFrame, "frame", "latest"),), cost_ms=34),)
    arrivals = [(number * 10 * NS_PER_MS, "camera", frame(number)) for number in range(8)]
    ReplayDriver(rows, ["camera"], [lambda _, __, item: told.append(item)]).run(arrivals, 10**9)
    assert [item.frame_id for _, _, item in watcher.seen] == [0, 3, 6, 7]
    assert Overrun("watch.frame", 4) in told


def test_a_stage_that_fails_is_reported_and_goes_on_with_the_next_item() -> None:
    told: list[Item] = []
    rows = (Row("fail", Failing(), (Link("keyboard", TurnText, "text"),)),)
    arrivals = [(number, "keyboard", TurnText(TurnRef(number, 0), "x")) for number in range(2)]
    ReplayDriver(rows, ["keyboard"], [lambda _, __, item: told.append(item)]).run(arrivals, 10**9)
    assert [item.message for item in told if isinstance(item, Fault)] == ["RuntimeError: model error"] * 2


def test_ticks_come_at_the_declared_period_without_any_source() -> None:
    watcher = Watcher()
    ReplayDriver((Row("watch", watcher, (), tick_ms=250),), []).run([], 10**9)
    assert [(time_ms, type(item)) for time_ms, _, item in watcher.seen] == [
        (0, Tick),
        (250, Tick),
        (500, Tick),
        (750, Tick),
        (1000, Tick),
    ]


def test_two_replays_tell_the_same_story() -> None:
    def story() -> list[tuple[int, str, str]]:
        told: list[tuple[int, str, str]] = []
        driver = ReplayDriver(
            sentence_table(Watcher()), ["keyboard", "camera"], [lambda t, p, item: told.append((t, p, repr(item)))]
        )
        driver.run([(0, "keyboard", TurnText(TURN, "a")), (150 * NS_PER_MS, "keyboard", TurnText(TURN, "b"))], 10**9)
        return told

    assert story() == story()


def test_the_most_urgent_link_of_a_row_is_served_first() -> None:
    row = Row("voice", Watcher(), (Link("a", Say, "alert"), Link("b", Say, "say")))
    mailbox = Mailbox(row)
    mailbox.put("say", Say("later", "answer"))
    mailbox.put("alert", Say("now", "alert"))
    assert [mailbox.pop(), mailbox.pop()] == [("alert", Say("now", "alert")), ("say", Say("later", "answer"))]


def test_a_link_to_a_producer_that_is_not_there_is_refused() -> None:
    with pytest.raises(ValueError, match="listens to 'nobody'"):
        Routes((Row("watch", Watcher(), (Link("nobody", Say, "say"),)),), [])


class SlowSentences(Sentences):
    """Waits for a permit before each sentence, so that a test decides when work goes on."""

    def __init__(self) -> None:
        super().__init__()
        self.permits = threading.Semaphore(0)
        self.made = 0
        """Sentences that were worked out, whether or not they went anywhere."""

    def step(self, port: str, item: Item, now_ns: int) -> Iterator[Item]:
        for produced in super().step(port, item, now_ns):
            self.permits.acquire(timeout=10)
            self.made += 1
            yield produced


def wait_until(condition: object, timeout_s: float = 10.0) -> None:
    assert callable(condition)
    deadline = time.monotonic() + timeout_s
    while not condition():
        assert time.monotonic() < deadline, "the condition never became true"
        time.sleep(0.005)


def test_live_stages_run_in_threads_and_cancelled_work_never_arrives() -> None:
    watcher, slow, told = Watcher(), SlowSentences(), []
    rows = (
        Row("answer", slow, (Link("keyboard", TurnText, "text"),)),
        Row("watch", watcher, (Link("answer", Say, "say"),)),
        Row("cancel", Canceller(), (Link("camera", VideoFrame, "frame"),)),
    )
    driver = LiveDriver(rows, [], [lambda _, __, item: told.append(item)], outside=["keyboard", "camera"])
    driver.start()
    try:
        driver.deliver("keyboard", TurnText(TURN, "a"))
        slow.permits.release()
        wait_until(lambda: len(watcher.seen) == 1)
        driver.deliver("camera", frame(0))
        wait_until(lambda: any(isinstance(item, Cancel) for item in told))
        slow.permits.release(5)
        driver.deliver("keyboard", TurnText(TurnRef(2, 0), "b"))
        wait_until(lambda: len(watcher.seen) == 4 and slow.closed == 2)
    finally:
        driver.stop()
    assert [item.text for _, _, item in watcher.seen] == ["a 0", "b 0", "b 1", "b 2"]
    assert slow.made == 1 + 1 + 3, "of what was cancelled only the sentence that was being made may be finished"
    assert slow.closed == 2


def test_live_a_stage_that_waits_is_woken_by_what_comes_and_loses_nothing() -> None:
    watcher = Watcher()
    rows = (Row("watch", watcher, (Link("camera", VideoFrame, "frame"),)),)
    driver = LiveDriver(rows, [], outside=["camera"])
    driver.start()
    try:
        for number in range(20):
            driver.deliver("camera", frame(number))
            wait_until(lambda number=number: len(watcher.seen) == number + 1)  # it waits again each time

        def deliver_many() -> None:
            for number in range(200):
                driver.deliver("camera", frame(number))

        for _ in range(4):
            threading.Thread(target=deliver_many).start()
        wait_until(lambda: len(watcher.seen) == 20 + 4 * 200)
    finally:
        driver.stop()


def test_live_a_failing_stage_is_reported_and_goes_on_with_the_next_item() -> None:
    told: list[Item] = []
    rows = (Row("fail", Failing(), (Link("keyboard", TurnText, "text"),)),)
    driver = LiveDriver(rows, [], [lambda _, __, item: told.append(item)], outside=["keyboard"])
    driver.start()
    try:
        for number in range(2):
            driver.deliver("keyboard", TurnText(TurnRef(number, 0), "x"))
        wait_until(lambda: sum(isinstance(item, Fault) for item in told) == 2)
    finally:
        driver.stop()
    assert {(item.stage, item.message) for item in told if isinstance(item, Fault)} == {
        ("fail", "RuntimeError: model error")
    }


class BreaksDown:
    """A source that delivers once, then raises."""

    name = "camera"

    def __init__(self, opens: bool) -> None:
        self._opens = opens
        self._delivered = False

    def open(self) -> None:
        if not self._opens:
            raise RuntimeError("cannot open")

    def read(self) -> Item:
        if self._delivered:
            raise RuntimeError("cannot read")
        self._delivered = True
        return frame(0)

    def close(self) -> None:
        pass


@pytest.mark.parametrize("opens", [True, False])
def test_live_a_source_that_raises_is_a_fault_and_not_a_thread_that_is_gone_in_silence(opens: bool) -> None:
    told: list[Item] = []
    driver = LiveDriver((), [BreaksDown(opens)], [lambda _, __, item: told.append(item)])
    driver.start()
    try:
        wait_until(lambda: any(isinstance(item, Fault) for item in told))
    finally:
        driver.stop()
    assert told[-1] == Fault("camera", f"RuntimeError: cannot {'read' if opens else 'open'}")


def test_a_tap_that_hangs_is_known_so_that_nobody_closes_the_file_it_writes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live_driver, "TAPS_TIMEOUT_S", 0.05)
    began, disk = threading.Event(), threading.Event()

    def tap(time_ns: int, producer: str, item: Item) -> None:
        began.set()
        disk.wait()

    driver = LiveDriver([], [], [tap], ["daemon"])
    driver.start()
    driver.deliver("daemon", Tick())
    assert began.wait(10)
    driver.stop()
    assert driver.telling
    disk.set()
    wait_until(lambda: not driver.telling)


def test_once_stopped_every_item_has_reached_the_taps() -> None:
    told: list[Item] = []
    driver = LiveDriver([], [], [lambda time_ns, producer, item: told.append(item)], ["daemon"])
    driver.start()
    for _ in range(200):
        driver.deliver("daemon", Tick())
    driver.stop()
    assert not driver.telling and len(told) == 200


def test_live_stop_does_not_wait_for_a_stage_that_hangs() -> None:
    slow = SlowSentences()
    driver = LiveDriver((Row("answer", slow, (Link("keyboard", TurnText, "text"),)),), [], outside=["keyboard"])
    driver.start()
    driver.deliver("keyboard", TurnText(TURN, "a"))
    wait_until(lambda: driver.stuck(0.0) == ["answer"])
    driver.stop(timeout_s=0.2)
    assert driver.stopping.is_set()
    slow.permits.release(3)
