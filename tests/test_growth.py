"""Growth of a box, and of the picture inside it."""

from __future__ import annotations

from collections.abc import Iterator
from math import exp, isclose, log

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from runtime.evidence import Region
from runtime.motion.camera_motion import fine_picture, inside_motion
from runtime.motion.growth import BoxGrowth, Pictures, SizeHistory
from tests.moving_pictures import HEIGHT, WIDTH, Shot, approach, paste, photograph, scenes, warped


@given(st.floats(-2.0, 2.0), st.integers(3, 30))
def test_the_rate_of_exponential_growth_is_found(rate: float, points: int) -> None:
    history = SizeHistory(window_s=10.0)
    for i in range(points):
        history.add(i * 0.1, log(0.1 * exp(rate * i * 0.1)))
    assert isclose(history.rate_per_s() or 0.0, rate, abs_tol=1e-6)


def test_what_is_older_than_the_window_is_forgotten() -> None:
    history = SizeHistory(window_s=0.5)
    for i in range(20):
        history.add(i * 0.1, 0.0)
    assert len(history.points) <= 6


def test_the_newest_points_of_a_slow_detector_stay_for_twice_as_long() -> None:
    history = SizeHistory(window_s=1.0, least_points=3)
    for time_s in (0.0, 0.9, 1.8):
        history.add(time_s, time_s)
    assert len(history.points) == 3 and history.growth() == pytest.approx(1.8)
    history.add(2.1, 2.1)
    assert [time_s for time_s, _ in history.points] == [0.9, 1.8, 2.1], "the fourth makes room for itself"
    history.clear()
    assert history.growth() == 0.0


def test_a_rate_needs_three_points_at_different_times() -> None:
    history = SizeHistory(window_s=9.0)
    for time_s in (0.0, 0.5):
        history.add(time_s, time_s)
        assert history.rate_per_s() is None
    history.add(1.0, 1.0)
    assert history.rate_per_s() == pytest.approx(1.0)
    same = SizeHistory(window_s=9.0)
    for _ in range(3):
        same.add(1.0, 0.5)
    assert same.rate_per_s() is None


def grown(wider: float, higher: float, box: Region = (0.4, 0.4, 0.6, 0.6), expansion: float = 0.0) -> BoxGrowth:
    """A box that grows by these factors a second in width and height for a second, seen ten times."""
    growth = BoxGrowth(window_s=5.0, least_points=4)
    x1, y1, x2, y2 = box
    for step in range(11):
        time_s = step / 10
        wide, high = (x2 - x1) * wider**time_s / 2, (y2 - y1) * higher**time_s / 2
        x, y = (x1 + x2) / 2, (y1 + y2) / 2
        growth.add(time_s, (x - wide, y - high, x + wide, y + high), expansion * time_s, edge=0.01)
    return growth


def test_a_box_grows_at_the_rate_of_its_slower_axis() -> None:
    assert grown(1.5, 1.2).rate_per_s(0.05) == pytest.approx(log(1.2))
    assert grown(1.2, 1.5).rate_per_s(0.05) == pytest.approx(log(1.2))
    assert grown(1.5, 1.0).rate_per_s(0.05) == 0.0, "it turned"
    assert grown(1.5, 1.2).rate_per_s(0.2) == 0.0, "less than least_growth along one axis"
    assert grown(1.5, 1.2).newest_s == 1.0


def test_the_backgrounds_expansion_is_taken_off_the_box() -> None:
    assert grown(1.5, 1.5, expansion=log(1.5)).rate_per_s(0.0) == pytest.approx(0.0, abs=1e-9)
    assert grown(1.5, 1.5, expansion=log(1.2)).rate_per_s(0.05) == pytest.approx(log(1.25))


@pytest.mark.parametrize("box", [(0.005, 0.4, 0.2, 0.6), (0.8, 0.4, 0.995, 0.6)])
def test_an_axis_that_the_picture_cuts_is_no_witness(box: Region) -> None:
    sideways = grown(1.0, 1.3, box)
    assert not sideways.width.points and sideways.rate_per_s(0.05) == pytest.approx(log(1.3))
    upright = grown(1.3, 1.0, (box[1], box[0], box[3], box[2]))
    assert not upright.height.points and upright.rate_per_s(0.05) == pytest.approx(log(1.3))


