"""Ask the running daemon something: what `edgemm stop` does."""

from __future__ import annotations

import socket
import time
from pathlib import Path
from typing import Any

from edgemm.errors import EdgemmError, HostError
from runtime.control.lines import LineReader, line_of, message_of
from runtime.control.place import address, is_claimed, socket_path

TIMEOUT_S = 5.0
"""For the whole request, however slowly the answer comes."""


def request(message: dict[str, Any], path: Path | None = None, timeout_s: float = TIMEOUT_S) -> dict[str, Any]:
    """The daemon's answer. Raises HostError when nobody answers, EdgemmError when it refuses."""
    path = path or socket_path()
    deadline = time.monotonic() + timeout_s
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
            connection.settimeout(timeout_s)
            with address(path) as name:
                connection.connect(name)
            connection.sendall(line_of(message))
            reply = message_of(LineReader(connection).line(deadline - time.monotonic()))
    except (TimeoutError, BlockingIOError) as error:
        raise HostError(
            "the edgemm daemon does not answer",
            expected=f"a reply within {timeout_s:g} s",
            remedy="It may be busy: try again, or end its process.",
        ) from error
    except ValueError as error:
        raise HostError("the edgemm daemon's answer makes no sense", found=error) from error
    except (FileNotFoundError, NotADirectoryError, ConnectionRefusedError) as error:
        raise _nobody(path) from error
    except OSError as error:
        raise HostError(f"cannot reach the edgemm daemon at {path}", found=error.strerror) from error
    if "error" in reply:
        raise EdgemmError("the edgemm daemon refused", found=reply["error"])
    return reply


def _nobody(path: Path) -> HostError:
    if is_claimed(path):
        return HostError("the edgemm daemon is still starting", remedy="Try again when it has said that it is ready.")
    return HostError("no edgemm daemon is running", found=f"nobody at {path}", remedy="Start one with `edgemm run`.")
