"""espeak-ng as a program of its own: found, started, asked and ended, never waited for without limit."""

from __future__ import annotations

import os
import select
import shutil
import subprocess
import time
from contextlib import suppress

from edgemm.errors import MissingExtraError

PROGRAM = "espeak-ng"
_BLOCK_BYTES = 1 << 16
_END_S = 1.0


def espeak_program() -> str:
    """Path of espeak-ng; MissingExtraError that names the package if it is not installed."""
    path = shutil.which(PROGRAM)
    if path is None:
        raise MissingExtraError(
            f"the program {PROGRAM} is not installed", remedy=f"Install it: apt-get install {PROGRAM}"
        )
    return path


class EspeakProcess:
    """One running espeak-ng. A deadline is a time on the monotonic clock in seconds; missing it is a TimeoutError."""

    def __init__(self, *arguments: str) -> None:
        """Start it. Raises MissingExtraError if it is not installed."""
        # In a session of its own: Ctrl-C must not take away the voice of what is still to be said.
        self._process = subprocess.Popen(
            [espeak_program(), *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            bufsize=0,
            start_new_session=True,
        )
        assert self._process.stdin is not None and self._process.stdout is not None
        self._input, self._output = self._process.stdin, self._process.stdout
        os.set_blocking(self._input.fileno(), False)

    @property
    def pid(self) -> int:
        return self._process.pid

    def write(self, data: bytes, deadline_s: float) -> None:
        """All of `data`. Raises OSError when the program has ended or does not read."""
        rest = memoryview(data)
        while rest:
            _, ready, _ = select.select([], [self._input], [], _left_s(deadline_s))
            if not ready:
                raise TimeoutError("it does not read")
            rest = rest[os.write(self._input.fileno(), rest) :]

    def end_of_input(self) -> None:
        """Nothing more will be written."""
        self._input.close()

    def read(self, deadline_s: float) -> bytes:
        """Some of what the program has written; empty at its end. Raises TimeoutError."""
        ready, _, _ = select.select([self._output], [], [], _left_s(deadline_s))
        if not ready:
            raise TimeoutError("no answer in time")
        return os.read(self._output.fileno(), _BLOCK_BYTES)

    def end(self) -> None:
        """Kill it: that works on a stopped one too."""
        self._process.kill()
        self._input.close()
        self._output.close()
        with suppress(subprocess.TimeoutExpired):  # the kernel holds it; nobody may wait for that
            self._process.wait(_END_S)


def after_s(patience_s: float) -> float:
    """The deadline that lies so far ahead."""
    return time.monotonic() + patience_s


def _left_s(deadline_s: float) -> float:
    return max(0.0, deadline_s - time.monotonic())
