"""Files that a person named: errors that say what is wrong with one and what it seems to be; files for its owner."""

from __future__ import annotations

import os
from pathlib import Path

from edgemm.errors import InputError

_STANDARD_INPUT = Path("/dev/stdin")
_PIECE_BYTES = 1 << 20


def read_bytes(path: Path, what: str, most_bytes: int) -> bytes:
    """All bytes of `path`, which may be a pipe and is read once; `-` is standard input.

    `what` (picture, sound file) stands in the error. Raises InputError when there are none or more than `most_bytes`.
    """
    pieces, count = [], 0
    try:
        with (_STANDARD_INPUT if str(path) == "-" else path).open("rb") as file:
            while count <= most_bytes and (piece := file.read(_PIECE_BYTES)):
                pieces.append(piece)
                count += len(piece)
    except FileNotFoundError:
        raise InputError(f"no such {what}: {path}", remedy="Check the path.") from None
    except (OSError, ValueError) as error:  # a ValueError is a name with a zero byte
        found = error.strerror if isinstance(error, OSError) else error
        raise InputError(f"cannot open the {what} {path}", found=found) from error
    if not count:
        raise InputError(f"the {what} {path} is empty", expected="some content", found="0 bytes")
    if count > most_bytes:
        raise InputError(f"the {what} {path} is too large", expected=f"at most {most_bytes // 1_000_000} MB")
    return b"".join(pieces)


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
    (4, b"ftyp", "an MP4, M4A or MOV file"),
    (0, b"RF64", "a WAV file with 64-bit lengths"),
    (0, b"fLaC", "a FLAC file"),
    (0, b"OggS", "an OGG file"),
    (0, b"ID3", "an MP3 file"),
    (0, b"\x1aE\xdf\xa3", "a Matroska or WebM file"),
    (0, b"\x30\x26\xb2\x75", "a Windows Media file"),
    (0, b"caff", "a CAF file"),
    (0, b"riff", "a W64 file"),
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
