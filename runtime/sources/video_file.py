"""A video file, played at its own speed, once."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import numpy as np

from edgemm.errors import DeviceError, InputError
from edgemm.media import NS_PER_S, VideoFrame
from runtime.sources.pace import NAP_NS, Pace


class VideoFile:
    """Frames at the file's rate; after the last one, nothing more comes."""

    name = "camera"

    def __init__(self, path: str | Path) -> None:
        self._path = Path(path)
        self._capture: Any = None
        self._pace = Pace()
        self._frame_id = 0
        self._period_ns = 0
        self.ended = False

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
        self._pace, self._frame_id, self.ended = Pace(), 0, False

    def read(self) -> VideoFrame | None:
        if self._capture is None:
            raise DeviceError(f"the video file {self._path} is not open")
        if self.ended:
            time.sleep(NAP_NS / NS_PER_S)
            return None
        due_ns = self._frame_id * self._period_ns
        if not self._pace.reached(due_ns):
            return None
        decoded, pixels = self._capture.read()
        if not decoded:
            self.ended = True
            return None
        self._frame_id += 1
        return VideoFrame(np.asarray(pixels, np.uint8), self._pace.time_of(due_ns), self._frame_id)

    def close(self) -> None:
        if self._capture is not None:
            self._capture.release()
            self._capture = None
