"""Pictures from and to files. Whatever is wrong with a file is an `InputError` that says what to do."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import numpy as np

from edgemm.errors import InputError, StorageError
from edgemm.file_bytes import kind_of, read_bytes
from edgemm.media import Pixels, VideoFrame
from edgemm.pictures.orientation import upright
from edgemm.pictures.picture_header import picture_header, transparent_grey

MAX_MEGAPIXELS = 50.0
"""A picture above this is refused before it is decoded: 50 MP are 150 MB of pixels."""

MAX_FILE_BYTES = 500_000_000

PICTURE_FORMATS = "a PNG, JPEG, WebP or BMP picture"


def read_picture(path: str | Path, max_megapixels: float = MAX_MEGAPIXELS) -> VideoFrame:
    """Frame 0 at time 0 with `pixels: (row, column, bgr)` uint8, turned upright as its EXIF data says.

    Raises InputError when the file is missing, empty, truncated, no picture, or larger than `max_megapixels`.
    """
    path = Path(path)
    return VideoFrame(decode_picture(read_bytes(path, "picture", MAX_FILE_BYTES), str(path), max_megapixels), 0, 0)


def decode_picture(data: bytes, name: str, max_megapixels: float = MAX_MEGAPIXELS) -> Pixels:
    """Decode a picture file's bytes to `(row, column, bgr)` uint8; `name` stands in the error.

    What is transparent counts as paper, white.
    """
    header = picture_header(data)
    if header is None:
        raise InputError(
            f"cannot read the picture {name}",
            expected=PICTURE_FORMATS,
            found=kind_of(data),
            remedy="Check that this is the file you mean, or convert it: ffmpeg -i INPUT picture.png",
        )
    if header.megapixels > max_megapixels:
        raise InputError(
            f"the picture {name} is too large",
            expected=f"at most {max_megapixels:g} megapixels",
            found=f"{header.width}x{header.height} ({header.megapixels:.0f} megapixels)",
            remedy="Scale it down first: ffmpeg -i INPUT -vf scale=1920:-2 smaller.jpg",
        )
    if not header.complete:
        raise _damaged(name, f"{header.format}, {header.width}x{header.height}, whose end is missing")
    if not header.width or not header.height:
        raise _damaged(name, f"{header.format}, {header.width}x{header.height}")
    pixels = None if header.format == "JPEG" else _on_paper(data)
    pixels = _decoded(data, "upright") if pixels is None else pixels
    if pixels is None:
        raise _damaged(name, f"{header.format} data that cannot be decoded")
    return pixels


def write_picture(path: str | Path, pixels: Pixels) -> None:
    """Write `(row, column, bgr)` pixels in the format that the name's suffix says."""
    import cv2

    path = Path(path)
    done, data = cv2.imencode(path.suffix or ".png", pixels)
    if not done:
        raise InputError(f"cannot write a picture named {path}", expected=".png, .jpg, .webp or .bmp")
    try:
        path.write_bytes(data.tobytes())
    except OSError as error:
        raise StorageError(f"cannot write {path}", found=error.strerror) from error


def _decoded(data: bytes, how: Literal["upright", "with alpha"]) -> Pixels | None:
    """`(row, column, bgr)`, or whatever the file holds; None when OpenCV cannot read it."""
    import cv2

    flags = cv2.IMREAD_COLOR if how == "upright" else cv2.IMREAD_UNCHANGED
    try:
        return cv2.imdecode(np.frombuffer(data, np.uint8), flags)  # type: ignore[return-value]
    except cv2.error:  # a side beyond OpenCV's own limits
        return None


def _on_paper(data: bytes) -> Pixels | None:
    """A picture with transparency, laid on white; None when it has none."""
    layered = _decoded(data, "with alpha")
    grey = transparent_grey(data)
    if layered is not None and layered.ndim == 2 and grey is not None:
        opaque = np.full_like(layered, np.iinfo(layered.dtype).max)
        opaque[layered == grey] = 0
        layered = np.stack([layered, layered, layered, opaque], axis=2)
    if layered is None or layered.ndim != 3 or layered.shape[2] != 4:
        return None
    most = np.iinfo(layered.dtype).max
    alpha = layered[:, :, 3:].astype(np.float32) / most
    if data.startswith(b"BM") and not alpha.any():  # most bitmaps have a fourth byte that means nothing
        return None
    colours = layered[:, :, :3].astype(np.float32) * (255 / most)
    return upright(np.round(colours * alpha + 255 * (1 - alpha)).astype(np.uint8), data)


def _damaged(name: str, found: str) -> InputError:
    return InputError(
        f"the picture {name} is damaged",
        expected="a complete file",
        found=found,
        remedy="Copy or download it again.",
    )
