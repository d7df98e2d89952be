"""The daemon's end of the control socket: how `edgemm stop` and other programs reach it. One JSON object a line."""

from __future__ import annotations

import os
import socket
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from runtime.control.lines import LineReader, line_of, message_of
from runtime.control.place import address

Handler = Callable[[dict[str, Any]], dict[str, Any]]
LINE_TIMEOUT_S = 5.0
"""A connection that brings no whole line for so long is closed."""
MAX_CONNECTIONS = 16


class ControlServer:
    """Answers each request line with `handler`'s object, or with `{"error": …}` for what it raises as ValueError."""

    def __init__(self, handler: Handler, path: Path) -> None:
        """`path` is claimed (`runtime.control.place`), so a socket that lies there is a dead daemon's."""
        self._path = path
        self._handler = handler
        self._socket: socket.socket | None = None
        self._free = threading.Semaphore(MAX_CONNECTIONS)

    def start(self) -> None:
        """Listen, for this user alone."""
        self._path.unlink(missing_ok=True)
        listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        os.fchmod(listener.fileno(), 0o600)  # before there is a file that others could open
        with address(self._path) as name:
            listener.bind(name)
        self._path.chmod(0o600)
        listener.listen()
        self._socket = listener
        threading.Thread(target=self._accept, args=(listener,), name="control", daemon=True).start()

    def stop(self) -> None:
        """Listen no more. Safe to call twice."""
        listener, self._socket = self._socket, None
        if listener is not None:
            listener.shutdown(socket.SHUT_RDWR)  # wakes the thread that waits in accept
            listener.close()
            self._path.unlink(missing_ok=True)

    def _accept(self, listener: socket.socket) -> None:
        while self._socket is listener:
            try:
                connection, _ = listener.accept()
            except OSError:  # closed by stop(), or too many open files: then there is room again in a while
                time.sleep(0.1)
                continue
            if self._free.acquire(blocking=False):
                threading.Thread(target=self._serve, args=(connection,), name="control", daemon=True).start()
            else:
                with connection:
                    _send(connection, {"error": f"more than {MAX_CONNECTIONS} connections: try again"})

    def _serve(self, connection: socket.socket) -> None:
        try:
            with connection:
                reader = LineReader(connection)
                while (reply := self._reply(reader)) is not None and _send(connection, reply[0]) and reply[1]:
                    pass
        finally:
            self._free.release()

    def _reply(self, reader: LineReader) -> tuple[dict[str, Any], bool] | None:
        """The reply to the next line, and whether a further line may follow; None: there is no next line."""
        try:
            line = reader.line(LINE_TIMEOUT_S)
        except (TimeoutError, ValueError) as error:
            return {"error": str(error)}, False
        except OSError:
            return None
        if not line:
            return None
        try:
            return self._handler(message_of(line)), True
        except ValueError as error:
            return {"error": str(error)}, True


def _send(connection: socket.socket, reply: dict[str, Any]) -> bool:
    """Whether the other side took it."""
    try:
        connection.settimeout(LINE_TIMEOUT_S)
        connection.sendall(line_of(reply))
    except OSError:
        return False
    return True
