"""A source that is lost is told with its cause and opened again; nothing that it raises ends its thread."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator

import numpy as np
import pytest

from edgemm.errors import DeviceError, InputError
from edgemm.media import NS_PER_S, VideoFrame
from runtime.items import Item, SourceState
from runtime.sources.retry import RetryingSource

FRAME = VideoFrame(np.zeros((8, 8, 3), np.uint8), 0, 1)
GONE = DeviceError("the camera is gone", remedy="Plug it in.")


class Clock:
    """Time that passes only by sleeping."""

    def __init__(self) -> None:
        self.now_ns = 1000 * NS_PER_S

    def __call__(self) -> int:
        return self.now_ns

    def sleep(self, seconds: float) -> None:
        self.now_ns += int(seconds * NS_PER_S)


class Scripted:
    """Each opening begins a script: what `read` gives, one item every `period_s`; an exception is raised."""

    name = "camera"

    def __init__(self, clock: Clock, script: Callable[[], Iterator[Item | Exception | None]], period_s: float) -> None:
        self._clock, self._script, self._period_s = clock, script, period_s
        self._steps: Iterator[Item | Exception | None] = iter(())
        self.opened_s: list[float] = []
        self.closed = 0

    def open(self) -> None:
        self.opened_s.append(self._clock.now_ns / NS_PER_S)
        self._steps = self._script()

    def read(self) -> Item | None:
        self._clock.sleep(self._period_s)
        step = next(self._steps)
        if isinstance(step, Exception):
            raise step
        return step

    def close(self) -> None:
        self.closed += 1

    @property
    def pauses_s(self) -> list[float]:
        return [round(b - a, 2) for a, b in itertools.pairwise(self.opened_s)]


def retrying(
    script: Callable[[], Iterator[Item | Exception | None]], period_s: float = 0.01, stall_s: float = 2.0
) -> tuple[RetryingSource, Scripted]:
    clock = Clock()
    source = Scripted(clock, script, period_s)
    return RetryingSource(source, "camera", stall_s, clock, clock.sleep), source


def states(source: RetryingSource, reads: int) -> list[SourceState]:
    return [item for item in (source.read() for _ in range(reads)) if isinstance(item, SourceState)]


def test_a_source_that_dies_after_its_first_frame_is_opened_with_growing_pauses() -> None:
    source, device = retrying(lambda: iter([FRAME, GONE]))
    states(source, 500)
    assert device.pauses_s[:6] == pytest.approx([0.5, 1.0, 2.0, 4.0, 8.0, 8.0], abs=0.1)


def test_a_source_that_lives_for_a_second_is_opened_with_growing_pauses_too() -> None:
    source, device = retrying(lambda: iter([*[FRAME] * 10, GONE]), period_s=0.1)
    states(source, 500)
    assert device.pauses_s[:4] == pytest.approx([1.6, 2.1, 3.1, 5.1], abs=0.15)


def test_a_source_that_has_delivered_for_long_is_opened_again_soon() -> None:
    source, device = retrying(lambda: iter([*[FRAME] * 120, GONE]), period_s=0.1)
    states(source, 600)
    assert len(device.pauses_s) >= 3
    assert device.pauses_s == pytest.approx([12.6] * len(device.pauses_s), abs=0.15)


@pytest.mark.parametrize(
    "error",
    [
        InputError("no such video file: film.mp4", remedy="Check the path."),
        FileNotFoundError(2, "No such file or directory"),
        PermissionError(13, "Permission denied"),
        ValueError("Invalid IPv6 URL"),
        RuntimeError("a library failed"),
        MemoryError(),
        StopIteration(),
    ],
)
def test_whatever_a_source_raises_is_a_loss_with_a_cause(error: Exception) -> None:
    source, device = retrying(lambda: iter([FRAME, error]))
    told = states(source, 60)
    assert [state.state for state in told[:3]] == ["ok", "missing", "ok"]
    cause = error.what if isinstance(error, InputError) else str(error) or type(error).__name__
    assert cause in told[1].detail
    assert told[1].remedy
    assert len(device.opened_s) > 1


def test_what_opening_or_closing_raises_does_not_end_it_either() -> None:
    source, device = retrying(lambda: iter([FRAME, GONE]))

    def fail() -> None:
        raise OSError("the device is busy")

    device.close = fail  # type: ignore[method-assign]
    device.open = fail  # type: ignore[method-assign]
    (told,) = states(source, 100)
    assert (told.state, "the device is busy" in told.detail) == ("missing", True)


def test_what_a_library_says_of_an_address_is_told_without_its_password() -> None:
    source, _ = retrying(lambda: iter([RuntimeError("cannot open rtsp://admin:made#up@camera.local/1")]))
    (told,) = states(source, 3)
    assert "camera.local" in told.detail and "made" not in told.detail


def test_a_device_counts_as_stalled_only_after_its_time() -> None:
    source, device = retrying(lambda: iter([FRAME, *[None] * 3, *[FRAME] * 3, *[None] * 9]), period_s=0.5)
    told = states(source, 14)
    assert [state.state for state in told] == ["ok", "stalled"]
    assert device.closed == 1


def test_a_device_that_never_delivers_has_its_time_from_its_opening_on() -> None:
    source, device = retrying(lambda: iter([None] * 100), period_s=0.5)
    assert states(source, 5) == []
    assert [state.state for state in states(source, 1)] == ["stalled"]
    states(source, 20)
    assert (len(device.opened_s), device.pauses_s[0]) == (2, pytest.approx(3.0, abs=0.01))


def test_an_ended_recording_is_told_once_and_not_opened_again() -> None:
    ended = SourceState("camera", "ended", "film.mp4 has been played", "Start again.")
    source, device = retrying(lambda: iter([FRAME, ended]))
    assert [state.state for state in states(source, 200)] == ["ok", "ended"]
    assert (len(device.opened_s), device.closed) == (1, 1)


def test_what_a_source_passed_over_is_told_and_its_frames_go_on() -> None:
    note = SourceState("camera", "ok", "passed over: broken.jpg")
    source, _ = retrying(lambda: iter([FRAME, note, FRAME, FRAME]))
    items = [item for item in (source.read() for _ in range(6)) if item is not None]
    assert items == [SourceState("camera", "ok"), FRAME, note, FRAME, FRAME]
