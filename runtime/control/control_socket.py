"""The control socket: how `edgemm stop` and `edgemm ask` reach a running daemon. One JSON object a line, both ways."""

from __future__ import annotations

import json
import os
import socket
import tempfile
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

from edgemm.errors import HostError

Handler = Callable[[dict[str, Any]], dict[str, Any]]
TIMEOUT_S = 5.0


def socket_path() -> Path:
    """Where the daemon of this user listens."""
    base = os.environ.get("XDG_RUNTIME_DIR") or f"{tempfile.gettempdir()}/edgemm-{os.getuid()}"
    return Path(base) / "edgemm.sock"


class ControlServer:
    """Answers each request line with `handler`'s object."""

    def __init__(self, handler: Handler, path: Path | None = None) -> None:
        self._path = path or socket_path()
        self._handler = handler
        self._socket: socket.socket | None = None

    def start(self) -> None:
        """Listen. Raises HostError when another daemon of this user is running."""
        if is_listening(self._path):
            raise HostError(
                "another edgemm daemon is running", found=self._path, remedy="Stop it with `edgemm stop --daemon`."
            )
        self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._path.unlink(missing_ok=True)
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._socket.bind(str(self._path))
        self._path.chmod(0o600)
        self._socket.listen()
        threading.Thread(target=self._accept, name="control", daemon=True).start()

    def stop(self) -> None:
        if self._socket is not None:
            self._socket.shutdown(socket.SHUT_RDWR)  # wakes the thread that waits in accept
            self._socket.close()
            self._socket = None
            self._path.unlink(missing_ok=True)

    def _accept(self) -> None:
        listener = self._socket
        while listener is not None:
            try:
                connection, _ = listener.accept()
            except OSError:
                return  # closed by stop()
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        with connection, connection.makefile("rw", encoding="utf-8") as stream:
            for line in stream:
                try:
                    reply = self._handler(json.loads(line))
                except (ValueError, KeyError) as error:
                    reply = {"error": f"{type(error).__name__}: {error}"}
                stream.write(json.dumps(reply) + "\n")
                stream.flush()


def is_listening(path: Path) -> bool:
    """Whether a daemon answers at `path`; a socket file left by a killed one does not."""
    try:
        with _connect(path):
            return True
    except OSError:
        return False


def request(message: dict[str, Any], path: Path | None = None) -> dict[str, Any]:
    """Send one request to the running daemon. Raises HostError when there is none."""
    path = path or socket_path()
    try:
        with _connect(path) as connection, connection.makefile("rw", encoding="utf-8") as stream:
            stream.write(json.dumps(message) + "\n")
            stream.flush()
            reply: dict[str, Any] = json.loads(stream.readline())
            return reply
    except (OSError, ValueError) as error:
        raise HostError("no edgemm daemon is running", found=error, remedy="Start one with `edgemm run`.") from error


def _connect(path: Path) -> socket.socket:
    connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    connection.settimeout(TIMEOUT_S)
    connection.connect(str(path))
    return connection
