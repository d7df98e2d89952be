"""Pictures over time: a photograph held by an unsteady hand, with a sign or somebody who approaches in front of it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt
from pydantic import Field

from edgemm.media import Pixels
from edgemm.pictures.picture_files import read_picture
from edgemm.settings.config import ConfigModel

JPEG_QUALITY = 75
SENSOR_NOISE = 1.5
"""Standard deviation in grey values."""

HAND = ((0, 0), (1, 0), (1, 1), (0, 1))
"""Pixels by which the hand moves the picture, over and over: no camera that works delivers the same frame twice."""


class Approach(ConfigModel):
    """A cut-out of a photograph that stands, then comes closer at constant speed: height / (1 - time / contact)."""

    picture: str
    """File in configs/photographs."""
    crop: tuple[float, float, float, float] = (0.0, 0.0, 1.0, 1.0)
    """x1, y1, x2, y2 of the photograph, in 0..1."""
    start_s: float = Field(ge=0.0)
    """When it starts to come closer, after the beginning of the shot."""
    contact_s: float = Field(default=2.0, gt=0.0)
    """How long it would take to arrive."""
    height: float = Field(default=0.3, gt=0.0, le=1.0)
    """Its height while it stands, as a share of the picture's."""
    largest: float = Field(default=0.95, gt=0.0, le=1.0)
    """It stops at this height."""


@dataclass(frozen=True)
class Still:
    """What stands still: a photograph that fills the picture, or darkness; and a sign."""

    width: int
    height: int
    photographs: Path
    picture: str | None
    sign: tuple[str, ...] = ()
    zoom: float = 1.0

    def pixels(self) -> Pixels:
        """BGR, larger than the picture by a margin for the hand."""
        height, width = self.height + 2, self.width + 2
        if self.picture is None:
            return np.full((height, width, 3), 4, np.uint8)
        filled = fill(read_picture(self.photographs / self.picture).pixels, width, height, self.zoom)
        if self.sign:
            board = _board(self.sign, round(0.7 * self.width), round(0.4 * self.height))
            top, left = (height - board.shape[0]) // 2, (width - board.shape[1]) // 2
            filled[top : top + board.shape[0], left : left + board.shape[1]] = board
        return filled


class Film:
    """A shot. Frames of what stands still are encoded once for each position of the hand."""

    def __init__(self, still: Still, photographs: Path, approach: Approach | None = None) -> None:
        self._still = still
        self._photographs = photographs
        self._approach = approach
        self._encoded: dict[tuple[int, int], bytes] = {}

    def jpeg(self, number: int, time_s: float) -> bytes:
        """The frame `number`, `time_s` after the beginning of the shot."""
        position = number % len(HAND)
        rows = self._height_at(time_s)
        key = (position, rows)
        if key not in self._encoded:
            self._encoded[key] = self._frame(position, rows)
        return self._encoded[key]

    def _height_at(self, time_s: float) -> int:
        """Height in pixels of what approaches; 0 without."""
        if self._approach is None:
            return 0
        moved_s = max(0.0, time_s - self._approach.start_s)
        left_s = max(1e-3, self._approach.contact_s - moved_s)
        height = min(self._approach.largest, self._approach.height * self._approach.contact_s / left_s)
        return round(height * self._still.height)

    def _frame(self, position: int, rows: int) -> bytes:
        pixels = self._background.copy()
        if rows:
            self._paste(pixels, rows)
        x, y = HAND[position]
        view = pixels[y : y + self._still.height, x : x + self._still.width]
        noise = np.random.default_rng(position).normal(0.0, SENSOR_NOISE, view.shape)
        noisy = np.clip(view + noise, 0, 255).astype(np.uint8)
        _, data = cv2.imencode(".jpg", noisy, [cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY])
        return data.tobytes()

    def _paste(self, pixels: Pixels, rows: int) -> None:
        """What approaches, in the middle; it stays clear of the edges, as its width allows."""
        thing = self._thing
        columns = round(rows * thing.shape[1] / thing.shape[0])
        scaled = cv2.resize(thing, (columns, rows), interpolation=cv2.INTER_AREA)
        top, left = (pixels.shape[0] - rows) // 2, (pixels.shape[1] - columns) // 2
        pixels[top : top + rows, left : left + columns] = scaled

    @cached_property
    def _background(self) -> Pixels:
        return self._still.pixels()

    @cached_property
    def _thing(self) -> npt.NDArray[np.uint8]:
        assert self._approach is not None
        whole = read_picture(self._photographs / self._approach.picture).pixels
        height, width = whole.shape[:2]
        x1, y1, x2, y2 = self._approach.crop
        return whole[round(y1 * height) : round(y2 * height), round(x1 * width) : round(x2 * width)]


def fill(pixels: Pixels, width: int, height: int, zoom: float = 1.0) -> Pixels:
    """Scale and crop the middle so that the picture is filled, `zoom` times closer than needed."""
    scale = zoom * max(width / pixels.shape[1], height / pixels.shape[0])
    size = (max(width, round(pixels.shape[1] * scale)), max(height, round(pixels.shape[0] * scale)))
    interpolation = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    scaled = cv2.resize(pixels, size, interpolation=interpolation)
    top, left = (size[1] - height) // 2, (size[0] - width) // 2
    return np.ascontiguousarray(scaled[top : top + height, left : left + width], np.uint8)


def _board(lines: tuple[str, ...], width: int, height: int) -> Pixels:
    """A white board with black letters."""
    from matplotlib.font_manager import findfont
    from PIL import Image, ImageDraw, ImageFont

    board = Image.new("RGB", (width, height), "white")
    draw = ImageDraw.Draw(board)
    draw.rectangle((4, 4, width - 5, height - 5), outline="black", width=4)
    size = height // (len(lines) + 1)
    font = ImageFont.truetype(findfont("DejaVu Sans:bold"), size)
    while max(draw.textlength(line, font) for line in lines) > 0.85 * width:
        size -= 2
        font = ImageFont.truetype(findfont("DejaVu Sans:bold"), size)
    for number, line in enumerate(lines):
        centre = (width / 2, height * (number + 1) / (len(lines) + 1))
        draw.text(centre, line, fill="black", font=font, anchor="mm")
    return np.asarray(board, np.uint8)[:, :, ::-1]
