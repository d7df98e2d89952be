"""The messages of an MCAP file in their order, whatever the file is: with limits, and damage as one error."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from edgemm.errors import InputError

MAGIC = b"\x89MCAP0\r\n"
MAX_RECORD_BYTES = 64 * 2**20
"""Of a record in the file and of a chunk unpacked: some kilobytes can claim to unpack to gigabytes."""


class Damage(InputError):
    """The file ends, or makes no sense, here."""


class SessionMessage(NamedTuple):
    """A message with its channel's topic, and its schema as the file carries it (None: it names none)."""

    schema: Any
    topic: str
    message: Any


def session_messages(path: Path) -> Iterator[SessionMessage | Any]:
    """Messages, and metadata records between them. Raises InputError for no MCAP file, Damage where it breaks off."""
    from mcap.records import Channel, Chunk, Message, Metadata, Schema
    from mcap.stream_reader import StreamReader, breakup_chunk

    schemas: dict[int, Any] = {}
    channels: dict[int, Any] = {}
    with _open(path) as file:
        bounded: Any = _Bounded(file)
        reader = StreamReader(bounded, emit_chunks=True, validate_crcs=True, record_size_limit=MAX_RECORD_BYTES)
        records = reader.records
        while True:
            with sense(f"it breaks off before byte {file.tell()}"):
                record = next(records, None)
                if isinstance(record, Chunk):
                    _check_size(record)
                    parts = breakup_chunk(record, validate_crc=True)
                else:
                    parts = [] if record is None else [record]
            if record is None:
                return
            for part in parts:
                if isinstance(part, Schema):
                    schemas[part.id] = part
                elif isinstance(part, Channel):
                    channels[part.id] = part
                elif isinstance(part, Metadata):
                    yield part
                elif isinstance(part, Message):
                    with sense(f"a message before byte {file.tell()} is on no channel"):
                        channel = channels[part.channel_id]
                    yield SessionMessage(schemas.get(channel.schema_id), channel.topic, part)


@contextmanager
def sense(otherwise: str) -> Iterator[None]:
    """Whatever the libraries say of bytes that make no sense, as Damage with these words."""
    from google.protobuf.message import DecodeError
    from mcap.exceptions import McapError
    from zstandard import ZstdError

    try:
        yield
    except OSError as error:
        raise InputError("the session cannot be read", found=error.strerror) from error
    except (
        *(McapError, ZstdError, DecodeError, struct.error, EOFError, ValueError, OverflowError, MemoryError),
        *(KeyError, TypeError, AttributeError, RuntimeError, ZeroDivisionError, InputError),
    ) as error:
        raise Damage(otherwise) from error


class _Bounded:
    """A file that does not give more at once than a record may hold."""

    def __init__(self, file: Any) -> None:
        self._file = file

    def read(self, length: int) -> bytes:
        if not 0 <= length <= MAX_RECORD_BYTES:
            raise ValueError(f"expected at most {MAX_RECORD_BYTES} bytes, found {length}")
        data: bytes = self._file.read(length)
        return data


def _check_size(chunk: Any) -> None:
    """Before it is unpacked. Raises ValueError."""
    size = chunk.uncompressed_size
    if chunk.compression == "zstd":
        from zstandard import frame_content_size

        size = max(size, frame_content_size(chunk.data))
    elif chunk.compression == "lz4":
        from lz4.frame import get_frame_info  # type: ignore[import-untyped]

        size = max(size, get_frame_info(chunk.data)["content_size"] or MAX_RECORD_BYTES + 1)
    if size > MAX_RECORD_BYTES:
        raise ValueError(f"expected a chunk of at most {MAX_RECORD_BYTES} bytes, found {size}")


def _open(path: Path) -> Any:
    try:
        file = path.open("rb")
    except FileNotFoundError:
        raise InputError(f"no such session: {path}", remedy="Check the path.") from None
    except (OSError, ValueError) as error:
        raise InputError(f"cannot open the session {path}", found=getattr(error, "strerror", error)) from error
    if file.read(len(MAGIC)) != MAGIC:
        file.close()
        raise InputError(
            f"{path} is no session",
            expected="an MCAP file",
            found="another format" if path.stat().st_size else "an empty file",
            remedy="Record one with: edgemm record SESSION.mcap",
        )
    file.seek(0)
    return file
