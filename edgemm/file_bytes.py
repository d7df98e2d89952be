"""Files that a person named: errors that say what is wrong with one and what it seems to be; files for its owner."""

from __future__ import annotations

import os
from pathlib import Path

from edgemm.errors import InputError


def read_bytes(path: Path, what: str) -> bytes:
    """All bytes of `path`; `what` (picture, sound file) stands in the error. Raises InputError."""
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        raise InputError(f"no such {what}: {path}", remedy="Check the path.") from None
    except OSError as error:
        raise InputError(f"cannot open the {what} {path}", found=error.strerror) from error
    if not data:
        raise InputError(f"the {what} {path} is empty", expected="some content", found="0 bytes")
    return data


def owner_only(path: str, flags: int) -> int:
    """An `opener` for what concerns nobody else: pictures and words of people."""
    return os.open(path, flags, 0o600)


def kind_of(data: bytes) -> str:
    """What a person would call these bytes."""
    head = data[:512]
    known = ((b"%PDF", "a PDF document"), (b"GIF8", "a GIF"), (b"RIFF", "a RIFF file"), (b"\x7fELF", "a program"))
    for signature, name in known:
        if head.startswith(signature):
            return name
    try:
        head.decode("utf-8")
    except UnicodeDecodeError:
        return f"{len(data)} bytes of another format"
    return "text"
