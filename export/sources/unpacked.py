"""The bytes of a compressed tar archive, read within limits: a small file may claim to hold terabytes."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, cast

from edgemm.errors import CheckpointError

LEAST_BUDGET_BYTES = 1 << 30
LARGEST_RATIO = 100
"""Unpacked to packed size of an archive: weights shrink to a half at best, text to a tenth."""
_LARGEST_READ_BYTES = 16 << 20
"""Contents are read in pieces; only a header that lies about its length asks for more at once."""

_OPENERS: dict[bytes, Any] = {b"\x1f\x8b": gzip.open, b"BZh": bz2.open, b"\xfd7zXZ": lzma.open}


def too_large(name: str, size: int) -> CheckpointError:
    return CheckpointError(
        f"{name} unpacks to more than an archive of its size can hold",
        expected=f"at most {LARGEST_RATIO} times its size",
        found=f"{size} bytes",
    )


@contextmanager
def unpacked(archive: Path, budget_bytes: int) -> Iterator[IO[bytes]]:
    """The tar stream in `archive`, seekable. Reading past `budget_bytes` raises CheckpointError."""
    with archive.open("rb") as file:
        start = file.read(6)
    opener = next((opener for magic, opener in _OPENERS.items() if start.startswith(magic)), open)
    with opener(archive, "rb") as stream:
        yield cast(IO[bytes], _Bounded(stream, archive.name, budget_bytes))


class _Bounded(io.RawIOBase):
    def __init__(self, stream: IO[bytes], name: str, budget_bytes: int) -> None:
        self._stream, self._name, self._budget_bytes = stream, name, budget_bytes

    def read(self, size: int = -1) -> bytes:
        if not 0 <= size <= _LARGEST_READ_BYTES or self.tell() + size > self._budget_bytes + _LARGEST_READ_BYTES:
            raise too_large(self._name, size)
        return self._stream.read(size)

    def seek(self, place: int, whence: int = io.SEEK_SET) -> int:
        if place > self._budget_bytes:
            raise too_large(self._name, place)
        return self._stream.seek(place, whence)

    def tell(self) -> int:
        return self._stream.tell()

    def seekable(self) -> bool:
        return True

    def readable(self) -> bool:
        return True
