"""Things keep their number from frame to frame."""

from __future__ import annotations

from dataclasses import replace
from math import isclose

from hypothesis import given
from hypothesis import strategies as st

from edgemm.media import NS_PER_MS
from runtime.evidence import Evidence, Region
from runtime.evidence.contest import iou
from runtime.motion.tracking import Tracker

BOX: Region = (0.2, 0.2, 0.4, 0.6)


def seen(label: str, region: Region, time_ms: int = 0) -> Evidence:
    return Evidence("object", label, 0.8, region, "test", time_ms * NS_PER_MS, time_ms)


def moved(region: Region, by: float) -> Region:
    return (region[0] + by, region[1], region[2] + by, region[3])


def test_a_thing_that_moves_a_little_keeps_its_number() -> None:
    tracker = Tracker()
    (first,) = tracker.update([seen("person", BOX)])
    for i in range(1, 10):
        (now,) = tracker.update([seen("person", moved(BOX, 0.02 * i), 100 * i)])
        assert now.track_id == first.track_id


def test_two_things_that_pass_keep_their_numbers_while_they_overlap_themselves_most() -> None:
    tracker = Tracker()
    left, right = tracker.update([seen("person", BOX), seen("person", moved(BOX, 0.3))])
    new_right, new_left = tracker.update([seen("person", moved(BOX, 0.28), 100), seen("person", moved(BOX, 0.02), 100)])
    assert (new_left.track_id, new_right.track_id) == (left.track_id, right.track_id)


def test_a_thing_elsewhere_or_of_another_kind_is_another() -> None:
    tracker = Tracker()
    (first,) = tracker.update([seen("person", BOX)])
    (far,) = tracker.update([seen("person", moved(BOX, 0.5), 100)])
    (cat,) = tracker.update([seen("cat", BOX, 200)])
    assert len({first.track_id, far.track_id, cat.track_id}) == 3


def test_a_car_that_is_called_a_truck_for_a_moment_is_the_same_thing() -> None:
    tracker = Tracker()
    (car,) = tracker.update([seen("car", BOX)])
    (truck,) = tracker.update([seen("truck", BOX, 100)])
    assert car.track_id == truck.track_id


def test_a_thing_that_comes_back_late_is_another() -> None:
    tracker = Tracker()
    (first,) = tracker.update([seen("person", BOX)])
    (soon,) = tracker.update([seen("person", BOX, 500)])
    (late,) = tracker.update([seen("person", BOX, 5000)])
    assert first.track_id == soon.track_id != late.track_id


def test_nothing_but_the_number_is_changed() -> None:
    (tracked,) = Tracker().update([seen("person", BOX)])
    assert replace(tracked, track_id=None) == seen("person", BOX)


boxes = st.tuples(st.floats(0, 0.5), st.floats(0, 0.5), st.floats(0.51, 1), st.floats(0.51, 1))


@given(boxes, boxes)
def test_overlap_is_symmetric_and_one_only_for_equal_boxes(one: Region, other: Region) -> None:
    assert isclose(iou(one, other), iou(other, one)) and 0.0 <= iou(one, other) <= 1.0 + 1e-9
    assert isclose(iou(one, one), 1.0)


def test_two_names_for_one_animal_have_one_track() -> None:
    tracker = Tracker()
    dog, horse = (Evidence("object", name, score, (0.2, 0.2, 0.6, 0.8), "test", 0, 0) for name, score in _NAMES)
    first, second = tracker.update((dog, horse))
    assert first.track_id == second.track_id and (first.label, second.label) == ("dog", "horse")


def test_an_animal_stays_itself_when_the_detector_changes_its_mind() -> None:
    tracker = Tracker()
    dog, horse = (Evidence("object", name, score, (0.2, 0.2, 0.6, 0.8), "test", 0, 0) for name, score in _NAMES)
    assert tracker.update((dog,))[0].track_id == tracker.update((horse,))[0].track_id


_NAMES = (("dog", 0.6), ("horse", 0.5))
