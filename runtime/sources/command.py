"""A command that writes raw I420 frames to its standard output: `rpicam-vid …`, `gst-launch-1.0 … fdsink`.

The road for cameras that OpenCV cannot open (CSI). A command whose camera is stuck goes on running and writes nothing,
so the reader has a deadline of its own.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import select
import signal
import subprocess
import time

import numpy as np

from edgemm.errors import DeviceError
from edgemm.media import NS_PER_S, VideoFrame

PIPE_BYTES = 1024 * 1024
"""The default pipe of 64 KiB costs a wake-up for every twentieth of a 720p frame."""
_SET_PIPE_SIZE = 1031
"""F_SETPIPE_SZ of Linux; the type stubs of `fcntl` do not know it on every system."""


class CommandCamera:
    """Frames of `width` x `height` from a shell command. I420: luma, then blue, then red at half its sides."""

    name = "camera"

    def __init__(self, command: str, width: int, height: int, timeout_s: float = 2.0) -> None:
        if width % 2 or height % 2:
            raise DeviceError("I420 frames have even sides", found=f"{width}x{height}")
        self._command = command
        self._rows, self._columns = height * 3 // 2, width
        self._timeout_s = timeout_s
        self._process: subprocess.Popen[bytes] | None = None
        self._buffer = bytearray(self._rows * self._columns)
        self._frame_id = 0

    def open(self) -> None:
        self.close()
        # A session of its own, so that a pipeline of programs can be ended as a whole.
        self._process = subprocess.Popen(
            self._command, shell=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, start_new_session=True
        )
        assert self._process.stdout is not None
        with contextlib.suppress(PermissionError):  # above /proc/sys/fs/pipe-max-size; a smaller pipe only costs time
            fcntl.fcntl(self._process.stdout.fileno(), _SET_PIPE_SIZE, PIPE_BYTES)

    def read(self) -> VideoFrame:
        import cv2

        self._fill()
        captured_ns = time.monotonic_ns()
        raw = np.frombuffer(self._buffer, np.uint8).reshape(self._rows, self._columns)
        self._frame_id += 1
        pixels = np.asarray(cv2.cvtColor(raw, cv2.COLOR_YUV2BGR_I420), np.uint8)
        return VideoFrame(pixels, captured_ns, self._frame_id)

    def close(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        with contextlib.suppress(ProcessLookupError):  # it has ended by itself
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        if process.stdout is not None:
            process.stdout.close()

    def _fill(self) -> None:
        """Read one whole frame into the buffer, within the deadline."""
        assert self._process is not None and self._process.stdout is not None, "read before open"
        pipe = self._process.stdout.fileno()
        deadline_ns = time.monotonic_ns() + int(self._timeout_s * NS_PER_S)
        view = memoryview(self._buffer)
        while view:
            wait_s = max(0.0, (deadline_ns - time.monotonic_ns()) / NS_PER_S)
            ready, _, _ = select.select([pipe], [], [], wait_s)
            if not ready:
                raise self._gone(f"no whole frame in {self._timeout_s:g} s")
            count = os.readv(pipe, [view])
            if count == 0:
                raise self._gone(f"it ended with exit code {self._process.wait()}")
            view = view[count:]

    def _gone(self, found: str) -> DeviceError:
        return DeviceError(
            "the camera command has stopped delivering",
            expected=f"I420 frames of {self._columns}x{self._rows * 2 // 3} from: {self._command}",
            found=found,
            remedy="Run the command by hand to see what it says; it is started again by itself.",
        )
