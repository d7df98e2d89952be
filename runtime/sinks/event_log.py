"""The event log: JSON lines in a file or on a stream."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Protocol, TextIO

from edgemm.errors import StorageError
from runtime.items import Item
from runtime.telling.lines import Teller


class LineStream(Protocol):
    """A file, standard output, or a `RotatingFile`."""

    def write(self, text: str, /) -> int: ...

    def flush(self) -> None: ...


class EventLog:
    """A tap that writes each event as a line of JSON. Lines are flushed one by one, so that a crash loses none."""

    def __init__(self, stream: LineStream, start_ns: int = 0) -> None:
        self._stream = stream
        self._teller = Teller(start_ns)

    def __call__(self, time_ns: int, producer: str, item: Item) -> None:
        event = self._teller.event_of(time_ns, producer, item)
        if event is not None:
            self._stream.write(line_of(event) + "\n")
            self._stream.flush()


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
    """A text file that starts anew at `max_bytes` and keeps one old file, named with `.old` at its end."""

    def __init__(self, path: str | Path, max_bytes: int) -> None:
        self._path = Path(path)
        self._max_bytes = max_bytes
        self._file = self._open("a")

    def write(self, text: str) -> int:
        if self._file.tell() + len(text) > self._max_bytes and self._file.tell() > 0:
            self._file.close()
            self._path.replace(self._path.with_name(self._path.name + ".old"))
            self._file = self._open("w")
        return self._file.write(text)

    def flush(self) -> None:
        self._file.flush()

    def close(self) -> None:
        self._file.close()

    def _open(self, mode: str) -> TextIO:
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            return self._path.open(mode, encoding="utf-8")  # type: ignore[return-value]
        except OSError as error:
            raise StorageError(f"cannot write the event log {self._path}", found=error.strerror) from error


def line_of(event: dict[str, Any]) -> str:
    """An event as one line of JSON."""
    return json.dumps(event, ensure_ascii=False, separators=(", ", ": "))
