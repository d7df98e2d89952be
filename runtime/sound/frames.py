"""The line protocol between the daemon and a sound child: a kind, a time, a length, a payload."""

from __future__ import annotations

import struct
from typing import BinaryIO, NamedTuple

READY = b"R"
"""child → daemon. Payload: JSON with `device`, `sample_rate_hz`, `channels`."""
SOUND = b"S"
"""Samples, 16-bit signed little endian, interleaved. From a microphone: `time_ns` is the capture time of the first."""
POSITION = b"P"
"""child → daemon. Payload: int64, samples taken by the device so far; `time_ns` is when the last is audible."""
CLEAR = b"C"
"""daemon → child: drop what has not been taken. child → daemon: dropped; payload as POSITION."""
ERROR = b"E"
"""child → daemon. Payload: text. The child ends after it."""

_HEADER = struct.Struct("<cqI")
_COUNT = struct.Struct("<q")


class Frame(NamedTuple):
    """One message."""

    kind: bytes
    time_ns: int
    payload: bytes


def pack(kind: bytes, time_ns: int = 0, payload: bytes = b"") -> bytes:
    """The bytes of one message."""
    return _HEADER.pack(kind, time_ns, len(payload)) + payload


def read_frame(stream: BinaryIO) -> Frame | None:
    """The next message; None when the stream has ended, in the middle of a message too."""
    header = stream.read(_HEADER.size)
    if len(header) < _HEADER.size:
        return None
    kind, time_ns, length = _HEADER.unpack(header)
    payload = stream.read(length)
    return Frame(kind, time_ns, payload) if len(payload) == length else None


def pack_count(count: int) -> bytes:
    """A sample count as payload."""
    return _COUNT.pack(count)


def unpack_count(payload: bytes) -> int:
    """The sample count in a payload."""
    count: int = _COUNT.unpack(payload)[0]
    return count