def test_a_box_may_grow_while_nothing_is_known_or_one_axis_grew() -> None:
    assert BoxGrowth(1.0, 3).may_grow(0.5) and BoxGrowth(1.0, 3).rate_per_s(0.0) == 0.0
    assert grown(1.5, 1.0).may_grow(0.3) and grown(1.0, 1.5).may_grow(0.3)
    assert not grown(1.1, 1.1).may_grow(0.3)


def watched(film: Iterator[Shot], over_s: float = 0.28) -> Iterator[tuple[float, Region, Pictures]]:
    """Film time (s), the thing's box and the pictures kept, frame by frame."""
    pictures = Pictures(over_s)
    for scene in scenes(film, jitter=0.05):
        time_s = scene.frame.capture_time_ns / 1e9
        pictures.add(time_s, fine_picture(scene.frame), 0.0)
        region = scene.evidence[0].region
        assert region is not None
        yield time_s, region, pictures


@pytest.mark.parametrize("contact_s", [1.8, 2.0, 3.0, 6.0])
def test_time_to_contact_is_read_from_the_picture_inside_a_box_that_jitters(contact_s: float) -> None:
    for time_s, region, pictures in watched(approach(still_s=0.4, contact_s=contact_s, moving_s=1.0)):
        left_s = 0.5 + contact_s - time_s  # the first frame is 0.1 s in
        if time_s > 0.85:
            inside = pictures.growth_inside(region)
            assert inside.agreement >= 0.4
            assert isclose(inside.rate_per_s, 1.0 / left_s, rel_tol=0.1, abs_tol=0.05)


def test_a_box_that_grows_on_a_still_picture_holds_nothing_that_grows() -> None:
    still = paste(photograph("coffee"), photograph("astronaut", 200, 300), (0.5, 0.5), 0.6)
    pictures = Pictures(0.28)
    for scene in scenes(still for _ in range(8)):
        pictures.add(scene.frame.capture_time_ns / 1e9, fine_picture(scene.frame), 0.0)
    for grown in (0.0, 0.05, 0.15):
        inside = pictures.growth_inside((0.4 - grown, 0.2 - grown, 0.6 + grown, 0.8 + grown))
        assert abs(inside.rate_per_s) < 0.05 and inside.agreement >= 0.8


def test_the_cameras_own_zoom_is_taken_off() -> None:
    still = paste(photograph("coffee"), photograph("astronaut", 200, 300), (0.5, 0.5), 0.4)
    pictures = Pictures(0.28)
    for i in range(6):
        scale = exp(0.06 * i)
        zoom = np.array([[scale, 0, WIDTH / 2 * (1 - scale)], [0, scale, HEIGHT / 2 * (1 - scale)]])
        (scene,) = scenes(iter([warped(still, zoom)]))
        pictures.add(0.1 * i, fine_picture(scene.frame), 0.06 * i)
    assert abs(pictures.growth_inside((0.4, 0.3, 0.6, 0.7)).rate_per_s) < 0.05


def test_without_texture_or_older_pictures_nothing_is_said_about_the_inside() -> None:
    grey = np.full((180, 320), 90, np.uint8)
    assert not inside_motion(grey, grey, (0.3, 0.3, 0.7, 0.7)).known
    pictures = Pictures(0.28)
    assert pictures.growth_inside((0.3, 0.3, 0.7, 0.7)).agreement == 0.0
    pictures.add(0.0, grey, 0.0)
    assert pictures.growth_inside((0.3, 0.3, 0.7, 0.7)).agreement == 0.0


def test_only_pictures_that_may_be_needed_are_kept() -> None:
    pictures = Pictures(0.28)
    for i in range(30):
        pictures.add(0.1 * i, np.full((180, 320), 90, np.uint8), 0.0)
    assert len(pictures.kept) <= 4
