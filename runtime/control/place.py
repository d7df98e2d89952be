"""Where the one daemon of a user listens: a socket in a folder of the user's own, and a lock that its holder keeps.

The lock, not the socket file, says whether a daemon runs: the system lets go of it when its holder dies, however it
dies, and only its holder may remove a socket that a killed daemon has left.
"""

from __future__ import annotations

import fcntl
import os
import stat
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from edgemm.errors import HostError

LONGEST_ADDRESS = 107
"""Bytes in the path of a socket, as the kernel takes it (unix(7))."""
_TRIES, _PAUSE_S = 5, 0.05
"""A client that looks whether the lock is held holds it for a moment itself."""


def socket_path() -> Path:
    """Where the daemon of this user listens: under $XDG_RUNTIME_DIR where that is the user's, else under /tmp."""
    given = Path(os.environ.get("XDG_RUNTIME_DIR", ""))
    if given.is_absolute() and _is_own(given) and os.access(given, os.W_OK | os.X_OK):
        return given / "edgemm.sock"
    return Path(tempfile.gettempdir()) / f"edgemm-{os.getuid()}" / "edgemm.sock"


@contextmanager
def claimed(path: Path | None = None) -> Iterator[Path]:
    """The socket's path, this process's alone. Raises HostError when another daemon has it or there can be none."""
    path = path or socket_path()
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        if not _is_own(path.parent):
            raise HostError(
                f"the folder {path.parent} belongs to somebody else",
                remedy="Set XDG_RUNTIME_DIR to a folder of your own.",
            )
        lock = os.open(_lock_of(path), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        remedy = "Set XDG_RUNTIME_DIR to a folder that you may write to."
        raise HostError(
            f"no control socket can be made in {path.parent}", found=error.strerror, remedy=remedy
        ) from error
    try:
        if not any(_locks(lock, fcntl.LOCK_EX, wait_s) for wait_s in [0.0] + [_PAUSE_S] * _TRIES):
            remedy = "Stop it with `edgemm stop --daemon`."
            raise HostError("another edgemm daemon is running", found=path, remedy=remedy)
        yield path
    finally:
        os.close(lock)


def is_claimed(path: Path) -> bool:
    """Whether a daemon holds `path`, listening or still starting."""
    try:
        lock = os.open(_lock_of(path), os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return False
    try:
        return not _locks(lock, fcntl.LOCK_SH, 0.0)
    finally:
        os.close(lock)


@contextmanager
def address(path: Path) -> Iterator[str]:
    """What the kernel takes for `path`: one that is too long is named from its open folder."""
    if len(os.fsencode(path)) <= LONGEST_ADDRESS:
        yield str(path)
        return
    folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        yield f"/proc/self/fd/{folder}/{path.name}"
    finally:
        os.close(folder)


def _lock_of(path: Path) -> Path:
    return path.with_suffix(".lock")


def _locks(lock: int, kind: int, wait_s: float) -> bool:
    time.sleep(wait_s)
    try:
        fcntl.flock(lock, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _is_own(folder: Path) -> bool:
    """A folder, and not one that somebody else has put there for us."""
    try:
        found = folder.lstat()
    except (OSError, ValueError):
        return False
    return stat.S_ISDIR(found.st_mode) and found.st_uid == os.getuid()
