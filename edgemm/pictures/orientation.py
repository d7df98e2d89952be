"""Turn a PNG or WebP picture upright as its EXIF data says: OpenCV does so only where it drops transparency.

Formats: PNG (ISO/IEC 15948, chunk eXIf), WebP (RFC 9649, chunk EXIF), Exif (CIPA DC-008).
"""

from __future__ import annotations

import struct

import numpy as np

from edgemm.media import Pixels
from edgemm.pictures.picture_header import PNG_SIGNATURE

_ORIENTATION = 0x0112
_MIRRORED, _UPSIDE_DOWN, _ON_ITS_SIDE = (2, 3, 7, 8), (3, 4, 6, 7), (5, 6, 7, 8)
"""Orientations whose columns, and whose rows, are stored backwards, and whose rows are stored as columns."""


def upright(pixels: Pixels, data: bytes) -> Pixels:
    """`(row, column, …)` pixels decoded from `data` as they are stored, turned as `data` says."""
    orientation = _orientation(_exif(data))
    if orientation in _UPSIDE_DOWN:
        pixels = pixels[::-1]
    if orientation in _MIRRORED:
        pixels = pixels[:, ::-1]
    return np.ascontiguousarray(pixels.swapaxes(0, 1) if orientation in _ON_ITS_SIDE else pixels)


def _exif(data: bytes) -> bytes:
    """The EXIF data of a picture file; empty where there is none."""
    png = data.startswith(PNG_SIGNATURE)
    head, wanted, place = (">I4s", b"eXIf", 8) if png else ("<4sI", b"EXIF", 12)
    while place + 8 <= len(data):
        one, other = struct.unpack_from(head, data, place)
        length, kind = (one, other) if png else (other, one)
        if kind == wanted:
            return data[place + 8 : place + 8 + length].removeprefix(b"Exif\0\0")
        place += 8 + length + (4 if png else length % 2)  # a checksum; a byte that makes the length even
    return b""


def _orientation(exif: bytes) -> int:
    """1 to 8; 1 (as it is) where `exif` does not say or is damaged."""
    order = "<" if exif.startswith(b"II") else ">"
    try:
        (start,) = struct.unpack_from(f"{order}I", exif, 4)
        (count,) = struct.unpack_from(f"{order}H", exif, start)
        entries = [struct.unpack_from(f"{order}HHIH", exif, start + 2 + 12 * index) for index in range(count)]
    except struct.error:
        return 1
    return next((value for tag, _, _, value in entries if tag == _ORIENTATION), 1)
