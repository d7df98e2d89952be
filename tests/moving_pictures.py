"""Short films for tests of motion, warped and composed from photographs, with the true box of what moves."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import cv2
import numpy as np
import skimage.data

from edgemm.media import NS_PER_S, VideoFrame
from runtime.evidence import Evidence, Region
from runtime.items import Scene, ViewState

WIDTH, HEIGHT = 640, 360
FPS = 10.0


@dataclass(frozen=True)
class Shot:
    """One picture of a film: BGR pixels, and where the thing is (None: nowhere)."""

    pixels: np.ndarray
    region: Region | None


def photograph(name: str, width: int = WIDTH, height: int = HEIGHT) -> np.ndarray:
    """A photograph of scikit-image as BGR, resized."""
    pixels = getattr(skimage.data, name)()[..., :3][..., ::-1]
    return cv2.resize(np.ascontiguousarray(pixels), (width, height), interpolation=cv2.INTER_AREA)


def paste(background: np.ndarray, thing: np.ndarray, centre: tuple[float, float], height: float) -> Shot:
    """`thing` in front of the background, `height` of the picture high, cut at its edges."""
    rows = max(2, round(height * HEIGHT))
    columns = max(2, round(rows * thing.shape[1] / thing.shape[0]))
    scaled = cv2.resize(thing, (columns, rows), interpolation=cv2.INTER_AREA)
    left, top = round(centre[0] * WIDTH - columns / 2), round(centre[1] * HEIGHT - rows / 2)
    x1, y1, x2, y2 = max(left, 0), max(top, 0), min(left + columns, WIDTH), min(top + rows, HEIGHT)
    pixels = background.copy()
    pixels[y1:y2, x1:x2] = scaled[y1 - top : y2 - top, x1 - left : x2 - left]
    return Shot(pixels, (x1 / WIDTH, y1 / HEIGHT, x2 / WIDTH, y2 / HEIGHT))


def approach(
    still_s: float = 1.0, contact_s: float = 2.0, moving_s: float = 1.2, height: float = 0.3
) -> Iterator[Shot]:
    """A thing stands, then comes at constant speed: its size is height * contact / (contact - t)."""
    background, thing = photograph("coffee"), photograph("astronaut", 200, 300)
    for i in range(int((still_s + moving_s) * FPS)):
        moved_s = max(0.0, i / FPS - still_s)
        yield paste(background, thing, (0.5, 0.5), height * contact_s / (contact_s - moved_s))


def zoomed(scales: Iterator[float], height: float = 0.35) -> Iterator[Shot]:
    """The whole picture grows: the camera zooms, or the person walks towards a wall with a picture."""
    still = paste(photograph("coffee"), photograph("astronaut", 200, 300), (0.5, 0.5), height)
    for scale in scales:
        yield warped(still, np.array([[scale, 0, WIDTH / 2 * (1 - scale)], [0, scale, HEIGHT / 2 * (1 - scale)]]))


def panned(shifts: Iterator[float], height: float = 0.5) -> Iterator[Shot]:
    """The whole picture moves sideways, by a share of its width."""
    still = paste(photograph("coffee"), photograph("astronaut", 200, 300), (0.5, 0.5), height)
    for shift in shifts:
        yield warped(still, np.array([[1.0, 0, shift * WIDTH], [0, 1.0, 0]]))


def warped(shot: Shot, matrix: np.ndarray) -> Shot:
    pixels = cv2.warpAffine(shot.pixels, matrix, (WIDTH, HEIGHT), flags=cv2.INTER_AREA, borderMode=cv2.BORDER_REFLECT)
    assert shot.region is not None
    x1, y1, x2, y2 = shot.region
    corners = np.array([[x1 * WIDTH, y1 * HEIGHT, 1], [x2 * WIDTH, y2 * HEIGHT, 1]]) @ matrix.T
    (a, b), (c, d) = np.clip(corners / [WIDTH, HEIGHT], 0.0, 1.0)
    return Shot(pixels, (a, b, c, d) if c - a > 0.02 and d - b > 0.02 else None)


def scenes(shots: Iterator[Shot], label: str = "person", jitter: float = 0.01, seed: int = 0) -> Iterator[Scene]:
    """What a detector would make of a film: the true box with noise, relative to its size; the pixels with noise."""
    rng = np.random.default_rng(seed)
    for i, shot in enumerate(shots):
        time_ns = int((i + 1) / FPS * NS_PER_S)
        noisy = np.clip(shot.pixels + rng.normal(0.0, 2.0, shot.pixels.shape), 0, 255).astype(np.uint8)
        frame = VideoFrame(noisy, time_ns, i)
        evidence = ()
        if shot.region is not None:
            x1, y1, x2, y2 = shot.region
            size = np.array([x2 - x1, y2 - y1] * 2)
            box = np.clip(np.array(shot.region) + rng.normal(0.0, jitter, 4) * size, 0.0, 1.0)
            region = (float(box[0]), float(box[1]), float(box[2]), float(box[3]))
            evidence = (Evidence("object", label, 0.7, region, "test", time_ns, i),)
        yield Scene(frame, evidence, ViewState(i, time_ns, "ok"))
