"""A camera in the network: RTSP, or MJPEG over HTTP, through OpenCV's FFmpeg."""

from __future__ import annotations

import os
import time
from typing import Any
from urllib.parse import urlsplit

import numpy as np

from edgemm.errors import DeviceError
from edgemm.media import VideoFrame

FFMPEG_OPTIONS = "rtsp_transport;tcp|analyzeduration;0|probesize;32"
"""Without them FFmpeg studies an RTSP stream for a second before the first frame."""


class NetworkCamera:
    """`rtsp://…` or `http://…`. The capture never recovers from a lost server, so `open` makes a new one.

    FFmpeg is given the read timeout because it would otherwise block for ever on a server that is stopped; it gives up
    after about twice that time.
    """

    name = "camera"

    def __init__(self, url: str, timeout_s: float = 2.0) -> None:
        self._url = url
        self._timeout_ms = int(timeout_s * 1000)
        self._capture: Any = None
        self._frame_id = 0

    @property
    def shown_url(self) -> str:
        """The URL without user name and password."""
        parts = urlsplit(self._url)
        return parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()

    def open(self) -> None:
        import cv2

        self.close()
        if self._url.startswith("rtsp"):
            os.environ.setdefault("OPENCV_FFMPEG_CAPTURE_OPTIONS", FFMPEG_OPTIONS)
        options = {
            cv2.CAP_PROP_OPEN_TIMEOUT_MSEC: self._timeout_ms,
            cv2.CAP_PROP_READ_TIMEOUT_MSEC: self._timeout_ms,
            cv2.CAP_PROP_N_THREADS: 1,  # each further decoding thread holds back one frame
        }
        flat = [number for option in options.items() for number in option]
        capture = cv2.VideoCapture(self._url, cv2.CAP_FFMPEG, flat)
        if not capture.isOpened():
            capture.release()
            raise DeviceError(
                f"the camera at {self.shown_url} does not answer",
                remedy="Check that it is on and in the network, and that camera.source is its address.",
            )
        self._capture = capture

    def read(self) -> VideoFrame:
        assert self._capture is not None, "read before open"
        decoded, pixels = self._capture.read()
        if not decoded:
            raise DeviceError(
                f"the camera at {self.shown_url} has stopped delivering",
                remedy="Check that it is on and in the network; it is opened again by itself.",
            )
        self._frame_id += 1
        return VideoFrame(np.asarray(pixels, np.uint8), time.monotonic_ns(), self._frame_id)

    def close(self) -> None:
        if self._capture is not None:
            self._capture.release()
            self._capture = None
