"""The time of day is that of the place where the device is now."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import datetime, timedelta, tzinfo

import pytest

from runtime.life import local_clock
from runtime.life.local_clock import LocalClock


@pytest.fixture(autouse=True)
def time_zone_put_back() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("TZ", raising=False)
        yield
    time.tzset()


def test_a_time_zone_that_changes_while_it_runs_changes_the_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = LocalClock()
    offsets = []
    for zone in ("EST+5", "IST-5:30", "UTC0"):
        monkeypatch.setenv("TZ", zone)
        offsets.append(clock.at(0).utcoffset())
    assert offsets == [timedelta(hours=-5), timedelta(hours=5, minutes=30), timedelta(0)]


def test_a_clock_that_is_set_while_it_runs_changes_the_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    class Set(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> Set:
            return cls(*hours.pop(0))

    hours = [(1970, 1, 1, 0), (2026, 11, 25, 19)]
    monkeypatch.setattr(local_clock, "datetime", Set)
    clock = LocalClock()
    assert [clock.at(0).year for _ in range(2)] == [1970, 2026]
