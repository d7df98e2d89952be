"""The event log: every line on its way to the disk at once, for its owner alone; a full disk is told and outlived."""

from __future__ import annotations

import json
import resource
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from edgemm.media import NS_PER_MS, NS_PER_S
from runtime import items
from runtime.sinks.event_log import WELL_AFTER_NS, EventLog, RotatingFile
from runtime.telling.lines import Teller


@contextmanager
def file_size_limit(limit_bytes: int) -> Iterator[None]:
    """No file of this process grows beyond: what a full disk is to it."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit_bytes, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def times_in(path: Path) -> list[float]:
    return [json.loads(line)["time_ms"] for line in path.read_text().splitlines()]


def test_a_line_is_in_the_file_before_the_next_event(tmp_path: Path) -> None:
    log = EventLog(RotatingFile(tmp_path / "events.jsonl", 10_000))
    for number in range(3):
        log(number * NS_PER_MS, "floor", items.Wake("word"))
        assert times_in(tmp_path / "events.jsonl") == [float(n) for n in range(number + 1)]


def test_the_log_is_its_owners_alone_also_one_that_was_not(tmp_path: Path) -> None:
    path = tmp_path / "new" / "events.jsonl"
    file = RotatingFile(path, max_bytes=100)
    file.write("x" * 90 + "\n")
    file.write("y" * 90 + "\n")
    assert {stat.S_IMODE(found.stat().st_mode) for found in path.parent.iterdir()} == {0o600}
    file.close()
    path.chmod(0o644)
    RotatingFile(path, 100).write("z\n")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_nothing_is_made_before_there_is_something_to_write(tmp_path: Path) -> None:
    EventLog(RotatingFile(tmp_path / "log" / "events.jsonl", 100))
    assert not list(tmp_path.iterdir())


def test_the_log_is_rotated_at_its_size_and_keeps_one_old_file(tmp_path: Path) -> None:
    file = RotatingFile(tmp_path / "events.jsonl", max_bytes=2_000)
    log = EventLog(file)
    for number in range(100):
        log(number * NS_PER_MS, "floor", items.Wake("word"))
    file.close()
    new, old = (tmp_path / "events.jsonl").read_text(), (tmp_path / "events.jsonl.old").read_text()
    assert len(new) <= 2_000
    assert len(old) <= 2_000
    times = [json.loads(line)["time_ms"] for line in (old + new).splitlines()]
    assert times == [float(number) for number in range(100 - len(times), 100)]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["events.jsonl", "events.jsonl.old"]


def test_letters_count_as_the_bytes_that_they_take(tmp_path: Path) -> None:
    file = RotatingFile(tmp_path / "events.jsonl", max_bytes=100)
    file.write("ä" * 40 + "\n")
    file.write("ä" * 40 + "\n")
    assert (tmp_path / "events.jsonl").stat().st_size == 81


def test_half_a_character_is_written_as_it_can_be(tmp_path: Path) -> None:
    RotatingFile(tmp_path / "events.jsonl", 100).write('"\ud800"\n')
    assert json.loads((tmp_path / "events.jsonl").read_text()) == "\ud800"


def test_a_full_disk_is_told_once_outlived_and_told_again_when_it_is_over(tmp_path: Path) -> None:
    path = tmp_path / "events.jsonl"
    told: list[items.Item] = []
    log = EventLog(RotatingFile(path, 10_000_000), Teller(), told.append)
    log(0, "floor", items.Wake("word"))
    size = path.stat().st_size
    with file_size_limit(size + size // 2):  # half a line fits
        for number in range(1, 6):
            log(number * NS_PER_MS, "floor", items.Wake("word"))
    assert path.stat().st_size == size, "half a line stays"
    assert [(item.source, item.state) for item in told if isinstance(item, items.SourceState)] == [
        ("event log", "stalled")
    ]
    later_ns = 5 * NS_PER_MS + WELL_AFTER_NS
    log(later_ns, "floor", items.Wake("word"))
    log(later_ns + NS_PER_S, "floor", items.Wake("word"))
    assert told[1:] == [items.SourceState("event log", "ok"), items.Overrun("event log", 5)]
    assert len(times_in(path)) == 3


def test_a_disk_at_its_last_bytes_is_no_chatter(tmp_path: Path) -> None:
    told: list[items.Item] = []
    path = tmp_path / "events.jsonl"
    log = EventLog(RotatingFile(path, 10_000_000), Teller(), told.append)
    for number in range(20):
        with file_size_limit((path.stat().st_size if path.exists() else 0) + (1000 if number % 2 else 0)):
            log(number * 100 * NS_PER_MS, "floor", items.Wake("word"))
    assert len(told) == 1
    assert len(times_in(path)) == 10


@pytest.mark.parametrize("path", ["/dev/full", "/dev/null/events.jsonl", "/proc/events.jsonl"])
def test_wherever_it_cannot_be_written_the_run_goes_on(path: str) -> None:
    told: list[items.Item] = []
    log = EventLog(RotatingFile(path, 1000), Teller(), told.append)
    for number in range(3):
        log(number, "floor", items.Wake("word"))
    (state,) = told
    assert isinstance(state, items.SourceState) and state.state == "stalled" and state.remedy


def test_a_pipe_that_nobody_reads_does_not_hold_it_up(tmp_path: Path) -> None:
    import os

    os.mkfifo(tmp_path / "pipe")
    told: list[items.Item] = []
    EventLog(RotatingFile(tmp_path / "pipe", 1000), Teller(), told.append)(0, "floor", items.Wake("word"))
    assert len(told) == 1


def test_without_anybody_to_tell_a_full_disk_is_an_error() -> None:
    with pytest.raises(OSError, match="No space"):
        EventLog(RotatingFile("/dev/full", 1000))(0, "floor", items.Wake("word"))
