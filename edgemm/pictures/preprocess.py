"""Picture → network input, by the typed steps of a manifest, and the way back for boxes.

The full-size picture is read once, by the resize; every later step works at the network's size.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from edgemm.bundles.manifest import CentreCrop, ColourOrder, Normalise, PreprocessStep, Resize
from edgemm.errors import BundleError
from edgemm.media import Pixels, VideoFrame

Boxes = npt.NDArray[np.float32]
"""`(box, xyxy)`: corners x1, y1, x2, y2 in 0..1 of a picture."""

Region = tuple[float, float, float, float]
"""Corners x1, y1, x2, y2 in 0..1 of a picture."""

LETTERBOX_GREY = 114


@dataclass(frozen=True)
class Geometry:
    """Where the network's view lies in the frame: frame = view * scale + offset, all in 0..1 of their picture."""

    scale_x: float = 1.0
    scale_y: float = 1.0
    offset_x: float = 0.0
    offset_y: float = 0.0

    def within(self, outer: Geometry) -> Geometry:
        """This view of a picture that is itself the view `outer` of the frame."""
        return Geometry(
            scale_x=self.scale_x * outer.scale_x,
            scale_y=self.scale_y * outer.scale_y,
            offset_x=self.offset_x * outer.scale_x + outer.offset_x,
            offset_y=self.offset_y * outer.scale_y + outer.offset_y,
        )

    def to_frame(self, boxes: Boxes) -> Boxes:
        """`boxes (box, xyxy)` of the view in 0..1 of the frame, cut at its edges."""
        scale, offset = self._vectors()
        inside: Boxes = np.clip(boxes * scale + offset, 0.0, 1.0).astype(np.float32)
        return inside

    def to_view(self, boxes: Boxes) -> Boxes:
        """`boxes (box, xyxy)` of the frame in 0..1 of the view; parts outside it are below 0 or above 1."""
        scale, offset = self._vectors()
        return ((boxes - offset) / scale).astype(np.float32)

    def _vectors(self) -> tuple[Boxes, Boxes]:
        scale = np.array([self.scale_x, self.scale_y] * 2, np.float32)
        offset = np.array([self.offset_x, self.offset_y] * 2, np.float32)
        return scale, offset


def preprocess(
    frame: VideoFrame, steps: Sequence[PreprocessStep], region: Region | None = None
) -> tuple[npt.NDArray[np.float32], Geometry]:
    """`(1, channel, row, column)` float32 of a frame, or of a region of it, and the view's geometry.

    Without a colour step the frame's own order stays. Raises BundleError for a step that is not for pictures.
    """
    pixels, geometry = _cut(frame.pixels, region)
    order, mean, std = frame.colour_order, np.zeros(3, np.float32), np.ones(3, np.float32)
    for step in steps:
        if isinstance(step, Resize):
            pixels, view = _resize(pixels, step)
            geometry = view.within(geometry)
        elif isinstance(step, CentreCrop):
            pixels, view = _centre_crop(pixels, step)
            geometry = view.within(geometry)
        elif isinstance(step, ColourOrder):
            pixels = pixels if step.order == order else pixels[:, :, ::-1]
            order = step.order
        elif isinstance(step, Normalise):
            mean, std = np.array(step.mean, np.float32), np.array(step.std, np.float32)
        else:
            raise BundleError(f"preprocess step '{step.step}' is not for pictures")
    planes = np.empty((1, 3, *pixels.shape[:2]), np.float32)
    for channel in range(3):
        np.subtract(pixels[:, :, channel], mean[channel], out=planes[0, channel])
        planes[0, channel] *= 1.0 / std[channel]
    return planes, geometry


def _cut(pixels: Pixels, region: Region | None) -> tuple[Pixels, Geometry]:
    """The region as a view of the pixels (no copy), at least one pixel large."""
    if region is None:
        return pixels, Geometry()
    height, width = pixels.shape[:2]
    left, top = min(max(int(region[0] * width), 0), width - 1), min(max(int(region[1] * height), 0), height - 1)
    right = min(max(int(np.ceil(region[2] * width)), left + 1), width)
    bottom = min(max(int(np.ceil(region[3] * height)), top + 1), height)
    geometry = Geometry((right - left) / width, (bottom - top) / height, left / width, top / height)
    return pixels[top:bottom, left:right], geometry


def _resize(pixels: Pixels, step: Resize) -> tuple[Pixels, Geometry]:
    height, width = pixels.shape[:2]
    if step.mode == "stretch":
        return _scaled(pixels, step.height, step.width, step.interpolation), Geometry()
    if step.mode == "shorter_side":
        ratio = step.height / min(height, width)
        return _scaled(pixels, _size(height, ratio), _size(width, ratio), step.interpolation), Geometry()
    ratio = min(step.height / height, step.width / width)
    inner = _scaled(pixels, _size(height, ratio), _size(width, ratio), step.interpolation)
    rows, columns = inner.shape[:2]
    top, left = (step.height - rows) // 2, (step.width - columns) // 2
    framed: Pixels = np.full((step.height, step.width, 3), LETTERBOX_GREY, np.uint8)
    framed[top : top + rows, left : left + columns] = inner
    return framed, Geometry(step.width / columns, step.height / rows, -left / columns, -top / rows)


def _centre_crop(pixels: Pixels, step: CentreCrop) -> tuple[Pixels, Geometry]:
    height, width = pixels.shape[:2]
    if step.height > height or step.width > width:
        raise BundleError("centre crop larger than the picture", expected=(step.height, step.width), found=pixels.shape)
    top, left = (height - step.height) // 2, (width - step.width) // 2
    view = Geometry(step.width / width, step.height / height, left / width, top / height)
    return pixels[top : top + step.height, left : left + step.width], view


def _size(length: int, ratio: float) -> int:
    return max(1, round(length * ratio))


def _scaled(pixels: Pixels, height: int, width: int, interpolation: str) -> Pixels:
    import cv2

    methods = {"linear": cv2.INTER_LINEAR, "cubic": cv2.INTER_CUBIC, "area": cv2.INTER_AREA}
    resized: Any = cv2.resize(pixels, (width, height), interpolation=methods[interpolation])
    return resized  # type: ignore[no-any-return]
