"""A folder of pictures, or one picture, as a camera that holds each for some seconds, over and over."""

from __future__ import annotations

from pathlib import Path

from edgemm.errors import InputError
from edgemm.media import NS_PER_S, Pixels, VideoFrame
from edgemm.pictures.picture_files import read_picture
from runtime.sources.pace import Pace

SUFFIXES = frozenset({".png", ".jpg", ".jpeg", ".webp", ".bmp"})


class PictureFolder:
    """Pictures in the order of their names. A picture that cannot be read is an InputError that names it."""

    name = "camera"

    def __init__(self, path: str | Path, fps: float = 10.0, hold_s: float = 5.0) -> None:
        self._path = Path(path)
        self._period_ns = int(NS_PER_S / fps)
        self._frames_each = max(1, round(hold_s * fps))
        self._files: list[Path] = []
        self._pixels: Pixels | None = None
        self._pace = Pace()
        self._frame_id = 0

    def open(self) -> None:
        if self._path.is_dir():
            self._files = sorted(file for file in self._path.iterdir() if file.suffix.lower() in SUFFIXES)
        else:
            self._files = [self._path]
        if not self._files:
            raise InputError(
                f"the folder {self._path} holds no pictures",
                expected=", ".join(sorted(SUFFIXES)),
                remedy="Put pictures there, or name another folder with camera.source.",
            )
        self._pace, self._frame_id = Pace(), 0

    def read(self) -> VideoFrame | None:
        due_ns = self._frame_id * self._period_ns
        if not self._pace.reached(due_ns):
            return None
        number, held = divmod(self._frame_id, self._frames_each)
        if held == 0 or self._pixels is None:
            self._pixels = read_picture(self._files[number % len(self._files)]).pixels
        self._frame_id += 1
        return VideoFrame(self._pixels, self._pace.time_of(due_ns), self._frame_id)

    def close(self) -> None:
        self._pixels = None
