"""Which way up a page lies: quarter turns clockwise of its lines, 0 to 3.

0 reads to the right, 1 downwards, 2 to the left (upside down), 3 upwards.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from edgemm.pictures.text_regions import Quadrilateral

_CLEARLY_LONG = 1.5
"""Length / height of a line from which its shape says how it lies; a single letter says nothing."""


def sides(corners: Quadrilateral, width: int, height: int) -> tuple[float, float]:
    """Length in pixels of the side towards the second corner, and of the one behind it."""
    points = corners * np.array([width, height], np.float32)
    return float(np.linalg.norm(points[1] - points[0])), float(np.linalg.norm(points[2] - points[1]))


def lies_across(corners: Quadrilateral, width: int, height: int) -> bool:
    """Whether a line runs up or down: it is much taller than wide."""
    across, down = sides(corners, width, height)
    return down >= _CLEARLY_LONG * across


def page_lies_across(lines: Iterable[Quadrilateral], width: int, height: int) -> bool:
    """Whether most of the length of all lines runs up or down."""
    balance = 0.0
    for corners in lines:
        across, down = sides(corners, width, height)
        if max(across, down) >= _CLEARLY_LONG * min(across, down):
            balance += across - down
    return balance < 0.0


def turned(corners: Quadrilateral, quarters: int) -> Quadrilateral:
    """The corners of a line, which begin at its upper left, from where the text begins if it is turned so."""
    return np.asarray(np.roll(corners, -quarters, axis=0), np.float32)


def upright_boxes(
    lines: Sequence[Quadrilateral], quarters: int, width: int, height: int
) -> list[tuple[float, float, float, float]]:
    """x1, y1, x2, y2 in pixels of each line, on the page turned back so that it can be read."""
    boxes = []
    for corners in lines:
        x, y = corners[:, 0] * width, corners[:, 1] * height
        x, y = ((x, y), (y, width - x), (width - x, height - y), (height - y, x))[quarters]
        boxes.append((float(x.min()), float(y.min()), float(x.max()), float(y.max())))
    return boxes
