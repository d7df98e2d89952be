"""A camera of this computer, through OpenCV and V4L2."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import Any

import numpy as np

from edgemm.errors import DeviceError
from edgemm.media import VideoFrame

READ_TIMEOUT_VARIABLE = "OPENCV_VIDEOIO_V4L_SELECT_TIMEOUT"
READ_TIMEOUT_S = 2
"""OpenCV's own limit is 10 s. V4L2 knows no property for it: passing one to VideoCapture makes opening fail."""


class Camera:
    """`/dev/videoN`. OpenCV decodes into an array of its own: the one copy of the pixels."""

    name = "camera"

    def __init__(self, device: str, width: int = 1280, height: int = 720, fps: float = 30.0) -> None:
        self._device = device_path(device)
        self._width = width
        self._height = height
        self._fps = fps
        self._capture: Any = None
        self._frame_id = 0

    def open(self) -> None:
        import cv2

        self.close()
        if not Path(self._device).exists():
            raise DeviceError(
                f"there is no camera {self._device}",
                remedy="Connect the camera, or name another one with camera.source; edgemm devices lists them.",
            )
        os.environ.setdefault(READ_TIMEOUT_VARIABLE, str(READ_TIMEOUT_S))
        capture = cv2.VideoCapture(self._device, cv2.CAP_V4L2)
        if not capture.isOpened():
            capture.release()
            raise DeviceError(
                f"the camera {self._device} cannot be opened",
                remedy="Close other programs that use it; check that you may read it: sudo usermod -aG video $USER",
            )
        capture.set(cv2.CAP_PROP_FOURCC, cv2.VideoWriter.fourcc(*"MJPG"))  # 30 fps over USB 2 need compression
        capture.set(cv2.CAP_PROP_FRAME_WIDTH, self._width)
        capture.set(cv2.CAP_PROP_FRAME_HEIGHT, self._height)
        capture.set(cv2.CAP_PROP_FPS, self._fps)
        self._capture = capture

    def read(self) -> VideoFrame:
        assert self._capture is not None, "read before open"
        grabbed = self._capture.grab()
        captured_ns = time.monotonic_ns()
        decoded, pixels = self._capture.retrieve() if grabbed else (False, None)
        if not decoded:
            raise DeviceError(
                f"the camera {self._device} has stopped delivering",
                remedy="Check its cable; it is opened again by itself.",
            )
        self._frame_id += 1
        return VideoFrame(np.asarray(pixels, np.uint8), captured_ns, self._frame_id)

    def close(self) -> None:
        if self._capture is not None:
            self._capture.release()
            self._capture = None


def device_path(device: str) -> str:
    """The device's file; a number alone is that of a video device."""
    return f"/dev/video{device}" if device.isdecimal() else device
