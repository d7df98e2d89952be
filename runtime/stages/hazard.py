"""Hazard: something large that comes closer fast → an alert that pre-empts all speech.

    scene  Scene → Alert

The rule is time to contact (Lee 1976, "A theory of visual control of braking"): for a thing that approaches at
constant speed, size / (rate of change of size) is the time until it arrives, whatever its true size and distance. The
background's own expansion (zoom, walking) is taken off the growth; pans, cuts and lost backgrounds restart it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from math import log

from edgemm.media import NS_PER_S
from runtime.camera_motion import Grey, Motion, background_mask, background_motion, thumbnail
from runtime.directions import direction
from runtime.evidence import Evidence, Region
from runtime.items import Alert, Item, Scene
from runtime.phrasing import sentence, spoken
from runtime.tracking import SizeHistory


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
    pan_above_per_s: float = 0.6
    """Widths per second: while the picture pans faster, boxes change for that reason."""
    edge: float = 0.01
    """A box this close to an edge is cut there: its size along that axis says nothing."""
    silent_after_s: float = 5.0
    """The same thing, or another of its kind, is not announced again for this long."""


UNUSABLE_VIEWS = frozenset({"dark", "covered", "frozen", "stale", "missing"})


@dataclass
class Growth:
    """Log width and log height of one track, less the background's expansion; None where the box is cut."""

    window_s: float
    least_points: int
    width: SizeHistory = field(init=False)
    height: SizeHistory = field(init=False)
    newest_s: float = 0.0
    label: str = ""
    """The last name that is watched for and was sure enough; the detector may call it a sheep in between."""
    held: int = 0
    """Scenes in a row in which the rule held."""

    def __post_init__(self) -> None:
        self.width = SizeHistory(self.window_s, self.least_points)
        self.height = SizeHistory(self.window_s, self.least_points)

    def add(self, time_s: float, region: Region, expansion: float, edge: float) -> None:
        self.newest_s = time_s
        x1, y1, x2, y2 = region
        if x1 > edge and x2 < 1.0 - edge:
            self.width.add(time_s, log(max(x2 - x1, 1e-6)) - expansion)
        else:
            self.width.clear()
        if y1 > edge and y2 < 1.0 - edge:
            self.height.add(time_s, log(max(y2 - y1, 1e-6)) - expansion)
        else:
            self.height.clear()

    def rate_per_s(self, least_growth: float) -> float:
        """The slower of the two axes: a thing that turns or raises its arms grows along one only."""
        axes = [axis for axis in (self.width, self.height) if len(axis.points) >= self.least_points]
        if not axes or any(axis.growth() < least_growth for axis in axes):
            return 0.0
        return min(axis.rate_per_s() or 0.0 for axis in axes)


class Hazard:
    """Watches tracks grow."""

    def __init__(self, horizontal_fov_deg: float | None = 60.0, rule: HazardRule | None = None) -> None:
        self._fov_deg = horizontal_fov_deg
        self._rule = rule or HazardRule()
        self._thumbnail: Grey | None = None
        self._regions: tuple[Region, ...] = ()
        self._time_s = 0.0
        self._expansion = 0.0
        self._growth: dict[int, Growth] = {}
        self._silent_until_s: dict[str, float] = {}

    def step(self, port: str, item: Item, now_ns: int) -> Iterator[Item]:
        if not isinstance(item, Scene):
            return
        if item.view.state in UNUSABLE_VIEWS:
            self._forget()
            return
        for seen, rate in self._growing(item):
            if self._may_speak(seen):
                yield self._alert(seen, rate)

    def _forget(self) -> None:
        self._growth.clear()
        self._thumbnail = None

    def _growing(self, scene: Scene) -> list[tuple[Evidence, float]]:
        """Tracks for which the rule holds now, and their growth per second, fastest first."""
        time_s = scene.frame.capture_time_ns / NS_PER_S
        motion = self._camera_motion(scene)
        elapsed_s = max(time_s - self._time_s, 1e-3)
        self._time_s = time_s
        if motion.cut or not motion.known or motion.shift / elapsed_s > self._rule.pan_above_per_s:
            self._growth.clear()
        self._expansion += motion.log_scale
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

    def _camera_motion(self, scene: Scene) -> Motion:
        """Background motion since the last scene."""
        before, self._thumbnail = self._thumbnail, thumbnail(scene.frame)
        regions = tuple(e.region for e in scene.evidence if e.region is not None and self._counts(e))
        masked, self._regions = (*self._regions, *regions), regions
        if before is None or before.shape != self._thumbnail.shape:
            return Motion()
        rows, columns = before.shape
        return background_motion(before, self._thumbnail, background_mask((rows, columns), masked))

    def _counts(self, seen: Evidence) -> bool:
        return seen.label in self._rule.labels and seen.score >= self._rule.least_score

    def _rate(self, seen: Evidence, time_s: float) -> float:
        """Growth per second if the rule has held for enough scenes in a row, else 0."""
        assert seen.region is not None and seen.track_id is not None
        growth = self._growth.setdefault(seen.track_id, Growth(self._rule.window_s, self._rule.least_points))
        growth.add(time_s, seen.region, self._expansion, self._rule.edge)
        rate = growth.rate_per_s(self._rule.least_growth)
        if self._counts(seen):
            growth.label = seen.label
        sure = bool(growth.label) and seen.score >= self._rule.followed_score
        large = sure and seen.region[3] - seen.region[1] >= self._rule.least_height
        growth.held = growth.held + 1 if large and rate * self._rule.time_to_contact_s >= 1.0 else 0
        return rate if growth.held >= self._rule.frames_in_a_row else 0.0

    def _may_speak(self, seen: Evidence) -> bool:
        """True once for a thing and for its kind in `silent_after_s`."""
        time_s = seen.capture_time_ns / NS_PER_S
        if time_s < self._silent_until_s.get(seen.label, 0.0):
            return False
        self._silent_until_s[seen.label] = time_s + self._rule.silent_after_s
        return True

    def _alert(self, seen: Evidence, rate: float) -> Alert:
        assert seen.region is not None
        text = sentence(f"{spoken(seen.label)} {direction(seen.region, self._fov_deg)}, coming closer")
        return Alert(seen.label, seen.frame_id, seen.capture_time_ns, seen.region, rate, text)
