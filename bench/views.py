"""What the camera shows while questions are asked: a photograph as it is, dark, blurred, covered, or with a sign."""

from __future__ import annotations

from collections.abc import Iterator

import cv2
import numpy as np

from bench.film import SENSOR_NOISE, Still
from bench.question_set import Asked, Condition
from edgemm.media import NS_PER_S, Pixels, VideoFrame
from edgemm.pictures.picture_files import read_picture

DIFFERENT_FRAMES = 4
SIGN_VIEW = (960, 720)
DARKENED_TO = 0.05
BLUR_SHARE = 0.012
"""Standard deviation of the blur, as a share of the width: nothing can be made out."""
COVER_GREY = 90.0
"""A hand over the lens: light through skin, without detail."""


def frames(asked: Asked, duration_s: float, frames_per_s: float) -> Iterator[VideoFrame]:
    """The view of `asked` with a sensor's noise: a few frames, over and over."""
    still = _pixels(asked).astype(np.float32)
    rng = np.random.default_rng(0)
    noise = [rng.standard_normal(still.shape, np.float32) * SENSOR_NOISE for _ in range(DIFFERENT_FRAMES)]
    noisy = [np.clip(still + one, 0, 255).astype(np.uint8) for one in noise]
    for number in range(int(duration_s * frames_per_s) + 1):
        yield VideoFrame(noisy[number % DIFFERENT_FRAMES], int(number / frames_per_s * NS_PER_S), number)


def _pixels(asked: Asked) -> Pixels:
    file = asked.photograph.file
    if asked.condition == "sign":
        width, height = SIGN_VIEW
        return Still(width, height, file.parent, file.name, _lines(asked.truth)).pixels()
    return _changed(read_picture(file).pixels, asked.condition)


def _lines(words: str) -> tuple[str, ...]:
    """Two lines where one would be long."""
    parts = words.split()
    if len(words) <= 10:
        return (words,)
    half = (len(parts) + 1) // 2
    return tuple(" ".join(part) for part in (parts[:half], parts[half:]) if part)


def _changed(pixels: Pixels, condition: Condition) -> Pixels:
    if condition == "dark":
        return (pixels * DARKENED_TO).astype(np.uint8)
    if condition == "blurred":
        return np.asarray(cv2.GaussianBlur(pixels, (0, 0), BLUR_SHARE * pixels.shape[1]), np.uint8)
    if condition == "covered":
        return np.full_like(pixels, COVER_GREY)
    return pixels
