"""The service manager hears that we live only while every stage moves."""

from __future__ import annotations

import io
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from runtime.drivers.table import Link, Row
from runtime.items import Item, SourceState, TurnText
from runtime.life import daemon as life
from runtime.life.daemon import Daemon
from runtime.life.watchdog import notify, period_s
from tests.test_drivers import wait_until


class Hangs:
    """At its first item, until it is let go."""

    def __init__(self) -> None:
        self.at_work, self.let_go = threading.Event(), threading.Event()

    def step(self, port: str, item: Item, now_ns: int) -> Iterator[Item]:
        self.at_work.set()
        self.let_go.wait(30)
        yield from ()


@pytest.fixture
def manager(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[socket.socket]:
    """The service manager's end of the channel."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as channel:
        channel.bind(str(tmp_path / "notify"))
        channel.settimeout(10)
        monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "notify"))
        yield channel


def heard(manager: socket.socket) -> list[str]:
    """What has come so far."""
    words: list[str] = []
    manager.setblocking(False)
    try:
        while True:
            words.append(manager.recv(100).decode())
    except BlockingIOError:
        return words
    finally:
        manager.settimeout(10)


def test_nobody_is_told_where_no_manager_listens(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NOTIFY_SOCKET", raising=False)
    monkeypatch.delenv("WATCHDOG_USEC", raising=False)
    assert not notify("READY=1") and period_s() is None


def test_word_is_given_twice_in_the_time_that_is_allowed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WATCHDOG_USEC", "20000000")
    assert period_s() == 10.0


class SlowToOpen:
    """A camera whose first word takes longer than the run is to last."""

    name = "camera"

    def open(self) -> None: ...

    def read(self) -> Item:
        time.sleep(0.3)
        return SourceState("camera", "missing", "", "")

    def close(self) -> None: ...


def test_a_run_that_lasts_so_long_lasts_from_when_it_is_ready(manager: socket.socket, tmp_path: Path) -> None:
    place = tmp_path / "s.sock"
    Daemon((), [SlowToOpen()], [], "Ready.", threading.Event(), place, duration_s=0.05).run(io.StringIO())
    assert heard(manager) == ["READY=1", "STOPPING=1"]


def test_while_a_stage_hangs_no_sign_of_life_is_given_and_when_it_moves_again_it_is(
    manager: socket.socket, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WATCHDOG_USEC", "40000")
    monkeypatch.setattr(life, "STUCK_S", 0.1)
    hangs, log, stop, wrong = Hangs(), io.StringIO(), threading.Event(), list[str]()
    running = Daemon(
        (Row("slow", hangs, (Link("daemon", TurnText, "text"),)),), [], [], "Ready.", stop, tmp_path / "s.sock"
    )

    def watch() -> None:
        try:
            assert [manager.recv(100).decode() for _ in range(3)] == ["READY=1", "WATCHDOG=1", "WATCHDOG=1"]
            assert running._answer({"command": "ask", "text": "is there a cup"}) == {"did": "asked"}
            assert hangs.at_work.wait(10)
            wait_until(lambda: "slow" in log.getvalue())
            heard(manager)
            threading.Event().wait(0.3)
            assert heard(manager) == [], "a stage is stuck, and the manager hears that all is well"
            hangs.let_go.set()
            assert manager.recv(100).decode() == "WATCHDOG=1"
        except BaseException as error:  # noqa: BLE001 - told in the main thread, which alone may run the daemon
            wrong.append(repr(error))
        finally:
            hangs.let_go.set()
            stop.set()

    watcher = threading.Thread(target=watch)
    watcher.start()
    running.run(log)
    watcher.join(10)
    assert wrong == []
    assert "STOPPING=1" in heard(manager)
    assert "slow" in log.getvalue() and "none any more" in log.getvalue()
