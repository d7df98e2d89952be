"""The daemon's side of a sound child: start, read with a deadline, write without blocking, kill."""

from __future__ import annotations

import json
import os
import queue
import select
import subprocess
import threading
import time
from contextlib import suppress
from typing import Literal

from edgemm.errors import DeviceError
from edgemm.fresh_python import run_module
from runtime.sound import frames
from runtime.sound.frames import Frame, take_frame

START_TIMEOUT_S = 5.0
STALL_TIMEOUT_S = 0.5
"""A healthy device calls back every few tens of milliseconds; half a second without is a hang."""
END_TIMEOUT_S = 1.0
"""A killed child is gone in milliseconds, unless the kernel holds it in a driver: nobody waits for that."""
OUTBOX_MESSAGES = 4096
"""Some ten minutes of speech: a child that has not read so much does not read."""
_BLOCK_BYTES = 1 << 16
_LINE_BYTES = 4096

_REMEDIES = {
    "microphone": "Plug the microphone in, or name another with audio.microphone (edgemm devices lists them).",
    "speaker": "Plug the speaker in, or name another with audio.speaker (edgemm devices lists them).",
}


class SoundProcess:
    """One running child. Not restarted: a new object is made for a new try."""

    def __init__(self, role: Literal["microphone", "speaker"], device: str | None) -> None:
        """Start the child and wait until its device is open. Raises DeviceError."""
        self._role = role
        command = run_module("runtime.sound.child", role, *([device] if device else []))
        # In a session of its own, Ctrl-C in the terminal reaches the daemon alone, which then closes the child.
        self._child = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            bufsize=0,
            start_new_session=True,
        )
        self._unread = bytearray()
        self._outbox: queue.Queue[bytes | None] = queue.Queue(OUTBOX_MESSAGES)
        self._last_words = ""
        self._listener = threading.Thread(target=self._listen, name=f"{role} errors", daemon=True)
        self._listener.start()
        threading.Thread(target=self._transmit, name=f"{role} transmit", daemon=True).start()
        facts = json.loads(self._await_ready())
        self.sample_rate_hz: int = facts["sample_rate_hz"]
        self.channels: int = facts["channels"]

    @property
    def pid(self) -> int:
        return self._child.pid

    def read(self) -> Frame:
        """The child's next message. Raises DeviceError when the device fails or stops calling back."""
        return self._read(STALL_TIMEOUT_S)

    def send(self, message: bytes) -> bool:
        """Queue a message for the child; never blocks. False when it does not read any more."""
        try:
            self._outbox.put_nowait(message)
        except queue.Full:
            return False
        return True

    def close(self) -> None:
        """Kill the child: the only way that also works on a wedged device, and on a stopped child."""
        self._child.kill()
        with suppress(subprocess.TimeoutExpired):  # it ends when the driver lets it go
            self._child.wait(END_TIMEOUT_S)
        with suppress(queue.Full):  # then the transmitter finds out by itself that nobody reads
            self._outbox.put_nowait(None)

    def _await_ready(self) -> bytes:
        while (frame := self._read(START_TIMEOUT_S)).kind != frames.READY:
            pass  # the first callback may come before `start` has returned
        return frame.payload

    def _read(self, timeout_s: float) -> Frame:
        assert self._child.stdout is not None
        deadline_s = time.monotonic() + timeout_s
        while (frame := take_frame(self._unread)) is None:
            ready, _, _ = select.select([self._child.stdout], [], [], max(0.0, deadline_s - time.monotonic()))
            if not ready:
                raise self._failed(f"no callback for {timeout_s} s")
            block = os.read(self._child.stdout.fileno(), _BLOCK_BYTES)
            if not block:
                self._listener.join(END_TIMEOUT_S)
                raise self._failed(f"the sound process ended: {self._last_words or 'without a word'}")
            self._unread += block
        if frame.kind == frames.ERROR:
            raise self._failed(frame.payload.decode("utf-8", "replace"))
        return frame

    def _failed(self, found: str) -> DeviceError:
        self.close()
        return DeviceError(f"{self._role} failed", found=found, remedy=_REMEDIES[self._role])

    def _listen(self) -> None:
        """Keep the last line that the child complains in."""
        assert self._child.stderr is not None
        with self._child.stderr as errors:
            while line := errors.readline(_LINE_BYTES):
                self._last_words = line.decode("utf-8", "replace").strip() or self._last_words

    def _transmit(self) -> None:
        assert self._child.stdin is not None
        with self._child.stdin as child, suppress(OSError):  # of a child that is gone; `read` says so
            while (message := self._outbox.get()) is not None:
                rest = memoryview(message)
                while rest:
                    rest = rest[child.write(rest) :]
