"""One JSON object a line over a socket, with limits of length and time: the other side may be anything."""

from __future__ import annotations

import json
import socket
import time
from typing import Any

MAX_LINE_BYTES = 64 * 1024


class LineReader:
    """Lines from a connection."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self._rest = b""

    def line(self, timeout_s: float) -> bytes:
        """The next line, empty at the end. Raises TimeoutError, and ValueError for one that is too long."""
        deadline = time.monotonic() + timeout_s
        while b"\n" not in self._rest:
            if len(self._rest) > MAX_LINE_BYTES:
                raise ValueError(f"expected a line of at most {MAX_LINE_BYTES} bytes")
            try:
                self._connection.settimeout(max(1e-6, deadline - time.monotonic()))
                piece = self._connection.recv(MAX_LINE_BYTES)
            except TimeoutError:
                raise TimeoutError(f"expected a whole line within {timeout_s:g} s") from None
            if not piece:
                line, self._rest = self._rest, b""
                return line
            self._rest += piece
        line, _, self._rest = self._rest.partition(b"\n")
        return line + b"\n"


def line_of(message: dict[str, Any]) -> bytes:
    """A message as a line."""
    return json.dumps(message).encode() + b"\n"


def message_of(line: bytes) -> dict[str, Any]:
    """The object in a line. Raises ValueError for anything else."""
    try:
        message = json.loads(line.decode("utf-8"))
    except (ValueError, RecursionError) as error:
        raise ValueError(f"expected one JSON object a line, found {line[:40]!r}") from error
    if not isinstance(message, dict):
        raise ValueError(f"expected a JSON object, found {line[:40]!r}")
    return message
