"""Marks on a plain ground: print on white paper, letters of a screen in dark mode.

A picture of which nearly all is white, or black, may be a page. What stands on a page is a real contrast; what is left
of an overexposed or a dark view is not.
"""

from __future__ import annotations

import numpy as np

from edgemm.media import Pixels

LOOKED_AT_PX = 1280
"""Longer side at which marks are looked for: thin strokes must stay."""
STROKE_PX = 15
"""Strokes of print are thinner; lamps in the night and dark corners of a view are not."""
LEAST_PIXELS = 30
GROUND_TONES = 30
"""Tones at either end of the range that count as the white or the black of the ground."""
INK_BELOW = 64
"""A twentieth of what is not white being so dark is ink: overexposure lifts the dark tones too."""
STEP = 32
THIN_SHARE = 0.65
"""Share of what stands out that is strokes."""
LIT_FROM, LIT_SHARE, LIT_STROKES_SHARE = 100, 0.005, 0.0005
"""Letters of a dark screen are bright: this share of the picture, less if all of it is strokes."""


def marks_on_white(pixels: Pixels) -> bool:
    """Whether dark marks stand on a ground of white; `pixels (row, column, channel)`."""
    import cv2

    tones = _smaller(pixels).min(axis=2)  # yellow on white shows in its blue
    marked = tones < 255 - GROUND_TONES
    if np.count_nonzero(marked) < LEAST_PIXELS:
        return False
    if np.percentile(tones[marked], 5) <= INK_BELOW:
        return True
    ground = cv2.morphologyEx(tones, cv2.MORPH_CLOSE, np.ones((STROKE_PX, STROKE_PX), np.uint8))
    return bool(np.mean((ground - tones)[marked] > STEP) >= THIN_SHARE)


def marks_on_black(pixels: Pixels) -> bool:
    """Whether bright marks stand on a ground of black; `pixels (row, column, channel)`."""
    import cv2

    tones = _smaller(pixels).max(axis=2)  # red on black shows in its red
    lit = np.mean(tones >= LIT_FROM)
    if lit >= LIT_SHARE or lit < LIT_STROKES_SHARE:
        return bool(lit >= LIT_SHARE)
    ground = cv2.morphologyEx(tones, cv2.MORPH_OPEN, np.ones((STROKE_PX, STROKE_PX), np.uint8))
    return bool(np.mean((tones - ground)[tones >= LIT_FROM // 2] > STEP) >= THIN_SHARE)


def _smaller(pixels: Pixels) -> Pixels:
    import cv2

    scale = LOOKED_AT_PX / max(pixels.shape[:2])
    if scale >= 1.0:
        return pixels
    return np.asarray(cv2.resize(pixels, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA), np.uint8)
