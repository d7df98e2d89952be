"""A video file, played at its own speed, once."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any, Literal

import numpy as np

from edgemm.errors import DeviceError, InputError
from edgemm.media import NS_PER_MS, NS_PER_S, Pixels, VideoFrame
from runtime.items import SourceState
from runtime.sources.pace import NAP_NS, Pace

MOST_WAIT_NS = NS_PER_S // 2
"""A picture stays in view until the next is due: it is shown again, so that a slide show is no camera that hangs."""
MOST_GAP_NS = 60 * NS_PER_S
"""A longer one is a jump of the clock that wrote the file."""


class VideoFile:
    """Frames at the times that the file gives them, which need not be regular; then one SourceState `ended`."""

    name: Literal["camera"] = "camera"

    def __init__(self, path: str | Path) -> None:
        self._path = Path(path)
        self._capture: Any = None
        self._pace = Pace()
        self._frame_id = 0
        self._period_ns = 0
        self._start_ns: int | None = None
        self._next: tuple[int, Pixels] | None = None
        """The frame that is due next, and when."""
        self._shown: tuple[int, Pixels] | None = None
        self.ended = self._end_told = False

    def open(self) -> None:
        import cv2

        self.close()
        if not self._path.is_file():
            raise InputError(f"no such video file: {self._path}", remedy="Check the path.")
        capture = cv2.VideoCapture(str(self._path), cv2.CAP_FFMPEG)
        if not capture.isOpened():
            capture.release()
            raise InputError(
                f"cannot read the video file {self._path}",
                expected="a video that FFmpeg decodes",
                remedy="Check that it is complete, or convert it: ffmpeg -i INPUT video.mp4",
            )
        self._capture = capture
        fps = capture.get(cv2.CAP_PROP_FPS)
        self._period_ns = int(NS_PER_S / (fps if 0 < fps <= 240 else 30))
        self._pace, self._frame_id = Pace(), 0
        self.ended = self._end_told = False
        self._start_ns = self._next = self._shown = None

    def read(self) -> VideoFrame | SourceState | None:
        if self._capture is None:
            raise DeviceError(f"the video file {self._path} is not open")
        if self.ended:
            return self._end()
        if self._next is None:
            self._next = self._decoded()
        if self._next is None:
            self.ended = True
            return None
        due_ns, pixels = self._next
        if not self._pace.reached(due_ns):
            return self._shown_again()
        self._next = None
        return self._show(due_ns, pixels)

    def close(self) -> None:
        if self._capture is not None:
            self._capture.release()
            self._capture = None

    def _decoded(self) -> tuple[int, Pixels] | None:
        """The next frame and its time, from 0 on; None after the last."""
        import cv2

        decoded, pixels = self._capture.read()
        if not decoded:
            return None
        at_ns = round(self._capture.get(cv2.CAP_PROP_POS_MSEC) * NS_PER_MS)
        if self._start_ns is None:
            self._start_ns = at_ns
        due_ns = at_ns - self._start_ns
        if self._shown is not None and not 0 < due_ns - self._shown[0] <= MOST_GAP_NS:  # no time, or it jumps
            due_ns = self._shown[0] + self._period_ns
            self._start_ns = at_ns - due_ns
        return due_ns, np.asarray(pixels, np.uint8)

    def _show(self, at_ns: int, pixels: Pixels) -> VideoFrame:
        self._shown = (at_ns, pixels)
        self._frame_id += 1
        return VideoFrame(pixels, self._pace.time_of(at_ns), self._frame_id)

    def _shown_again(self) -> VideoFrame | None:
        if self._shown is None or self._next is None:
            return None
        at_ns, pixels = self._shown
        again_ns = at_ns + MOST_WAIT_NS
        soon = again_ns + self._period_ns >= self._next[0]
        return None if soon or not self._pace.reached(again_ns) else self._show(again_ns, pixels)

    def _end(self) -> SourceState | None:
        if self._end_told:
            time.sleep(NAP_NS / NS_PER_S)
            return None
        self._end_told = True
        if not self._frame_id:
            raise InputError(f"the video file {self._path} holds no picture", remedy="Check that it is complete.")
        return SourceState(
            self.name, "ended", f"{self._path} has been played", "The video is over. Start again to play it again."
        )
