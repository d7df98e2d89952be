"""Clock face, side, near and far."""

from __future__ import annotations

from math import isclose

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runtime.language.directions import angle_deg, clock_hour, direction, distance_m, nearness, side

columns = st.floats(0.0, 1.0)
fields_of_view = st.floats(20.0, 120.0)


@given(fields_of_view)
def test_the_middle_is_twelve_and_the_edges_are_half_the_field_of_view(fov_deg: float) -> None:
    assert clock_hour(0.5, fov_deg) == 12
    assert isclose(angle_deg(1.0, fov_deg), fov_deg / 2.0, abs_tol=1e-9)


@given(columns, fields_of_view)
def test_left_mirrors_right(x: float, fov_deg: float) -> None:
    assert isclose(angle_deg(x, fov_deg), -angle_deg(1.0 - x, fov_deg), abs_tol=1e-6)


@given(columns, columns, fields_of_view)
def test_further_right_is_a_larger_angle(x: float, other: float, fov_deg: float) -> None:
    assert (x <= other) == (angle_deg(x, fov_deg) <= angle_deg(other, fov_deg)) or isclose(x, other, abs_tol=1e-9)


@given(columns, fields_of_view)
def test_hours_are_those_in_front(x: float, fov_deg: float) -> None:
    assert clock_hour(x, fov_deg) in (10, 11, 12, 1, 2)


def test_a_wide_camera_reaches_ten_and_two() -> None:
    assert (clock_hour(0.0, 120.0), clock_hour(1.0, 120.0)) == (10, 2)


@given(columns)
def test_without_field_of_view_there_are_three_sides(x: float) -> None:
    assert direction((x, 0.0, x, 1.0), None) == side(x)
    assert side(x) in ("on the left", "ahead", "on the right")


@given(st.floats(0.5, 50.0), fields_of_view, st.floats(0.5, 2.0))
def test_distance_inverts_the_pinhole_projection(metres: float, fov_deg: float, aspect: float) -> None:
    from math import radians, tan

    height = 1.65 * aspect / (2.0 * tan(radians(fov_deg) / 2.0)) / metres
    if not 0.01 < height < 0.9:
        return
    region = (0.4, 0.5 - height / 2, 0.6, 0.5 + height / 2)
    assert isclose(distance_m("person", region, fov_deg, aspect) or 0.0, metres, rel_tol=1e-6)


@pytest.mark.parametrize(
    "region", [(0.4, 0.0, 0.6, 0.9), (0.4, 0.1, 0.6, 1.0), (0.0, 0.1, 0.3, 0.9), (0.7, 0.1, 1.0, 0.9)]
)
def test_a_box_cut_by_the_picture_has_no_distance(region: tuple[float, float, float, float]) -> None:
    assert distance_m("person", region, 60.0, 16 / 9) is None


def test_a_class_without_a_typical_height_has_no_distance() -> None:
    assert distance_m("bird", (0.4, 0.4, 0.6, 0.6), 60.0, 16 / 9) is None


def test_near_and_far_are_said_only_at_the_ends() -> None:
    assert nearness("person", (0.3, 0.05, 0.7, 0.95), 60.0, 1.0) == "near"
    assert nearness("person", (0.4, 0.4, 0.6, 0.7), 60.0, 1.0) is None
    assert nearness("person", (0.48, 0.45, 0.52, 0.55), 60.0, 1.0) == "far away"
    assert nearness("person", (0.3, 0.05, 0.7, 0.95), None, 1.0) is None
