"""The line protocol between the daemon and a sound child: a kind, a time, a length, a payload."""

from __future__ import annotations

import struct
from typing import BinaryIO, NamedTuple

READY = b"R"
"""child → daemon. Payload: JSON with `device`, `sample_rate_hz`, `channels`."""
SOUND = b"S"
"""Samples, 16-bit signed little endian, interleaved. From a microphone: `time_ns` is the capture time of the first."""
POSITION = b"P"
"""child → daemon. Payload: int64, samples that have been audible so far."""
CLEAR = b"C"
"""daemon → child: drop what the device has not taken. child → daemon: dropped. Payload: int64, samples that the device
has taken so far: up to there the sound is still heard."""
LOST = b"L"
"""child → daemon. Payload: int64, blocks of sound lost since this was last told: input that nobody fetched in time, or
output that ran dry."""
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


def take_frame(unread: bytearray) -> Frame | None:
    """The first message of `unread`, which loses it; None while it is not whole."""
    if len(unread) < _HEADER.size:
        return None
    kind, time_ns, length = _HEADER.unpack_from(unread)
    end = _HEADER.size + length
    if len(unread) < end:
        return None
    payload = bytes(unread[_HEADER.size : end])
    del unread[:end]
    return Frame(kind, time_ns, payload)


def pack_count(count: int) -> bytes:
    """A sample count as payload."""
    return _COUNT.pack(count)


def unpack_count(payload: bytes) -> int:
    """The sample count in a payload."""
    count: int = _COUNT.unpack(payload)[0]
    return count
