"""Lengths in the header of a WAV file, put right where the recorder was stopped before it wrote them."""

from __future__ import annotations

import struct

_CHUNK_HEADER_BYTES = 8
_FIRST_CHUNK = 12
_UNKNOWN = 0xFFFFFFFF
_DS64_DATA_BYTES = 8
"""Where `ds64`, the 64-bit lengths of an RF64 file, says how many bytes of sound there are."""


def with_lengths(data: bytes) -> bytes:
    """`data`, a file of any kind; of a WAV or RF64 file whose header gives its sound 0 bytes although there are some,
    a copy whose header reaches to the end of the file."""
    if data[:4] not in (b"RIFF", b"RF64") or data[8:12] != b"WAVE":
        return data
    chunks = _chunks(data)
    if b"data" not in chunks:
        return data
    start, length = chunks[b"data"]
    there = len(data) - start
    if data[:4] == b"RF64" and length == _UNKNOWN and b"ds64" in chunks:
        place = chunks[b"ds64"][0] + _DS64_DATA_BYTES
        return _with(data, place, struct.pack("<Q", there)) if data[place : place + 8] == bytes(8) else data
    if length or _are_chunks(data, start):
        return data
    return _with(data, start - 4, struct.pack("<I", min(there, _UNKNOWN)))


def _chunks(data: bytes) -> dict[bytes, tuple[int, int]]:
    """Where the content of each chunk starts and the length that its header gives, up to and with `data`."""
    found: dict[bytes, tuple[int, int]] = {}
    place = _FIRST_CHUNK
    while place + _CHUNK_HEADER_BYTES <= len(data) and b"data" not in found:
        name, length = struct.unpack_from("<4sI", data, place)
        found[name] = (place + _CHUNK_HEADER_BYTES, length)
        place += _CHUNK_HEADER_BYTES + length + length % 2
    return found


def _are_chunks(data: bytes, place: int) -> bool:
    """Whether `data` from `place` is nothing, or chunks with printable names up to the very end: then there really is
    no sound."""
    while place + _CHUNK_HEADER_BYTES <= len(data):
        name, length = struct.unpack_from("<4sI", data, place)
        if not all(32 <= byte < 127 for byte in name):
            return False
        place += _CHUNK_HEADER_BYTES + length + length % 2
    return place == len(data)


def _with(data: bytes, place: int, part: bytes) -> bytes:
    return data[:place] + part + data[place + len(part) :]
