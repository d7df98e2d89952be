"""The daemon's side of a sound child: start, read with a deadline, write without blocking, kill."""

from __future__ import annotations

import json
import queue
import subprocess
import threading
from typing import Literal

from edgemm.errors import DeviceError
from edgemm.fresh_python import run_module
from runtime.sound import frames
from runtime.sound.frames import Frame

START_TIMEOUT_S = 5.0
STALL_TIMEOUT_S = 0.5
"""A healthy device calls back every few tens of milliseconds; half a second without is a hang."""

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
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        self._inbox: queue.SimpleQueue[Frame | None] = queue.SimpleQueue()
        self._outbox: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()
        for target in (self._receive, self._transmit):
            threading.Thread(target=target, name=f"{role} {target.__name__}", daemon=True).start()
        facts = json.loads(self._await_ready())
        self.sample_rate_hz: int = facts["sample_rate_hz"]
        self.channels: int = facts["channels"]

    @property
    def pid(self) -> int:
        return self._child.pid

    def read(self) -> Frame:
        """The child's next message. Raises DeviceError when the device fails or stops calling back."""
        return self._read(STALL_TIMEOUT_S)

    def send(self, message: bytes) -> None:
        """Queue a message for the child; never blocks."""
        self._outbox.put(message)

    def close(self) -> None:
        """Kill the child: the only way that also works on a wedged device."""
        self._outbox.put(None)
        self._child.kill()
        self._child.wait()

    def _await_ready(self) -> bytes:
        while (frame := self._read(START_TIMEOUT_S)).kind != frames.READY:
            pass  # the first callback may come before `start` has returned
        return frame.payload

    def _read(self, timeout_s: float) -> Frame:
        try:
            frame = self._inbox.get(timeout=timeout_s)
        except queue.Empty:
            self.close()
            raise self._error(f"no callback for {timeout_s} s") from None
        if frame is None or frame.kind == frames.ERROR:
            self.close()
            raise self._error("the sound process ended" if frame is None else frame.payload.decode())
        return frame

    def _error(self, found: str) -> DeviceError:
        return DeviceError(f"{self._role} failed", found=found, remedy=_REMEDIES[self._role])

    def _receive(self) -> None:
        assert self._child.stdout is not None
        while (frame := frames.read_frame(self._child.stdout)) is not None:  # type: ignore[arg-type]
            self._inbox.put(frame)
        self._inbox.put(None)

    def _transmit(self) -> None:
        assert self._child.stdin is not None
        while (message := self._outbox.get()) is not None:
            try:
                self._child.stdin.write(message)
                self._child.stdin.flush()
            except OSError:
                return  # the child is gone; `read` says so
