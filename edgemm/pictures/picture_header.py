"""Size and completeness of a picture file from its bytes alone, before any pixel is decoded.

Formats: PNG (ISO/IEC 15948), JPEG (ITU-T T.81), WebP (RFC 9649), BMP.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import Literal

PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"
JPEG_END = b"\xff\xd9"
_JPEG_SIZE_MARKERS = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_JPEG_START_OF_SCAN = 0xDA
_PNG_GREY = 0


@dataclass(frozen=True)
class PictureHeader:
    """What a picture's bytes say about it. `complete` is False when the end of the file is missing."""

    format: Literal["PNG", "JPEG", "WebP", "BMP"]
    width: int
    height: int
    complete: bool

    @property
    def megapixels(self) -> float:
        return self.width * self.height / 1e6


def picture_header(data: bytes) -> PictureHeader | None:
    """Header of a PNG, JPEG, WebP or BMP file; None when the bytes are none of these or end inside the header."""
    readers = (
        (PNG_SIGNATURE, _png),
        (b"\xff\xd8\xff", _jpeg),
        (b"RIFF", _webp),
        (b"BM", _bmp),
    )
    for signature, read in readers:
        if data.startswith(signature):
            try:
                return read(data)
            except (struct.error, IndexError):
                return None
    return None


def transparent_grey(data: bytes) -> int | None:
    """The grey that counts as transparent in a grey PNG without alpha, as OpenCV decodes it; None for all others."""
    if not data.startswith(PNG_SIGNATURE) or data[25] != _PNG_GREY:
        return None
    start = data.find(b"tRNS", 0, max(0, data.find(b"IDAT")))
    if start < 0 or start + 6 > len(data):
        return None
    depth = data[24]
    most = (1 << depth) - 1
    value = int.from_bytes(data[start + 4 : start + 6], "big") & most
    return value * 255 // most if depth < 8 else value


def _png(data: bytes) -> PictureHeader:
    width, height = struct.unpack_from(">II", data, 16)
    position = len(PNG_SIGNATURE)
    complete = False
    while position + 12 <= len(data) and not complete:
        length, kind = struct.unpack_from(">I4s", data, position)
        position += 12 + length
        complete = kind == b"IEND" and position <= len(data)
    return PictureHeader("PNG", width, height, complete)


def _jpeg(data: bytes) -> PictureHeader | None:
    position = 2
    size: tuple[int, int] | None = None
    while position + 4 <= len(data):
        if data[position] != 0xFF:
            return None
        marker = data[position + 1]
        if marker == 0xFF:  # fill byte
            position += 1
            continue
        (length,) = struct.unpack_from(">H", data, position + 2)
        if marker in _JPEG_SIZE_MARKERS:
            height, width = struct.unpack_from(">HH", data, position + 5)
            size = (width, height)
        if marker == _JPEG_START_OF_SCAN:
            break
        position += 2 + length
    if size is None:
        return None
    # Searched behind the headers, because an embedded thumbnail has an end marker of its own.
    return PictureHeader("JPEG", *size, complete=data.find(JPEG_END, position) >= 0)


def _webp(data: bytes) -> PictureHeader | None:
    (riff_size,) = struct.unpack_from("<I", data, 4)
    if data[8:12] != b"WEBP":
        return None
    kind = data[12:16]
    if kind == b"VP8X":
        width = 1 + int.from_bytes(data[24:27], "little")
        height = 1 + int.from_bytes(data[27:30], "little")
    elif kind == b"VP8L":
        (bits,) = struct.unpack_from("<I", data, 21)
        width, height = 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)
    else:
        width, height = (side & 0x3FFF for side in struct.unpack_from("<HH", data, 26))
    return PictureHeader("WebP", width, height, complete=len(data) >= riff_size + 8)


def _bmp(data: bytes) -> PictureHeader:
    (file_size,) = struct.unpack_from("<I", data, 2)
    width, height = struct.unpack_from("<ii", data, 18)
    return PictureHeader("BMP", abs(width), abs(height), complete=len(data) >= file_size)
