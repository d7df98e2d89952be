"""Where things are, in words: clock face, side, near or far."""

from __future__ import annotations

from dataclasses import dataclass
from math import atan, degrees, radians, tan
from typing import Literal

from runtime.evidence import Region
from runtime.language.phrasing import number
from runtime.language.things import THINGS

_COLUMNS = 1000
"""Fine enough to meet every direction."""
CENTRE_THIRD = (0.4, 0.6)
"""Share of the width that counts as ahead when the field of view is not known."""


@dataclass(frozen=True)
class DistanceBands:
    """Near and far, in metres: an arm's length and two steps, and what is across a street."""

    near_below_m: float = 2.0
    far_above_m: float = 8.0
    cut_margin: float = 0.015
    """A box that comes closer to the picture's edge than this share is taken as cut."""


def angle_deg(x: float, horizontal_fov_deg: float) -> float:
    """Angle to the right of the optical axis of column `x` in 0..1, pinhole camera."""
    return degrees(atan((x - 0.5) * 2.0 * tan(radians(horizontal_fov_deg) / 2.0)))


def clock_hour(x: float, horizontal_fov_deg: float) -> int:
    """1..12: straight ahead is twelve, each hour 30 degrees."""
    return (round(angle_deg(x, horizontal_fov_deg) / 30.0) - 1) % 12 + 1


def side(x: float) -> Literal["on the left", "ahead", "on the right"]:
    low, high = CENTRE_THIRD
    return "on the left" if x < low else "on the right" if x > high else "ahead"


def direction(region: Region, horizontal_fov_deg: float | None) -> str:
    """ "at two o'clock", or "on the left", "ahead", "on the right" when the field of view is None."""
    x = (region[0] + region[2]) / 2.0
    if horizontal_fov_deg is None:
        return side(x)
    return f"at {number(clock_hour(x, horizontal_fov_deg))} o'clock"


def directions(horizontal_fov_deg: float | None) -> tuple[str, ...]:
    """Every `direction` that there is in the picture, the middle of it first."""
    columns = sorted(range(_COLUMNS + 1), key=lambda column: abs(2 * column - _COLUMNS))
    regions = ((column / _COLUMNS, 0.0, column / _COLUMNS, 1.0) for column in columns)
    return tuple(dict.fromkeys(direction(region, horizontal_fov_deg) for region in regions))


def distance_m(
    label: str, region: Region, horizontal_fov_deg: float, aspect: float, bands: DistanceBands | None = None
) -> float | None:
    """Distance by typical height, pinhole camera with square pixels; None for classes without one and for cut boxes.

    `aspect` is width / height of the picture.
    """
    margin = (bands or DistanceBands()).cut_margin
    thing = THINGS.get(label)
    x1, y1, x2, y2 = region
    if thing is None or thing.height_m is None or min(x1, y1, 1.0 - x2, 1.0 - y2) < margin or y2 <= y1:
        return None
    focal_heights = aspect / (2.0 * tan(radians(horizontal_fov_deg) / 2.0))
    return thing.height_m * focal_heights / (y2 - y1)


def nearness(
    label: str, region: Region, horizontal_fov_deg: float | None, aspect: float, bands: DistanceBands | None = None
) -> Literal["near", "far away"] | None:
    """None between near and far, and whenever the distance is not known."""
    bands = bands or DistanceBands()
    if horizontal_fov_deg is None:
        return None
    distance = distance_m(label, region, horizontal_fov_deg, aspect, bands)
    if distance is None:
        return None
    return "near" if distance < bands.near_below_m else "far away" if distance > bands.far_above_m else None
