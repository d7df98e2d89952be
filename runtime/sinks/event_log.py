"""The event log: JSON lines in a file or on a stream."""

from __future__ import annotations

import errno
import json
import os
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol

from edgemm.media import NS_PER_S
from runtime.items import Item, Overrun, SourceState
from runtime.telling.lines import Teller

WELL_AFTER_NS = 2 * NS_PER_S
"""Without a line lost for so long it is well again; a disk at its last bytes takes one line and not the next."""


class LineStream(Protocol):
    """A file opened line by line, standard output, or a `RotatingFile`."""

    def write(self, text: str, /) -> int: ...


class EventLog:
    """A tap that writes each event as a line of JSON.

    With `tell`, a line that cannot be written is lost and counted, and the next one is tried all the same: `tell` gets
    a SourceState when that begins, and when it is over another one and the count. Without it the OSError is raised.
    """

    def __init__(
        self, stream: LineStream, teller: Teller | None = None, tell: Callable[[Item], None] | None = None
    ) -> None:
        self._stream = stream
        self._teller = teller or Teller()
        self._tell = tell
        self._lost = 0
        self._lost_ns = 0

    def __call__(self, time_ns: int, producer: str, item: Item) -> None:
        event = self._teller.event_of(time_ns, producer, item)
        if event is None:
            return
        try:
            self._stream.write(line_of(event) + "\n")
        except OSError as error:
            if self._tell is None:
                raise
            self._lose(error, time_ns, self._tell)
        else:
            if self._tell is not None and self._lost and time_ns - self._lost_ns >= WELL_AFTER_NS:
                lost, self._lost = self._lost, 0
                self._tell(SourceState("event log", "ok"))
                self._tell(Overrun("event log", lost))

    def _lose(self, error: OSError, time_ns: int, tell: Callable[[Item], None]) -> None:
        self._lost += 1
        self._lost_ns = time_ns
        if self._lost == 1:
            full = error.errno in (errno.ENOSPC, errno.EDQUOT)
            remedy = "The disk is full; free some space." if full else "It cannot be written; check its folder."
            tell(SourceState("event log", "stalled", error.strerror or str(error), f"{remedy} It goes on by itself."))


class EventList:
    """A tap that keeps the events: what tests and summaries look at."""

    def __init__(self, start_ns: int = 0) -> None:
        self.events: list[dict[str, Any]] = []
        self._teller = Teller(start_ns)

    def __call__(self, time_ns: int, producer: str, item: Item) -> None:
        event = self._teller.event_of(time_ns, producer, item)
        if event is not None:
            self.events.append(event)


class RotatingFile:
    """A text file, its owner's alone, that starts anew at `max_bytes` and keeps one old file, named with `.old`.

    What is written is on its way to the disk at once and whole, or not there at all. It is opened when there is
    something to write, and again after an error.
    """

    def __init__(self, path: str | Path, max_bytes: int) -> None:
        self._path = Path(path)
        self._max_bytes = max_bytes
        self._file: int | None = None

    def write(self, text: str) -> int:
        """Append whole lines. Raises OSError."""
        data = text.encode("utf-8", "backslashreplace")
        file = self._opened()
        state = os.fstat(file)
        if state.st_size > 0 and state.st_size + len(data) > self._max_bytes:
            self.close()
            self._path.replace(self._path.with_name(self._path.name + ".old"))
            file = self._opened()
            state = os.fstat(file)
        taken = os.write(file, data)
        if taken < len(data):
            if stat.S_ISREG(state.st_mode):
                os.ftruncate(file, state.st_size)  # half a line would spoil the next one as well
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(self._path))
        return len(text)

    def close(self) -> None:
        """Until the next `write`."""
        if self._file is not None:
            os.close(self._file)
            self._file = None

    def _opened(self) -> int:
        if self._file is None:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            how = os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC | os.O_NONBLOCK  # a pipe may have no reader
            self._file = os.open(self._path, how, 0o600)
            if stat.S_ISREG(os.fstat(self._file).st_mode):
                os.fchmod(self._file, 0o600)  # also one that an earlier version has left open to all
        return self._file


def line_of(event: dict[str, Any]) -> str:
    """An event as one line of JSON."""
    return json.dumps(event, ensure_ascii=False, separators=(", ", ": "))
