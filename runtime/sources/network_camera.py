"""A camera in the network: RTSP, or MJPEG over HTTP, through OpenCV's FFmpeg; or single pictures over HTTP."""

from __future__ import annotations

import os
import time
from typing import Any

import numpy as np

from edgemm.addresses import address_of, without_secrets
from edgemm.errors import DeviceError
from edgemm.media import VideoFrame
from runtime.sources.snapshots import Snapshots, gives_pictures

FFMPEG_OPTIONS = "rtsp_transport;tcp|analyzeduration;0|probesize;32"
"""Without them FFmpeg studies an RTSP stream for a second before the first frame."""
FFMPEG_QUIET = "-8"
"""FFmpeg's own messages hold the address with its password."""


class NetworkCamera:
    """`rtsp://…` or `http://…`. The capture never recovers from a lost server, so `open` makes a new one.

    FFmpeg is given the read timeout because it would otherwise block for ever on a server that is stopped; it gives up
    after about twice that time.
    """

    name = "camera"

    def __init__(self, url: str, timeout_s: float = 2.0) -> None:
        self._address = address_of(url)
        self.shown_url = without_secrets(url) if self._address is None else self._address.shown
        """The address without user name, password and path."""
        self._timeout_s = timeout_s
        self._capture: Any = None
        self._frame_id = 0

    def open(self) -> None:
        self.close()
        if self._address is None:
            raise DeviceError(
                f"{self.shown_url} is not the address of a camera",
                expected="SCHEME://USER:PASSWORD@HOST/PATH, as in rtsp://192.168.1.20/stream",
                remedy="Correct camera.source.",
            )
        if self._address.scheme in ("http", "https") and gives_pictures(self._address, self._timeout_s):
            self._capture = Snapshots(self._address, self._timeout_s)
        else:
            self._capture = self._stream(self._address.encoded)

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

    def _stream(self, url: str) -> Any:
        import cv2

        os.environ.setdefault("OPENCV_FFMPEG_LOGLEVEL", FFMPEG_QUIET)
        if url.startswith("rtsp"):
            os.environ.setdefault("OPENCV_FFMPEG_CAPTURE_OPTIONS", FFMPEG_OPTIONS)
        timeout_ms = int(self._timeout_s * 1000)
        options = {
            cv2.CAP_PROP_OPEN_TIMEOUT_MSEC: timeout_ms,
            cv2.CAP_PROP_READ_TIMEOUT_MSEC: timeout_ms,
            cv2.CAP_PROP_N_THREADS: 1,  # each further decoding thread holds back one frame
        }
        flat = [number for option in options.items() for number in option]
        capture = cv2.VideoCapture(url, cv2.CAP_FFMPEG, flat)
        if not capture.isOpened():
            capture.release()
            raise DeviceError(
                f"the camera at {self.shown_url} does not answer",
                remedy="Check that it is on and in the network, and that camera.source is its address, with the right "
                "user name and password.",
            )
        return capture
