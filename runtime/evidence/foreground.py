"""Which pixels of a box are the thing in it: GrabCut (Rother, Kolmogorov and Blake 2004) on a small copy."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from edgemm.media import Pixels, VideoFrame
from runtime.evidence import Region

SIDE_PX = 72
"""Longer side of the copy: 10-20 ms on one core."""
MARGIN = 0.25
"""Share of the box around it that shows what the background is like."""
LEAST_BACKGROUND = 0.05
"""Share of the copy below which there is too little background to learn from."""
ROUNDS = 3
LEAST_SHARE = 0.1
"""A foreground that fills less of the box is none that was found."""
INNER = 0.2
"""Without one: what is cut from each side of the box, for background is rare in its middle."""

Mask = npt.NDArray[np.bool_]


def thing_pixels(frame: VideoFrame, region: Region) -> Pixels:
    """`(pixel, bgr)`: the pixels of the thing in `region`, from a copy of at most `SIDE_PX` on a side."""
    x1, y1, x2, y2 = region
    wide, high = (x2 - x1) * MARGIN, (y2 - y1) * MARGIN
    left, top, right, bottom = max(0.0, x1 - wide), max(0.0, y1 - high), min(1.0, x2 + wide), min(1.0, y2 + high)
    pixels = _small_copy(frame, (left, top, right, bottom))
    width, height = right - left, bottom - top
    box = ((x1 - left) / width, (y1 - top) / height, (x2 - left) / width, (y2 - top) / height)
    inside = _filled(pixels, box)
    found = _foreground(pixels, inside)
    if found.sum() < LEAST_SHARE * inside.sum():
        found = _filled(pixels, box, INNER)
    return np.asarray(pixels[found], np.uint8)


def _small_copy(frame: VideoFrame, region: Region) -> Pixels:
    """The region as BGR."""
    import cv2

    rows, columns = _spans(region, frame.height, frame.width)
    crop = np.ascontiguousarray(frame.pixels[rows, columns])
    scale = min(1.0, SIDE_PX / max(crop.shape[:2]))
    size = max(1, round(crop.shape[1] * scale)), max(1, round(crop.shape[0] * scale))
    small = np.asarray(cv2.resize(crop, size, interpolation=cv2.INTER_AREA), np.uint8)
    return small if frame.colour_order == "bgr" else np.ascontiguousarray(small[..., ::-1])


def _filled(pixels: Pixels, box: Region, inset: float = 0.0) -> Mask:
    """True within `box`, less `inset` of it on each side."""
    x1, y1, x2, y2 = box
    cut_x, cut_y = (x2 - x1) * inset, (y2 - y1) * inset
    mask = np.zeros(pixels.shape[:2], np.bool_)
    mask[_spans((x1 + cut_x, y1 + cut_y, x2 - cut_x, y2 - cut_y), *pixels.shape[:2])] = True
    return mask


def _foreground(pixels: Pixels, inside: Mask) -> Mask:
    """Nothing where the box leaves no background to learn from."""
    import cv2

    if min(pixels.shape[:2]) < 8 or (~inside).mean() < LEAST_BACKGROUND:
        return np.zeros_like(inside)
    mask = np.where(inside, cv2.GC_PR_FGD, cv2.GC_BGD).astype(np.uint8)
    background, foreground = np.zeros((1, 65)), np.zeros((1, 65))
    cv2.setRNGSeed(0)  # the same picture has the same colour every time
    cv2.grabCut(pixels, mask, (0, 0, 1, 1), background, foreground, ROUNDS, cv2.GC_INIT_WITH_MASK)
    return np.asarray(mask == cv2.GC_PR_FGD)


def _spans(region: Region, height: int, width: int) -> tuple[slice, slice]:
    """Rows and columns; at least one of each, inside the picture."""
    x1, y1, x2, y2 = region
    return _span(y1, y2, height), _span(x1, x2, width)


def _span(low: float, high: float, size: int) -> slice:
    start = min(max(int(low * size), 0), size - 1)
    return slice(start, max(start + 1, min(round(high * size), size)))
