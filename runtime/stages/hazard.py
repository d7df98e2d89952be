"""Hazard: something large that comes closer fast → an alert that pre-empts all speech.

    scene  Scene → Alert, and Watched for every scene

The rule is time to contact (Lee 1976, "A theory of visual control of braking"): for a thing that approaches at
constant speed, size / (rate of change of size) is the time until it arrives, whatever its true size and distance. The
background's own expansion (zoom, walking) is taken off the growth; pans, cuts and lost backgrounds restart it.

Growth has two witnesses. The picture inside a box, followed over a third of a second, measures it to a few hundredths
per second; a detector's boxes do so only roughly, and jump when it takes two people for one. So what is seen inside
decides alone when it grows, and overrules the boxes when all of it stays as it was. Where it cannot be followed, or
only part of it agrees (the background shows through), the boxes decide: a missed approach is worse than a false alarm.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Literal

from edgemm.media import NS_PER_S
from runtime.evidence import Evidence, Region
from runtime.items import Alert, Item, Scene, Watched
from runtime.language.directions import direction, directions
from runtime.language.phrasing import sentence, spoken
from runtime.motion.camera_motion import Grey, Motion, background_mask, background_motion, fine_picture, thumbnail
from runtime.motion.growth import BoxGrowth, Pictures
from runtime.motion.silence import Silence
from runtime.motion.unbroken import Unbroken
from runtime.skills.unseen import UNUSABLE_VIEWS


@dataclass(frozen=True)
class HazardRule:
    """When a growing thing is an alert. Sizes are shares of the picture."""

    labels: frozenset[str] = frozenset(
        {"person", "bicycle", "car", "motorcycle", "bus", "truck", "train", "dog", "horse", "cow", "elephant", "bear"}
    )
    time_to_contact_s: float = 2.0
    """A person who hears a warning stops within about 1.5 s (reaction and one step)."""
    least_height: float = 0.3
    least_score: float = 0.4
    followed_score: float = 0.33
    """Enough for a thing that was seen surer before."""
    frames_in_a_row: int = 3
    window_s: float = 0.5
    """Growth is fitted over this long, or twice as long where a slow detector gives fewer than `least_points`."""
    least_points: int = 4
    least_growth: float = 0.12
    """Log growth within the window below which box jitter could be the cause."""
    inside_over_s: float = 0.28
    """What is inside a box is compared with the picture of so long ago, or the next older one."""
    inside_agrees: float = 0.4
    """Share of the points in a box that must move together to be believed when they say that it grows ..."""
    least_box_growth: float = 0.0
    """... of a box that does not shrink along both axes: another thing may come, before what stands there ..."""
    inside_unanimous: float = 0.8
    """... and when they say, against the boxes, that it does not: fewer may be the background that shows through."""
    pan_above_per_s: float = 0.6
    """Widths per second: while the picture pans faster, boxes change for that reason."""
    edge: float = 0.01
    """A box this close to an edge is cut there: its size along that axis says nothing."""
    silent_after_s: float = 5.0
    """The same thing is not announced again for this long; another one is, whatever its kind."""


class Hazard:
    """Watches tracks grow."""

    def __init__(self, horizontal_fov_deg: float | None = None, rule: HazardRule | None = None) -> None:
        self._fov_deg = horizontal_fov_deg
        self._rule = rule or HazardRule()
        self._thumbnail: Grey | None = None
        self._pictures = Pictures(self._rule.inside_over_s)
        self._regions: tuple[Region, ...] = ()
        self._time_s = 0.0
        self._expansion = 0.0
        self._growth: dict[int, BoxGrowth] = {}
        self._unbroken = Unbroken(2.0 * self._rule.window_s)
        self._silence = Silence(self._rule.silent_after_s)

    def step(self, port: str, item: Item, now_ns: int) -> Iterator[Item]:
        if not isinstance(item, Scene):
            return
        if item.view.state in UNUSABLE_VIEWS:
            self._forget()
            yield _watched(item, "view")
            return
        for seen, rate in self._growing(item):
            if self._silence.may_announce(seen, self._time_s):
                yield self._alert(seen, rate)
        yield _watched(item, self._unbroken.blind())

    def _forget(self) -> None:
        self._growth.clear()
        self._pictures.clear()
        self._thumbnail = None
        self._unbroken.restart()

    def _growing(self, scene: Scene) -> list[tuple[Evidence, float]]:
        """Tracks for which the rule holds now, and their growth per second, fastest first."""
        time_s = scene.frame.capture_time_ns / NS_PER_S
        picture = fine_picture(scene.frame)
        motion = self._camera_motion(scene, thumbnail(picture))
        elapsed_s = max(time_s - self._time_s, 1e-3)
        self._time_s = time_s
        broken = motion.cut or not motion.known or motion.shift / elapsed_s > self._rule.pan_above_per_s
        if broken:
            self._growth.clear()
            self._pictures.clear()
        self._unbroken.add(time_s, picture, broken=broken)
        self._silence.follow(scene.evidence, time_s)
        self._expansion += motion.log_scale
        self._pictures.add(time_s, picture, self._expansion)
        self._growth = {track: g for track, g in self._growth.items() if time_s - g.newest_s <= self._rule.window_s}
        watched = self._watched(scene.evidence)
        found = [(self._named(e), rate) for e in watched if (rate := self._rate(e, time_s)) > 0.0]
        return sorted(found, key=lambda pair: -pair[1])

    def _watched(self, seen: Iterable[Evidence]) -> list[Evidence]:
        """One observation of each track, the surest: of what is watched for, or was called so a moment ago."""
        surest: dict[int, Evidence] = {}
        for e in sorted(seen, key=lambda e: (e.label in self._rule.labels, e.score)):
            wanted = e.label in self._rule.labels or e.track_id in self._growth
            if wanted and e.region is not None and e.track_id is not None:
                surest[e.track_id] = e
        return list(surest.values())

    def _named(self, seen: Evidence) -> Evidence:
        assert seen.track_id is not None
        return replace(seen, label=self._growth[seen.track_id].label)

    def _camera_motion(self, scene: Scene, now: Grey) -> Motion:
        """Background motion since the last scene; `now` is this one's thumbnail."""
        before, self._thumbnail = self._thumbnail, now
        regions = tuple(e.region for e in scene.evidence if e.region is not None and self._counts(e))
        masked, self._regions = (*self._regions, *regions), regions
        if before is None:
            return Motion()
        if before.shape != now.shape:
            return Motion(known=False, cut=True)
        rows, columns = before.shape
        return background_motion(before, now, background_mask((rows, columns), masked))

    def _counts(self, seen: Evidence) -> bool:
        return seen.label in self._rule.labels and seen.score >= self._rule.least_score

    def _rate(self, seen: Evidence, time_s: float) -> float:
        """Growth per second if the rule has held for enough scenes in a row, else 0."""
        assert seen.region is not None and seen.track_id is not None
        growth = self._growth.setdefault(seen.track_id, BoxGrowth(self._rule.window_s, self._rule.least_points))
        growth.add(time_s, seen.region, self._expansion, self._rule.edge)
        if self._counts(seen):
            growth.label = seen.label
        sure = bool(growth.label) and seen.score >= self._rule.followed_score
        large = sure and seen.region[3] - seen.region[1] >= self._rule.least_height
        rate = self._agreed(growth, seen.region) if large else 0.0
        growth.held = growth.held + 1 if self._is_close(rate) else 0
        return rate if growth.held >= self._rule.frames_in_a_row else 0.0

    def _is_close(self, rate: float) -> bool:
        return rate * self._rule.time_to_contact_s >= 1.0

    def _agreed(self, boxes: BoxGrowth, region: Region) -> float:
        """Growth per second by the two witnesses. The inside, which costs more, is asked where it can decide."""
        boxes_say = boxes.rate_per_s(self._rule.least_growth)
        may_grow = boxes.may_grow(self._rule.least_box_growth)
        if not may_grow and not self._is_close(boxes_say):
            return 0.0
        inside = self._pictures.growth_inside(region)
        if may_grow and inside.agreement >= self._rule.inside_agrees and self._is_close(inside.rate_per_s):
            return inside.rate_per_s
        stays = inside.agreement >= self._rule.inside_unanimous and not self._is_close(2.0 * inside.rate_per_s)
        return 0.0 if stays else boxes_say

    def _alert(self, seen: Evidence, rate: float) -> Alert:
        assert seen.region is not None
        text = _text(seen.label, direction(seen.region, self._fov_deg))
        return Alert(seen.label, seen.frame_id, seen.capture_time_ns, seen.region, rate, text)


def alert_texts(horizontal_fov_deg: float | None, rule: HazardRule | None = None) -> tuple[str, ...]:
    """Every sentence that an alert can say, so that a voice can make them beforehand."""
    labels = sorted((rule or HazardRule()).labels)
    return tuple(_text(label, where) for where in directions(horizontal_fov_deg) for label in labels)


def _text(label: str, where: str) -> str:
    return sentence(f"{spoken(label)} {where}, coming closer")


def _watched(scene: Scene, blind: Literal["", "view", "unsteady", "still"]) -> Watched:
    return Watched(scene.frame.frame_id, scene.frame.capture_time_ns, blind)
