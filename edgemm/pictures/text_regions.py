"""From a map of text probability to the quadrilaterals of lines, and the order in which people read them.

Differentiable binarisation (Liao et al. 2020): a line's map is a shrunken core, which is grown again by
area * ratio / perimeter.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from pydantic import BaseModel, ConfigDict

from edgemm.bundles.tensors import Array
from edgemm.media import Pixels

log = logging.getLogger(__name__)

Quadrilateral = npt.NDArray[np.float32]
"""`(corner, xy)`: clockwise from the corner at which the text begins, in 0..1 of the picture."""

_LEAST_SIDE_PX = 3.0
_COLUMN_GAP_HEIGHTS = 1.0
"""A gutter between columns is at least this many line heights wide."""


class RegionSettings(BaseModel):
    """Thresholds of the post-processing; the defaults are PP-OCR's."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    probability: float = 0.3
    mean_probability: float = 0.5
    grow_ratio: float = 1.6
    max_regions: int = 600
    """A dense table has some hundreds; of what has more, the smallest are left out, told."""


@dataclass(frozen=True, eq=False)
class TextRegion:
    """Where a line of text is. `score` is the mean text probability inside."""

    corners: Quadrilateral
    score: float


def text_regions(probability: Array, settings: RegionSettings) -> list[TextRegion]:
    """Regions in a map `(row, column)` float32 in 0..1, largest first."""
    import cv2

    mask = (probability > settings.probability).astype(np.uint8)
    mask = np.asarray(cv2.dilate(mask, np.ones((2, 2), np.uint8)), np.uint8)
    contours, _ = cv2.findContours(mask, cv2.RETR_LIST, cv2.CHAIN_APPROX_SIMPLE)
    if len(contours) > settings.max_regions:
        log.warning("more than %d pieces of text: the smallest are not read", settings.max_regions)
    contours = sorted(contours, key=cv2.contourArea, reverse=True)[: settings.max_regions]
    regions = []
    for contour in contours:
        centre, (width, height), angle = cv2.minAreaRect(contour)
        if min(width, height) < _LEAST_SIDE_PX:
            continue
        score = _mean_inside(probability, np.asarray(cv2.boxPoints((centre, (width, height), angle)), np.float32))
        if score < settings.mean_probability:
            continue
        grow = width * height * settings.grow_ratio / (width + height)  # both sides of the perimeter's half
        corners = np.asarray(cv2.boxPoints((centre, (width + grow, height + grow), angle)), np.float32)
        regions.append(TextRegion(_in_unit_square(_from_start(corners), probability), score))
    return regions


def _mean_inside(probability: Array, corners: Quadrilateral) -> float:
    import cv2

    left, top = np.maximum(np.floor(corners.min(axis=0)), 0).astype(int)
    right, bottom = np.ceil(corners.max(axis=0)).astype(int) + 1
    part = np.ascontiguousarray(probability[top:bottom, left:right])
    inside = np.zeros(part.shape, np.uint8)
    cv2.fillPoly(inside, [np.round(corners - (left, top)).astype(np.int32)], [1])
    return float(cv2.mean(part, inside)[0])


def _from_start(corners: Quadrilateral) -> Quadrilateral:
    """Clockwise from the upper left as the text lies: along the longer side, to the right (or down if upright)."""
    ordered = corners[np.argsort(np.arctan2(*(corners - corners.mean(axis=0)).T[::-1]))]  # clockwise, y points down
    start = int(np.argmin(ordered.sum(axis=1)))
    return np.asarray(np.roll(ordered, -start, axis=0), np.float32)


def _in_unit_square(corners: Quadrilateral, probability: Array) -> Quadrilateral:
    size = np.array(probability.shape[::-1], np.float32)
    return np.asarray(np.clip(corners / size, 0.0, 1.0), np.float32)


def straightened(pixels: Pixels, corners: Quadrilateral) -> Pixels:
    """The region as an upright picture of a line; a region much taller than wide is turned by 90°."""
    import cv2

    points = corners * np.array([pixels.shape[1], pixels.shape[0]], np.float32)
    width = round(float(max(np.linalg.norm(points[0] - points[1]), np.linalg.norm(points[3] - points[2]))))
    height = round(float(max(np.linalg.norm(points[0] - points[3]), np.linalg.norm(points[1] - points[2]))))
    width, height = max(width, 1), max(height, 1)
    target = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    matrix = cv2.getPerspectiveTransform(points.astype(np.float32), target)
    line = cv2.warpPerspective(pixels, matrix, (width, height), flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)
    if height >= 1.5 * width:
        line = cv2.rotate(line, cv2.ROTATE_90_COUNTERCLOCKWISE)
    return np.asarray(line, np.uint8)


def reading_order(boxes: Sequence[tuple[float, float, float, float]]) -> list[int]:
    """Indices of boxes (x1, y1, x2, y2, all in one unit) as people read: columns left to right, rows top to bottom.

    Recursive cut at empty strips (XY-cut, Nagy and Seth 1984): first at a gutter with several rows on each side.
    """
    corners = np.asarray(boxes, np.float64).reshape(-1, 4)
    quarter = (corners[:, 3] - corners[:, 1]) / 4  # boxes of tilted or tight lines overlap; their middle halves do not
    corners[:, 1] += quarter
    corners[:, 3] -= quarter
    return _ordered(corners, list(range(len(corners))))


def _ordered(boxes: Array, members: list[int]) -> list[int]:
    if len(members) < 2:
        return members
    height = 2 * float(np.median(boxes[members, 3] - boxes[members, 1]))
    for gap, left, right in _cuts(boxes, members, axis=0):
        if gap >= _COLUMN_GAP_HEIGHTS * height and _rows(boxes, left) > 1 and _rows(boxes, right) > 1:
            return _ordered(boxes, left) + _ordered(boxes, right)
    for _, above, below in _cuts(boxes, members, axis=1):
        return _ordered(boxes, above) + _ordered(boxes, below)
    return sorted(members, key=lambda index: float(boxes[index, 0]))


def _cuts(boxes: Array, members: list[int], axis: int) -> list[tuple[float, list[int], list[int]]]:
    """Empty strips across an axis, widest first: width, boxes before, boxes behind."""
    ordered = sorted(members, key=lambda index: float(boxes[index, axis]))
    ends = np.maximum.accumulate(boxes[ordered, axis + 2])
    gaps = boxes[ordered[1:], axis] - ends[:-1]
    cuts = [(float(gap), ordered[: place + 1], ordered[place + 1 :]) for place, gap in enumerate(gaps) if gap > 0]
    return sorted(cuts, key=lambda cut: -cut[0])


def _rows(boxes: Array, members: list[int]) -> int:
    return 1 + len(_cuts(boxes, members, axis=1))
