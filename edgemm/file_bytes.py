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


_KINDS = (
    (0, b"%PDF", "a PDF document"),
    (0, b"GIF8", "a GIF"),
    (0, b"RIFF", "a RIFF file"),
    (0, b"II*\0", "a TIFF picture"),
    (0, b"MM\0*", "a TIFF picture"),
    (0, b"\xff\x0a", "a JPEG XL picture"),
    (0, b"\0\0\0\x0cJXL ", "a JPEG XL picture"),
    (0, b"\0\0\0\x0cjP  ", "a JPEG 2000 picture"),
    (0, b"8BPS", "a Photoshop picture"),
    (4, b"ftypavi", "an AVIF picture"),
    (4, b"ftyphe", "a HEIC picture"),
    (4, b"ftypmif1", "a HEIC picture"),
    (4, b"ftyp", "an MP4 file"),
    (0, b"PK\x03\x04", "a zip archive"),
    (0, b"\x7fELF", "a program"),
)
"""Where a signature stands, the signature, and what it is the signature of."""


def kind_of(data: bytes) -> str:
    """What a person would call these bytes."""
    head = data[:512]
    for place, signature, name in _KINDS:
        if head.startswith(signature, place):
            return name
    try:
        head.decode("utf-8")
    except UnicodeDecodeError:
        return f"{len(data)} bytes of another format"
    return "text"
