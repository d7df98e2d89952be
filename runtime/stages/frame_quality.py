"""Frame quality: whether the picture can support an answer.

    frame  VideoFrame → ViewState, when the state changes
    tick   Tick       → ViewState "stale" or "missing", when frames stay away

A new state must hold for a few frames before it is told, so that one blurred frame of a pan is not an event.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal
from zlib import crc32

import numpy as np

from edgemm.media import NS_PER_S, Pixels, VideoFrame
from edgemm.pictures.marks import marks_on_black, marks_on_white
from runtime.items import Item, Tick, ViewState
from runtime.motion.camera_motion import Grey, scaled

State = Literal["ok", "dark", "bright", "blurred", "covered", "frozen", "stale", "missing"]

MEASURED_WIDTH_PX = 320
"""Width at which sharpness is measured, so that thresholds do not depend on the camera's resolution."""


@dataclass(frozen=True)
class FrameQualitySettings:
    """Grey values in 0..255. Chosen on 12 photographs of scikit-image at 1280x720 with sensor noise of 2 grey values.

    Sharp ones have a Laplacian variance of 240-4560 (noise alone: 22), blurred by 8 pixels 24-42.
    """

    dark_mean_below: float = 28.0
    saturated_from: float = 250.0
    bright_share_above: float = 0.66
    """Share of saturated pixels."""
    covered_deviation_below: float = 8.0
    """Standard deviation of a picture in which nothing stands out ..."""
    covered_sharpness_below: float = 60.0
    """... and variance of the Laplacian of one without texture."""
    blurred_sharpness_below: float = 45.0
    """Variance of the Laplacian at a mean of `full_light_mean`; in dimmer light in proportion."""
    full_light_mean: float = 100.0
    blurred_ratio_below: float = 0.02
    """Variance of the Laplacian / variance of the picture: sharpness whatever the contrast."""
    frozen_after_s: float | None = 2.0
    """Identical pixels for longer; None for sources that show a still picture."""
    stale_after_s: float = 1.0
    missing_after_s: float = 5.0
    settled_after_frames: int = 3


@dataclass(frozen=True)
class Measures:
    """What the thresholds look at."""

    mean: float
    deviation: float
    bright_share: float
    sharpness: float


def small_grey(frame: VideoFrame) -> Grey:
    """The green channel at `MEASURED_WIDTH_PX`, averaged from every other pixel to calm the sensor's noise."""
    step = 2 if frame.width >= 2 * MEASURED_WIDTH_PX else 1
    green = np.ascontiguousarray(frame.pixels[::step, ::step, 1])
    return scaled(green, MEASURED_WIDTH_PX)


def measure(grey: Grey, saturated_from: float) -> Measures:
    """`grey: (row, column)`."""
    import cv2

    mean, deviation = (float(value[0, 0]) for value in cv2.meanStdDev(grey))
    laplacian = cv2.Laplacian(grey, cv2.CV_16S)
    _, spread = cv2.meanStdDev(laplacian)
    bright = float(np.count_nonzero(grey >= saturated_from)) / grey.size
    return Measures(mean, deviation, bright, float(spread[0, 0]) ** 2)


def judge(measures: Measures, settings: FrameQualitySettings, pixels: Pixels) -> State:
    """The state that one picture alone gives. `pixels` are looked at where it may be a page, white or black."""
    dark = measures.mean < settings.dark_mean_below
    bright = measures.bright_share > settings.bright_share_above
    if dark or bright:
        if not (marks_on_black(pixels) if dark else marks_on_white(pixels)):
            return "dark" if dark else "bright"
        # A page may be nearly empty: only how sharp its marks are tells whether it can be read.
        return "blurred" if measures.sharpness < settings.blurred_ratio_below * measures.deviation**2 else "ok"
    flat = measures.deviation < settings.covered_deviation_below
    if flat and measures.sharpness < settings.covered_sharpness_below:
        return "covered"
    light = min(1.0, measures.mean / settings.full_light_mean)
    least_sharp = max(settings.blurred_sharpness_below * light, settings.blurred_ratio_below * measures.deviation**2)
    return "blurred" if measures.sharpness < least_sharp else "ok"


class FrameQuality:
    """Tells when the view becomes usable or unusable."""

    def __init__(self, settings: FrameQualitySettings | None = None) -> None:
        self._settings = settings or FrameQualitySettings()
        self._told: State | None = None
        self._candidate: State | None = None
        self._candidate_frames = 0
        self._fingerprint: int | None = None
        self._same_since_ns = 0
        self._arrived_ns: int | None = None
        self._started_ns: int | None = None
        self._frame_id, self._capture_time_ns = -1, 0

    def step(self, port: str, item: Item, now_ns: int) -> Iterator[Item]:
        if self._started_ns is None:
            self._started_ns = now_ns
        if isinstance(item, VideoFrame):
            yield from self._on_frame(item, now_ns)
        elif isinstance(item, Tick):
            yield from self._on_tick(now_ns)

    def _on_frame(self, frame: VideoFrame, now_ns: int) -> Iterator[Item]:
        self._arrived_ns = now_ns
        self._frame_id, self._capture_time_ns = frame.frame_id, frame.capture_time_ns
        state = self._state_of(frame)
        self._candidate_frames = self._candidate_frames + 1 if state == self._candidate else 1
        self._candidate = state
        first = self._told in (None, "stale", "missing")
        if first or self._candidate_frames >= self._settings.settled_after_frames:
            yield from self._tell(state)

    def _state_of(self, frame: VideoFrame) -> State:
        grey = small_grey(frame)
        fingerprint = crc32(grey.data)
        if fingerprint != self._fingerprint:
            self._fingerprint, self._same_since_ns = fingerprint, frame.capture_time_ns
        state = judge(measure(grey, self._settings.saturated_from), self._settings, frame.pixels)
        frozen_after_s = self._settings.frozen_after_s
        frozen = frozen_after_s is not None and frame.capture_time_ns - self._same_since_ns > frozen_after_s * NS_PER_S
        return "frozen" if state == "ok" and frozen else state

    def _on_tick(self, now_ns: int) -> Iterator[Item]:
        since_ns = self._arrived_ns if self._arrived_ns is not None else self._started_ns
        assert since_ns is not None
        quiet_s = (now_ns - since_ns) / NS_PER_S
        never = self._arrived_ns is None
        if quiet_s > (self._settings.stale_after_s if never else self._settings.missing_after_s):
            yield from self._tell("missing")
        elif quiet_s > self._settings.stale_after_s:
            yield from self._tell("stale")

    def _tell(self, state: State) -> Iterator[Item]:
        if state != self._told:
            self._told = state
            yield ViewState(self._frame_id, self._capture_time_ns, state)
