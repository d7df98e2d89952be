"""Films for the alerts: something that comes closer, and everything else that moves a picture.

Things are cut out of photographs along a rectangle; what is around them is the photograph's own.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import pi, sin
from pathlib import Path
from typing import Literal

import cv2
import numpy as np

from bench.film import SENSOR_NOISE, fill
from edgemm.media import NS_PER_S, Pixels, VideoFrame
from edgemm.pictures.picture_files import read_picture

WIDTH, HEIGHT = 640, 480
NOISES = 8
Crop = tuple[float, float, float, float]

CUT_OUTS: tuple[tuple[str, Crop], ...] = (
    ("officer.jpg", (0.0, 0.0, 1.0, 1.0)),
    ("astronaut.jpg", (0.05, 0.0, 0.7, 1.0)),
    ("dog_bicycle.jpg", (0.17, 0.35, 0.48, 0.97)),
    ("shepherd_dog.jpg", (0.1, 0.0, 0.85, 1.0)),
    ("brown_horse.jpg", (0.08, 0.05, 0.64, 1.0)),
    ("polar_bear.jpg", (0.2, 0.28, 0.88, 0.8)),
    ("camera_man.jpg", (0.0, 0.1, 0.62, 1.0)),
    ("cows.jpg", (0.2, 0.35, 0.95, 0.95)),
)
"""File and the share of it that is the thing: of the classes that the hazard rule watches."""

BACKGROUNDS = ("office_building.jpg", "great_wall.jpg", "brick.jpg", "pagoda.jpg", "dam.jpg")


@dataclass(frozen=True)
class ApproachFilm:
    """A thing stands for `still_s`, then comes at constant speed: its size is height * contact / (contact - t).

    `drift` moves its centre sideways while it comes, by that share of the width in all.
    """

    thing: tuple[str, Crop]
    background: str
    contact_s: float
    drift: float
    still_s: float = 1.5
    height: float = 0.35
    largest: float = 0.98

    @property
    def name(self) -> str:
        return f"{Path(self.thing[0]).stem}, {self.contact_s:g} s, drift {self.drift:+g}"

    @property
    def moving_s(self) -> float:
        """Until the thing has its largest size."""
        return self.contact_s * (1.0 - self.height / self.largest)


def approach_films() -> list[ApproachFilm]:
    """Each thing at each speed, with backgrounds and directions in turn."""
    speeds, drifts = (1.6, 2.0, 2.6), (0.0, -0.15, 0.15)
    return [
        ApproachFilm(thing, BACKGROUNDS[(i + j) % len(BACKGROUNDS)], contact_s, drifts[(i + j) % len(drifts)])
        for i, thing in enumerate(CUT_OUTS)
        for j, contact_s in enumerate(speeds)
    ]


def filmed(film: ApproachFilm, folder: Path, frames_per_s: float) -> Iterator[VideoFrame]:
    """Its frames, with a second after the thing has stopped."""
    background = fill(read_picture(folder / film.background).pixels, WIDTH, HEIGHT)
    thing = _cropped(read_picture(folder / film.thing[0]).pixels, film.thing[1])
    noise = _noise(0)
    for number in range(int((film.still_s + film.moving_s + 1.0) * frames_per_s)):
        moved_s = min(max(0.0, number / frames_per_s - film.still_s), film.moving_s)
        height = film.height * film.contact_s / (film.contact_s - moved_s)
        x = 0.5 + film.drift * moved_s / film.moving_s
        yield _frame(_pasted(background, thing, x, height), noise, number, frames_per_s)


Move = Literal["still", "pan", "zoom in", "zoom out", "walk", "light", "shake"]
MOVES: tuple[Move, ...] = ("pan", "zoom in", "walk", "light", "zoom out", "shake", "still")


def harmless(pictures: list[Path], seconds: float, shot_s: float, frames_per_s: float) -> Iterator[VideoFrame]:
    """Shots of whole photographs, cut hard: nothing comes closer, though the camera moves and the light changes."""
    noise, number, end = _noise(1), 0, int(seconds * frames_per_s)
    shot = 0
    while number < end:
        wide = fill(read_picture(pictures[shot % len(pictures)]).pixels, WIDTH * 3 // 2, HEIGHT * 3 // 2)
        move = MOVES[(shot + shot // len(pictures)) % len(MOVES)]
        strength = (0.5, 1.0, 1.5)[shot // len(MOVES) % 3]
        for i in range(min(int(shot_s * frames_per_s), end - number)):
            yield _frame(_moved(wide, move, i / frames_per_s, shot_s, strength), noise, number, frames_per_s)
            number += 1
        shot += 1


def _moved(wide: Pixels, move: Move, time_s: float, shot_s: float, strength: float) -> Pixels:
    """The view of a picture that is half as large again."""
    part, scale, x, y, light = time_s / shot_s, 1.0, 0.0, 0.0, 1.0
    if move == "pan":
        x = 0.15 * min(strength, 1.0) * sin(2 * pi * part * 2 * strength)
    elif move == "zoom in":
        scale = 1.0 + 0.8 * strength * part
    elif move == "zoom out":
        scale = 1.0 + 0.8 * strength * (1.0 - part)
    elif move == "walk":
        scale = 1.0 + 0.25 * strength * part
        x, y = 0.01 * strength * sin(2 * pi * time_s), 0.02 * strength * abs(sin(2 * pi * time_s))
    elif move == "light":
        light = 1.0 - 0.45 * strength * (0.5 - 0.5 * np.cos(2 * pi * time_s / 3.0))
    elif move == "shake":
        x, y = 0.02 * strength * sin(2 * pi * 3.1 * time_s), 0.02 * strength * sin(2 * pi * 2.3 * time_s)
    matrix = np.array(
        [
            [scale, 0.0, WIDTH * (0.5 + x) - scale * wide.shape[1] / 2],
            [0.0, scale, HEIGHT * (0.5 + y) - scale * wide.shape[0] / 2],
        ]
    )
    view = cv2.warpAffine(wide, matrix, (WIDTH, HEIGHT), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT)
    return np.asarray(view if light == 1.0 else np.clip(view * light, 0, 255), np.uint8)


def _cropped(pixels: Pixels, crop: Crop) -> Pixels:
    height, width = pixels.shape[:2]
    x1, y1, x2, y2 = crop
    return pixels[round(y1 * height) : round(y2 * height), round(x1 * width) : round(x2 * width)]


def _pasted(background: Pixels, thing: Pixels, x: float, height: float) -> Pixels:
    """`thing` with its centre at `x`, cut at the picture's edges."""
    rows = max(2, round(height * HEIGHT))
    columns = max(2, round(rows * thing.shape[1] / thing.shape[0]))
    scaled = cv2.resize(thing, (columns, rows), interpolation=cv2.INTER_AREA)
    left, top = round(x * WIDTH - columns / 2), (HEIGHT - rows) // 2
    x1, x2 = max(left, 0), min(left + columns, WIDTH)
    pixels = background.copy()
    pixels[top : top + rows, x1:x2] = scaled[:, x1 - left : x2 - left]
    return pixels


def _noise(seed: int) -> list[np.ndarray]:
    rng = np.random.default_rng(seed)
    return [rng.normal(0.0, SENSOR_NOISE, (HEIGHT, WIDTH, 1)).astype(np.float32) for _ in range(NOISES)]


def _frame(pixels: Pixels, noise: list[np.ndarray], number: int, frames_per_s: float) -> VideoFrame:
    noisy = np.clip(pixels + noise[number % len(noise)], 0, 255).astype(np.uint8)
    return VideoFrame(noisy, int(number / frames_per_s * NS_PER_S), number)
