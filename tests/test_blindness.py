"""Each scene says whether something that comes closer would have shown in it; pictures of any size are watched."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import cv2
import numpy as np
import pytest

from edgemm.media import NS_PER_MS, VideoFrame
from runtime.items import Alert, Scene, Tick, ViewState, Watched
from runtime.motion.tracking import Tracker
from runtime.stages.frame_quality import FrameQuality
from runtime.stages.hazard import Hazard
from runtime.stages.look import Look
from tests.moving_pictures import FPS, Shot, approach, panned, paste, photograph, scenes
from tests.test_hazard import watch
from tests.whole_line import SeesNothing


def blindness(film: Iterator[Scene]) -> list[str]:
    return [item.blind for _, item in watch(film) if isinstance(item, Watched)]


def still_shot() -> Shot:
    return paste(photograph("coffee"), photograph("astronaut", 200, 300), (0.5, 0.5), 0.5)


def test_every_scene_says_whether_an_approach_would_have_shown_in_it() -> None:
    told = blindness(scenes(still_shot() for _ in range(30)))
    assert told == ["unsteady"] * 10 + [""] * 20


@pytest.mark.parametrize(("widths_per_s", "sees"), [(0.2, True), (0.4, True), (0.8, False), (1.0, False)])
def test_while_the_camera_turns_quickly_and_for_a_second_after_nothing_would_show(
    widths_per_s: float, sees: bool
) -> None:
    turn = [float(widths_per_s * i / FPS) for i in range(8)]
    told = blindness(scenes(panned(iter([0.0] * 12 + turn + [turn[-1]] * 12))))
    assert told[11] == "" and told[-1] == ""
    assert (told[19] == "") == sees and (told[24] == "") == sees


def test_one_still_picture_shows_nothing_that_comes_closer() -> None:
    first = next(scenes(iter([still_shot()])))
    film = [
        replace(first, frame=VideoFrame(first.frame.pixels, int(i / FPS * 1e9), i), evidence=()) for i in range(1, 40)
    ]
    assert "" not in blindness(iter(film))


@pytest.mark.parametrize("state", ["dark", "covered", "frozen", "stale", "missing"])
def test_in_an_unusable_view_and_for_a_second_after_nothing_would_show(state: str) -> None:
    film = list(scenes(still_shot() for _ in range(40)))
    told = blindness(replace(s, view=replace(s.view, state=state)) if 15 <= i < 20 else s for i, s in enumerate(film))
    assert told[14] == "" and told[15:20] == ["view"] * 5 and told[20] == told[29] == "unsteady" and told[30] == ""


def test_after_a_gap_without_pictures_nothing_would_show_for_a_second() -> None:
    film = [s for i, s in enumerate(scenes(still_shot() for _ in range(50))) if not 15 <= i < 30]
    assert blindness(iter(film))[14:17] == ["", "unsteady", "unsteady"]


SIZES = [(360, 640), (180, 320), (640, 360), (480, 480), (1, 640), (640, 1), (2, 2), (1, 1), (97, 1281)]


@pytest.mark.parametrize("every", [1, 7])
def test_pictures_that_change_their_size_are_watched_without_a_fault_and_are_no_alert(every: int) -> None:
    def film() -> Iterator[Scene]:
        for i, seen in enumerate(scenes(still_shot() for _ in range(60))):
            rows, columns = SIZES[i // every % len(SIZES)]
            pixels = cv2.resize(seen.frame.pixels, (columns, rows), interpolation=cv2.INTER_AREA)
            yield replace(seen, frame=replace(seen.frame, pixels=np.asarray(pixels, np.uint8)))

    told = [item for _, item in watch(film())]
    assert len(told) == 60 and all(isinstance(item, Watched) for item in told)


def test_an_approach_after_a_change_of_size_is_announced() -> None:
    hazard = Hazard()
    wide = [replace(s, frame=replace(s.frame, pixels=s.frame.pixels[:120])) for s in scenes(approach(1.0, 8.0, 0.3))]
    watch(iter(wide), hazard)
    assert any(isinstance(item, Alert) for _, item in watch(scenes(approach()), hazard))


def of_sizes(every: int) -> Iterator[VideoFrame]:
    """Ten pictures a second, of another size after each few."""
    picture = photograph("coffee")
    for i in range(60):
        rows, columns = SIZES[i // every % len(SIZES)]
        pixels = cv2.resize(picture, (columns, rows), interpolation=cv2.INTER_AREA)
        yield VideoFrame(np.asarray(pixels, np.uint8), i * 100 * NS_PER_MS, i)


@pytest.mark.parametrize("every", [1, 7])
def test_pictures_of_every_size_are_judged_and_looked_at(every: int) -> None:
    quality, look = FrameQuality(), Look(SeesNothing())
    for frame in of_sizes(every):
        assert all(isinstance(item, ViewState) for item in quality.step("frame", frame, frame.capture_time_ns))
        assert [type(item) for item in look.step("frame", frame, frame.capture_time_ns)] == [Scene]
    assert list(quality.step("tick", Tick(), 5_950 * NS_PER_MS)) == []


def test_a_thing_is_one_track_through_a_change_of_size() -> None:
    """Its place is told in shares of the picture."""
    tracker, seen = Tracker(), list(scenes(still_shot() for _ in range(6)))
    assert {e.track_id for s in seen for e in tracker.update(s.evidence)} == {1}
