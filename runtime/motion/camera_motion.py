"""How parts of the picture move: the background, and what is inside a box.

The background tells the camera's own motion: a zoom or a step forward is not a thing that comes closer. The inside of a
box tells whether the thing grows, or only the detector's idea of its edges. Sparse optical flow (Lucas-Kanade) on a
small grey picture; a similarity transform by RANSAC. About 3 ms a part on one core.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import hypot, log

import numpy as np
import numpy.typing as npt

from edgemm.media import VideoFrame
from runtime.evidence import Region

Grey = npt.NDArray[np.uint8]
Mask = npt.NDArray[np.uint8]

WIDTH_PX = 160
"""Enough for the background ..."""
FINE_WIDTH_PX = 320
"""... and for a person, who is narrow."""


@dataclass(frozen=True)
class MotionSettings:
    """Chosen on warped photographs (tests/test_hazard.py)."""

    most_points: int = 80
    least_points: int = 12
    least_inliers: float = 0.5
    apart_px: float = 1.0
    """How far from where it should be a point may be to agree."""
    still_below: float = 0.35
    """Mean difference of normalised grey values up to which a background without texture counts as still."""
    cut_above: float = 0.9
    """... and above which the picture was cut. Two unrelated pictures differ by about 1.1."""


@dataclass(frozen=True)
class Motion:
    """From one picture to the next. `log_scale` of the background, `shift` as a share of the width.

    `known` False: the background could not be followed (light change, blur). `cut` True: another scene.
    `agreement` is the share of the points, found or lost again, that moved together.
    """

    log_scale: float = 0.0
    shift: float = 0.0
    known: bool = True
    cut: bool = False
    agreement: float = 0.0


UNKNOWN = Motion(known=False)


def fine_picture(frame: VideoFrame) -> Grey:
    """Grey picture `FINE_WIDTH_PX` wide, averaged."""
    step = max(1, frame.width // (4 * FINE_WIDTH_PX))
    return scaled(np.ascontiguousarray(frame.pixels[::step, ::step, 1]), FINE_WIDTH_PX)


def thumbnail(fine: Grey) -> Grey:
    """Grey picture `WIDTH_PX` wide, averaged."""
    return scaled(fine, WIDTH_PX)


TALLEST = 4
"""Heights per width up to which a picture keeps its form: one pixel wide, a thousand high, it would fill the memory."""


def scaled(grey: Grey, width: int) -> Grey:
    """A grey picture of any size, made `width` wide and at least 16 high, averaged."""
    import cv2

    height = min(max(16, round(grey.shape[0] * width / grey.shape[1])), TALLEST * width)
    return np.asarray(cv2.resize(grey, (width, height), interpolation=cv2.INTER_AREA), np.uint8)


LEAST_MASKED_BACKGROUND = 0.25
"""A box that would leave less of the picture as background is not masked: the majority of points decides."""


def background_mask(shape: tuple[int, int], regions: Sequence[Region], margin: float = 0.02) -> Mask:
    """255 outside the regions, 0 inside and close to them, the small ones first. `shape` is (row, column)."""
    mask = np.full(shape, 255, np.uint8)
    rows, columns = shape
    for x1, y1, x2, y2 in sorted(regions, key=lambda region: (region[2] - region[0]) * (region[3] - region[1])):
        left, right = max(0, int((x1 - margin) * columns)), int(np.ceil((x2 + margin) * columns))
        top, bottom = max(0, int((y1 - margin) * rows)), int(np.ceil((y2 + margin) * rows))
        masked = mask.copy()
        masked[top : max(bottom, 0), left : max(right, 0)] = 0
        if np.count_nonzero(masked) < LEAST_MASKED_BACKGROUND * mask.size:
            break
        mask = masked
    return mask


def background_motion(before: Grey, after: Grey, mask: Mask, settings: MotionSettings | None = None) -> Motion:
    """How the background moved between two thumbnails of equal size; `mask` as of `background_mask`."""
    settings = settings or MotionSettings()
    inside = mask > 0
    one, other = _normalised(before, inside), _normalised(after, inside)
    difference = float(np.abs(one.astype(np.float32) - other.astype(np.float32))[inside].mean()) / _GAIN
    motion = _followed(one, other, mask, settings)
    if motion is not None:
        return motion
    if difference > settings.cut_above:
        return Motion(known=False, cut=True)
    return Motion() if difference < settings.still_below else UNKNOWN


_GAIN = 40.0
"""Grey values for one standard deviation after normalising."""


def _normalised(grey: Grey, inside: npt.NDArray[np.bool_]) -> Grey:
    """Mean 128 and standard deviation `_GAIN` over the background: a change of light alone leaves it as it is."""
    values = grey[inside]
    spread = max(float(values.std()), 2.0)
    shifted = (grey.astype(np.float32) - float(values.mean())) * (_GAIN / spread) + 128.0
    return shifted.clip(0, 255).astype(np.uint8)


INSIDE = MotionSettings(most_points=60, least_points=8, apart_px=1.5)
"""For a box, in the fine picture."""

BORDER = 0.15
"""Of a box, on each side: there the background shows."""


def inside_motion(before: Grey, after: Grey, region: Region) -> Motion:
    """How what is in a box of the later picture came to be there: from one fine picture to the other.

    Followed back in time, because the newest box is always known. `UNKNOWN` without texture, or when the points part.
    """
    rows, columns = after.shape
    near = _near(rows, columns, region)
    before, after = before[near], after[near]
    mask = np.ascontiguousarray(_inner_mask(rows, columns, region)[near])
    inside = mask > 0
    if not inside.any():
        return UNKNOWN
    back = _followed(_normalised(after, inside), _normalised(before, inside), mask, INSIDE)
    if back is None:
        return UNKNOWN
    return Motion(-back.log_scale, back.shift * after.shape[1] / columns, agreement=back.agreement)


MARGIN_PX = 48
"""Around a box in the fine picture: how far what is inside may have moved. Less to search than the whole picture."""


def _near(rows: int, columns: int, region: Region) -> tuple[slice, slice]:
    x1, y1, x2, y2 = region
    top, left = max(0, int(y1 * rows) - MARGIN_PX), max(0, int(x1 * columns) - MARGIN_PX)
    return slice(top, max(top, int(y2 * rows) + MARGIN_PX)), slice(left, max(left, int(x2 * columns) + MARGIN_PX))


def _inner_mask(rows: int, columns: int, region: Region) -> Mask:
    x1, y1, x2, y2 = region
    border_x, border_y = BORDER * (x2 - x1), BORDER * (y2 - y1)
    mask = np.zeros((rows, columns), np.uint8)
    top, bottom = max(0, int((y1 + border_y) * rows)), int(np.ceil((y2 - border_y) * rows))
    left, right = max(0, int((x1 + border_x) * columns)), int(np.ceil((x2 - border_x) * columns))
    mask[top : max(bottom, 0), left : max(right, 0)] = 255
    return mask


def _followed(before: Grey, after: Grey, mask: Mask, settings: MotionSettings) -> Motion | None:
    """Motion of points that optical flow can follow there and back; None when too few agree."""
    import cv2

    points = cv2.goodFeaturesToTrack(before, settings.most_points, 0.02, 4, mask=mask)
    if points is None or len(points) < settings.least_points:
        return None
    moved, found, _ = cv2.calcOpticalFlowPyrLK(before, after, points, points.copy(), winSize=(15, 15), maxLevel=3)
    back, found_back, _ = cv2.calcOpticalFlowPyrLK(after, before, moved, moved.copy(), winSize=(15, 15), maxLevel=3)
    error = np.linalg.norm((back - points).reshape(-1, 2), axis=1)
    good = (found.ravel() == 1) & (found_back.ravel() == 1) & (error < settings.apart_px)
    if good.sum() < max(settings.least_points, settings.least_inliers * len(points)):
        return None
    cv2.setRNGSeed(0)  # RANSAC draws the same points in every replay
    matrix, inliers = cv2.estimateAffinePartial2D(points[good], moved[good], ransacReprojThreshold=settings.apart_px)
    if matrix is None or inliers.mean() < settings.least_inliers:
        return None
    scale = hypot(matrix[0, 0], matrix[1, 0])
    rows, columns = before.shape
    centre = np.array([columns / 2.0, rows / 2.0, 1.0])
    shift = float(np.linalg.norm(matrix @ centre - centre[:2])) / columns
    agreement = float(inliers.sum()) / len(points)
    return Motion(log(scale), shift, agreement=agreement) if 0.5 < scale < 2.0 else None
