"""A folder of pictures, or one picture, as a camera that holds each for some seconds, over and over."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Literal

from edgemm.errors import InputError
from edgemm.media import NS_PER_S, Pixels, VideoFrame
from edgemm.pictures.picture_files import read_picture
from runtime.items import SourceState
from runtime.sources.pace import Pace

SUFFIXES = frozenset({".png", ".jpg", ".jpeg", ".webp", ".bmp"})


class PictureFolder:
    """Pictures in the order of their names, listed anew each round. Hidden files are none of them.

    A picture that cannot be read is passed over, told once; when none can be, that is an InputError.
    """

    name: Literal["camera"] = "camera"

    def __init__(self, path: str | Path, fps: float = 10.0, hold_s: float = 5.0) -> None:
        self._path = Path(path)
        self._period_ns = int(NS_PER_S / fps)
        self._frames_each = max(1, round(hold_s * fps))
        self._waiting: Iterator[Path] = iter(())
        self._passed_over: set[Path] = set()
        self._left, self._any_read = 0, False
        """Of this round: pictures not yet tried or read, and whether one could be read."""
        self._pixels: Pixels | None = None
        self._pace = Pace()
        self._frame_id = 0

    def open(self) -> None:
        self._begin_round()
        self._pixels, self._pace, self._frame_id = None, Pace(), 0

    def read(self) -> VideoFrame | SourceState | None:
        due_ns = self._frame_id * self._period_ns
        if not self._pace.reached(due_ns):
            return None
        if self._frame_id % self._frames_each == 0 or self._pixels is None:
            file = self._next_file()
            try:
                self._pixels = read_picture(file).pixels
            except InputError as error:
                return self._pass_over(file, error)
            self._any_read = True
        self._frame_id += 1
        return VideoFrame(self._pixels, self._pace.time_of(due_ns), self._frame_id)

    def close(self) -> None:
        self._pixels = None

    def _next_file(self) -> Path:
        file = next(self._waiting, None)
        if file is None:
            self._begin_round()
            file = next(self._waiting)
        return file

    def _begin_round(self) -> None:
        files = self._listed()
        if not files:
            raise InputError(
                f"the folder {self._path} holds no pictures",
                expected=", ".join(sorted(SUFFIXES)),
                remedy="Put pictures there, or name another folder with camera.source.",
            )
        self._waiting, self._left, self._any_read = iter(files), len(files), False

    def _listed(self) -> list[Path]:
        if not self._path.exists():
            raise InputError(
                f"there is no picture, folder of pictures or video {self._path}", remedy="Check camera.source."
            )
        if not self._path.is_dir():
            return [self._path]
        try:
            return sorted(file for file in self._path.iterdir() if _is_picture(file))
        except OSError as error:
            raise InputError(
                f"cannot read the folder {self._path}", found=error.strerror, remedy="Check who may read it."
            ) from error

    def _pass_over(self, file: Path, error: InputError) -> SourceState | None:
        self._left -= 1
        if not self._left and not self._any_read:
            raise error
        if file in self._passed_over or not file.exists():  # told already, or taken away meanwhile
            return None
        self._passed_over.add(file)
        return SourceState(self.name, "ok", f"passed over: {error}")


def _is_picture(file: Path) -> bool:
    """Not what a Mac puts beside each file on a foreign disk (`._page.jpg`), and no folder."""
    return file.suffix.lower() in SUFFIXES and not file.name.startswith(".") and file.is_file()
