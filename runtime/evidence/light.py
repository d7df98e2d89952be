"""Light evidence: how bright the picture is, and from which side the light comes.

A camera sets its own exposure, so this is the light as the camera sees it: dark only when exposure cannot help.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from edgemm.media import VideoFrame
from runtime.evidence import Evidence, EvidenceKind

DARK_BELOW = 0.16
DIM_BELOW = 0.32
BRIGHT_ABOVE = 0.60
"""Mean grey value in 0..1; chosen on photographs darkened and brightened in steps."""
SIDED_RATIO = 1.35
"""A side whose mean is this much above the other's is where the light comes from."""
SAMPLED_ROWS = 72


class LightObserver:
    """Mean grey values of a subsample."""

    kind: EvidenceKind = "light"

    def gather(self, frame: VideoFrame, known: tuple[Evidence, ...]) -> Iterator[tuple[Evidence, ...]]:
        step = max(1, frame.height // SAMPLED_ROWS)
        grey = frame.pixels[::step, ::step].mean(axis=2) / 255.0
        level = float(grey.mean())
        side = _side(grey)
        label = _level_name(level) + (f", with more light {side}" if side and level >= DARK_BELOW else "")
        yield (Evidence("light", label, level, None, "mean grey", frame.capture_time_ns, frame.frame_id),)


def _level_name(level: float) -> str:
    if level < DARK_BELOW:
        return "it is dark"
    if level < DIM_BELOW:
        return "it is dim"
    return "it is bright" if level > BRIGHT_ABOVE else "it is light"


def _side(grey: np.ndarray[tuple[int, ...], np.dtype[np.float64]]) -> str | None:
    """ "from the left", "from the right" or None, by thirds of the width."""
    third = max(1, grey.shape[1] // 3)
    left, right = float(grey[:, :third].mean()) + 1e-3, float(grey[:, -third:].mean()) + 1e-3
    if left > SIDED_RATIO * right:
        return "from the left"
    return "from the right" if right > SIDED_RATIO * left else None
