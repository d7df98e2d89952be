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
from runtime.motion.growth import Pictures, SizeHistory
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


def test_only_pictures_that_may_be_needed_arekept() -> None:
    pictures = Pictures(0.28)
    for i in range(30):
        pictures.add(0.1 * i, np.full((180, 320), 90, np.uint8), 0.0)
    assert len(pictures.kept) <= 4
