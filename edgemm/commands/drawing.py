"""Results drawn on a picture, for people who look at what a model found."""

from __future__ import annotations

import colorsys
from collections.abc import Sequence
from typing import Any

import numpy as np

from edgemm.bundles.tensors import Array
from edgemm.media import Pixels, VideoFrame
from edgemm.tasks.detection import Detections

_GOLDEN_RATIO = 0.618034
_WHITE, _BLACK = (255, 255, 255), (0, 0, 0)


def draw_detections(frame: VideoFrame, detections: Detections) -> Pixels:
    """A copy of the picture in BGR with a box, a name and a score for each detection; one colour for each class."""
    import cv2

    source = frame.pixels if frame.colour_order == "bgr" else frame.pixels[:, :, ::-1]
    picture: Pixels = np.ascontiguousarray(source).copy()
    unit = max(frame.height, frame.width) / 640.0
    thickness, font_scale = max(1, round(2 * unit)), max(0.4, 0.5 * unit)
    size = np.array([frame.width, frame.height] * 2)
    for box, score, class_id, label in zip(
        detections.boxes, detections.scores, detections.class_ids, detections.labels, strict=True
    ):
        left, top, right, bottom = (int(v) for v in np.rint(box * size))
        colour = class_colour(int(class_id))
        cv2.rectangle(picture, (left, top), (right, bottom), colour, thickness, cv2.LINE_AA)
        _draw_name(picture, f"{label} {score:.2f}", left, top, colour, font_scale)
    return picture


def draw_outlines(frame: VideoFrame, outlines: Sequence[Array]) -> Pixels:
    """A copy of the picture in BGR with polygons `(corner, xy)` in 0..1 outlined."""
    import cv2

    source = frame.pixels if frame.colour_order == "bgr" else frame.pixels[:, :, ::-1]
    picture: Pixels = np.ascontiguousarray(source).copy()
    thickness = max(1, round(max(frame.height, frame.width) / 320))
    size = np.array([frame.width, frame.height])
    polygons = [np.rint(corners * size).astype(np.int32) for corners in outlines]
    cv2.polylines(picture, polygons, True, class_colour(1), thickness, cv2.LINE_AA)
    return picture


def class_colour(class_id: int) -> tuple[int, int, int]:
    """BGR; neighbouring class numbers get distant hues."""
    red, green, blue = colorsys.hsv_to_rgb((class_id * _GOLDEN_RATIO) % 1.0, 0.8, 0.95)
    return round(blue * 255), round(green * 255), round(red * 255)


def _draw_name(picture: Pixels, text: str, left: int, top: int, colour: tuple[int, int, int], scale: float) -> None:
    """Name above the box, or inside it at the picture's upper edge; black or white, whichever reads better."""
    import cv2

    font: Any = cv2.FONT_HERSHEY_SIMPLEX
    weight = max(1, round(scale * 1.5))
    (width, height), below = cv2.getTextSize(text, font, scale, weight)
    base = max(top - below, height + 2)
    cv2.rectangle(picture, (left, base - height - 2), (left + width + 4, base + below), colour, cv2.FILLED)
    luminance = 0.114 * colour[0] + 0.587 * colour[1] + 0.299 * colour[2]
    ink = _BLACK if luminance > 128 else _WHITE
    cv2.putText(picture, text, (left + 2, base), font, scale, ink, weight, cv2.LINE_AA)
