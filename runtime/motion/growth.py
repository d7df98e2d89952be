"""How a thing grows, by two witnesses: its boxes, and the picture inside its box."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from math import expm1, log
from typing import NamedTuple

from runtime.evidence import Region
from runtime.motion.camera_motion import Grey, inside_motion


@dataclass
class SizeHistory:
    """Times (s) and log sizes of one track over the last `window_s`, which ends at its newest point.

    The newest `least_points` stay for twice as long: a slow detector gives few.
    """

    window_s: float
    least_points: int = 0
    points: deque[tuple[float, float]] = field(default_factory=deque)

    def add(self, time_s: float, log_size: float) -> None:
        self.points.append((time_s, log_size))
        while time_s - self.points[0][0] > self.window_s * (1 if len(self.points) > self.least_points else 2):
            self.points.popleft()

    def clear(self) -> None:
        self.points.clear()

    def growth(self) -> float:
        """Log size gained from the oldest to the newest point."""
        return self.points[-1][1] - self.points[0][1] if self.points else 0.0

    def rate_per_s(self) -> float | None:
        """Least-squares slope of log size, 1/s: the inverse of time to contact. None below three points."""
        if len(self.points) < 3:
            return None
        mean_t = sum(t for t, _ in self.points) / len(self.points)
        mean_s = sum(s for _, s in self.points) / len(self.points)
        spread = sum((t - mean_t) ** 2 for t, _ in self.points)
        return sum((t - mean_t) * (s - mean_s) for t, s in self.points) / spread if spread > 0.0 else None


@dataclass
class BoxGrowth:
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
        axes = self._known()
        if not axes or any(axis.growth() < least_growth for axis in axes):
            return 0.0
        return min(axis.rate_per_s() or 0.0 for axis in axes)

    def may_grow(self, by: float) -> bool:
        """Whether either axis gained `by` in log size, or neither is known."""
        axes = self._known()
        return not axes or any(axis.growth() >= by for axis in axes)

    def _known(self) -> list[SizeHistory]:
        return [axis for axis in (self.width, self.height) if len(axis.points) >= self.least_points]


class Kept(NamedTuple):
    """A fine picture and the background's expansion up to it, in log size."""

    time_s: float
    grey: Grey
    expansion: float


class InsideGrowth(NamedTuple):
    """`agreement` is the share of the points that moved together, 0 where nothing could be followed."""

    rate_per_s: float = 0.0
    agreement: float = 0.0


@dataclass
class Pictures:
    """The last moment's fine pictures: what is inside a box now is looked for in the one of `over_s` ago."""

    over_s: float
    kept: deque[Kept] = field(default_factory=deque)

    def add(self, time_s: float, grey: Grey, expansion: float) -> None:
        """Drops those that are older than the newest of at least `over_s` ago."""
        self.kept.append(Kept(time_s, grey, expansion))
        while len(self.kept) > 1 and time_s - self.kept[1].time_s >= self.over_s:
            self.kept.popleft()

    def clear(self) -> None:
        self.kept.clear()

    def growth_inside(self, region: Region) -> InsideGrowth:
        """Growth per second of what is in a box of the newest picture, less the background's: 1 / (time to contact).

        At constant speed size is k / (contact - t). Two sizes `elapsed_s` apart, with a ratio of exp(growth), then give
        a time to contact of elapsed_s / (exp(growth) - 1) from the later one.
        """
        if len(self.kept) < 2:
            return InsideGrowth()
        then, now = self.kept[0], self.kept[-1]
        elapsed_s = now.time_s - then.time_s
        if elapsed_s < self.over_s:
            return InsideGrowth()
        motion = inside_motion(then.grey, now.grey, region)
        growth = motion.log_scale - (now.expansion - then.expansion)
        return InsideGrowth(expm1(growth) / elapsed_s, motion.agreement)
