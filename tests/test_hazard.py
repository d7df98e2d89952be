"""Something large that grows fast is announced; the camera's own motion, cuts and light are not."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest

from edgemm.media import VideoFrame
from runtime.evidence import Evidence, Region
from runtime.items import Alert, Item, Scene, ViewState
from runtime.motion.tracking import Tracker
from runtime.stages.hazard import Hazard
from tests.moving_pictures import FPS, HEIGHT, WIDTH, Shot, approach, panned, paste, photograph, scenes, warped, zoomed


def watch(film: Iterator[Scene], hazard: Hazard | None = None) -> list[tuple[float, Item]]:
    """What the hazard stage says of a film, with the time (s) of the frame."""
    hazard, tracker = hazard or Hazard(), Tracker()
    said: list[tuple[float, Item]] = []
    for scene in film:
        tracked = replace(scene, evidence=tracker.update(scene.evidence))
        now_ns = scene.frame.capture_time_ns
        said += [(now_ns / 1e9, item) for item in hazard.step("scene", tracked, now_ns)]
    return said


def alerts(film: Iterator[Scene]) -> list[tuple[float, Alert]]:
    return [(time_s, item) for time_s, item in watch(film) if isinstance(item, Alert)]


@pytest.mark.parametrize("seed", range(5))
def test_a_person_who_comes_closer_is_announced_within_a_second_of_starting(seed: int) -> None:
    (time_s, alert), *more = alerts(scenes(approach(still_s=1.0, contact_s=2.0), seed=seed))
    assert 1.0 < time_s <= 2.1  # film time of the start is 1.0 s, the first frame is 0.1 s in
    assert alert.label == "person" and alert.growth_per_s >= 0.5
    assert more == []


def test_an_alert_names_the_thing_and_its_direction() -> None:
    said = [item for _, item in watch(scenes(approach()), Hazard(60.0)) if isinstance(item, Alert)]
    assert [alert.text for alert in said] == ["Person at twelve o'clock, coming closer."]


def test_without_field_of_view_the_direction_is_a_side() -> None:
    assert [alert.text for _, alert in alerts(scenes(approach()))] == ["Person ahead, coming closer."]


def test_a_slow_detector_of_five_frames_a_second_is_fast_enough() -> None:
    slow = (scene for scene in scenes(approach(contact_s=1.8, moving_s=1.4)) if scene.frame.frame_id % 2)
    assert len(alerts(slow)) == 1


def test_a_false_box_over_the_whole_picture_does_not_hide_an_approach() -> None:
    def film() -> Iterator[Scene]:
        for seen in scenes(approach()):
            wall = replace(seen.evidence[0], label="train", region=(0.02, 0.0, 0.95, 1.0), score=0.45)
            yield replace(seen, evidence=(*seen.evidence, wall))

    assert [alert.label for _, alert in alerts(film())] == ["person"]


def boxed(film: Iterator[Scene], *regions: Region) -> Iterator[Scene]:
    """The film with what the detector says in place of the truth, scene by scene; the last one stays."""
    for i, seen in enumerate(film):
        region = regions[min(i, len(regions) - 1)]
        yield replace(seen, evidence=tuple(replace(e, region=region) for e in seen.evidence))


@pytest.mark.parametrize("seed", range(3))
def test_a_box_that_takes_in_a_second_person_is_no_alert(seed: int) -> None:
    """One of two who stand still, then both, five times a second. Half an hour of a choir once gave two alerts."""
    still = paste(photograph("coffee"), photograph("astronaut", 200, 300), (0.5, 0.5), 0.8)
    one, both = (0.34, 0.2, 0.56, 0.95), (0.29, 0.2, 0.73, 0.95)
    slow = (scene for scene in scenes((still for _ in range(40)), seed=seed) if scene.frame.frame_id % 2)
    assert alerts(boxed(slow, *[one] * 8, (0.31, 0.2, 0.56, 1.0), *[(0.29, 0.2, 0.73, 1.0)] * 3, both)) == []


@pytest.mark.parametrize("seed", range(3))
def test_an_approach_is_seen_inside_boxes_that_jitter_widely(seed: int) -> None:
    (time_s, _), *more = alerts(scenes(approach(still_s=1.0, contact_s=2.0), jitter=0.06, seed=seed))
    assert 1.0 < time_s <= 2.1 and more == []


def test_a_plain_thing_with_a_still_background_in_its_box_is_announced_by_its_boxes() -> None:
    """Nothing on it can be followed; what can be followed inside its box stands still."""
    background, plain = photograph("coffee"), np.full((300, 200, 3), 90, np.uint8)

    def film() -> Iterator[Shot]:
        for i in range(22):
            height = 0.3 * 2.0 / (2.0 - max(0.0, i / FPS - 1.0))
            yield paste(background, plain, (0.5, 0.5), height)

    assert len(alerts(scenes(film()))) == 1


def test_an_animal_whose_name_changes_while_it_comes_is_announced_once() -> None:
    def film() -> Iterator[Scene]:
        for i, seen in enumerate(scenes(approach(contact_s=2.5, moving_s=2.0))):
            name = ("bear", "elephant")[i % 2]
            yield replace(seen, evidence=tuple(replace(e, label=name) for e in seen.evidence))

    assert len(alerts(film())) == 1


def test_a_thing_that_would_arrive_in_eight_seconds_is_no_alert() -> None:
    assert alerts(scenes(approach(contact_s=8.0, moving_s=2.0))) == []


def test_a_cup_that_comes_closer_is_no_alert() -> None:
    assert alerts(scenes(approach(), label="cup")) == []


def test_a_small_thing_far_away_is_no_alert() -> None:
    assert alerts(scenes(approach(height=0.08))) == []


def test_something_that_goes_away_is_no_alert() -> None:
    assert alerts(scenes(iter(list(approach())[::-1]))) == []


def test_a_zoom_is_no_alert() -> None:
    assert alerts(scenes(zoomed(float(np.exp(0.7 * i / FPS)) for i in range(12)))) == []


def test_a_zoom_does_not_hide_a_thing_that_comes_closer() -> None:
    hazard = Hazard()
    watch(scenes(zoomed(float(np.exp(0.7 * i / FPS)) for i in range(8))), hazard)
    assert any(isinstance(item, Alert) for _, item in watch(scenes(approach()), hazard))


@pytest.mark.parametrize("widths_per_s", [0.2, 0.5, 1.5])
def test_a_pan_that_brings_a_person_into_view_is_no_alert(widths_per_s: float) -> None:
    assert alerts(scenes(panned(float(-0.6 + widths_per_s * i / FPS) for i in range(int(12 / widths_per_s))))) == []


def test_a_cut_to_a_larger_person_is_no_alert() -> None:
    def film() -> Iterator[Shot]:
        thing = photograph("astronaut", 200, 300)
        for i in range(40):
            background = photograph(["coffee", "chelsea", "rocket"][i // 4 % 3])
            yield paste(background, thing, (0.5, 0.5), 0.4 + 0.12 * (i // 4 % 4))

    assert alerts(scenes(film())) == []


def test_a_change_of_light_is_no_alert() -> None:
    def film() -> Iterator[Shot]:
        still = paste(photograph("coffee"), photograph("astronaut", 200, 300), (0.5, 0.5), 0.6)
        for i in range(60):
            gain = 0.35 + 0.65 * abs(np.sin(i / 4.0))
            yield replace(still, pixels=(still.pixels * gain).astype(np.uint8))

    assert alerts(scenes(film())) == []


def test_the_same_approach_is_announced_once() -> None:
    film = list(approach(contact_s=2.5, moving_s=2.0))
    assert len(alerts(scenes(iter(film)))) == 1


def again_after(pause_s: float) -> Iterator[Shot]:
    """Somebody comes, steps back, waits, and comes again."""
    come = list(approach())
    yield from come
    yield from come[:9:-1]
    yield from [come[0]] * int(pause_s * FPS)
    yield from come[10:]


@pytest.mark.parametrize(("pause_s", "told"), [(0.5, 1), (1.5, 1), (4.0, 2)])
def test_one_who_comes_again_is_announced_again_after_five_seconds(pause_s: float, told: int) -> None:
    times = [time_s for time_s, _ in alerts(scenes(again_after(pause_s)))]
    assert len(times) == told
    assert told == 1 or times[1] - times[0] > 5.0


def from_two_sides(label: str, later_s: float) -> Iterator[Scene]:
    """One comes on the left and, `later_s` later, another of its kind on the right."""
    background, thing = photograph("coffee"), photograph("astronaut", 200, 300)
    rng = np.random.default_rng(1)
    for i in range(int((2.2 + later_s) * FPS)):
        pixels, time_ns, seen = background, int((i + 1) / FPS * 1e9), []
        for x, start_s in ((0.25, 1.0), (0.75, 1.0 + later_s)):
            moved_s = min(max(0.0, i / FPS - start_s), 1.2)
            shot = paste(pixels, thing, (x, 0.5), 0.3 * 2.0 / (2.0 - moved_s))
            assert shot.region is not None
            pixels = shot.pixels
            seen.append(Evidence("object", label, 0.7, shot.region, "test", time_ns, i))
        noisy = np.clip(pixels + rng.normal(0.0, 2.0, pixels.shape), 0, 255).astype(np.uint8)
        yield Scene(VideoFrame(noisy, time_ns, i), tuple(seen), ViewState(i, time_ns, "ok"))


@pytest.mark.parametrize("label", ["car", "person", "dog"])
@pytest.mark.parametrize("later_s", [0.0, 0.8])
def test_two_of_a_kind_from_two_sides_are_both_announced(label: str, later_s: float) -> None:
    sides = sorted(alert.text.split(",")[0].split(" on ")[1] for _, alert in alerts(from_two_sides(label, later_s)))
    assert sides == ["the left", "the right"]


def test_one_who_is_lost_for_a_moment_and_found_again_is_announced_once() -> None:
    """The detector misses him for 0.8 s: the track ends, and the next one is the same person."""
    film = list(scenes(iter([*approach(), *[list(approach())[-1]] * 12, *list(approach(0.0, 4.0, 1.5, 0.75))])))
    gone = [replace(s, evidence=()) if 22 <= i < 30 else s for i, s in enumerate(film)]
    assert len(alerts(iter(gone))) == 1


def test_nothing_is_announced_from_a_covered_camera() -> None:
    covered = (replace(s, view=replace(s.view, state="covered")) for s in scenes(approach()))
    assert alerts(covered) == []


def wandering(seconds: float, seed: int) -> Iterator[Shot]:
    """A camera that pans, zooms, shakes, is cut and changes its light, before people who stand still."""
    rng = np.random.default_rng(seed)
    thing = photograph("astronaut", 200, 300)
    names = ["coffee", "chelsea", "rocket"]
    left = 0
    shift, scale, light = 0.0, 1.0, 1.0
    for _ in range(int(seconds * FPS)):
        if left == 0:
            left = int(rng.integers(10, 40))
            still = paste(
                photograph(names[rng.integers(3)]), thing, (rng.uniform(0.2, 0.8), 0.5), rng.uniform(0.3, 0.8)
            )
            shift, scale, light = 0.0, 1.0, 1.0
            pan, zoom, fade = rng.normal(0.0, 0.04), rng.normal(0.0, 0.05), rng.normal(0.0, 0.05)
        left -= 1
        shift, scale = shift + pan + rng.normal(0.0, 0.002), scale * float(np.exp(zoom))
        light = float(np.clip(light + fade, 0.4, 1.6))
        matrix = np.array([[scale, 0, WIDTH / 2 * (1 - scale) + shift * WIDTH], [0, scale, HEIGHT / 2 * (1 - scale)]])
        moved = warped(still, matrix)
        yield replace(moved, pixels=np.clip(moved.pixels * light, 0, 255).astype(np.uint8))


def test_half_a_minute_of_a_wandering_camera_raises_no_alert() -> None:
    assert alerts(scenes(wandering(30.0, seed=1), jitter=0.02)) == []


@pytest.mark.slow
def test_three_minutes_of_a_wandering_camera_raise_no_alert() -> None:
    """Half an hour with the real detector is a benchmark (`edgemm bench --only alerts`)."""
    assert alerts(scenes(wandering(180.0, seed=2), jitter=0.02)) == []
