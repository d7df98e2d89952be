"""Text evidence: the lines of text in view, in reading order."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Protocol

from edgemm.media import VideoFrame
from runtime.evidence import Evidence, EvidenceKind, Region


class LineLike(Protocol):
    @property
    def text(self) -> str: ...
    @property
    def score(self) -> float: ...
    @property
    def box(self) -> Region: ...


class ReaderLike(Protocol):
    def lines(self, frame: VideoFrame) -> Iterator[Sequence[LineLike]]:
        """Yields the lines read so far, at least every 100 ms of work."""
        ...


class TextObserver:
    """About half a second for a page on one core, interruptible after each band of the picture and each line."""

    kind: EvidenceKind = "text"

    def __init__(self, reader: ReaderLike, source: str) -> None:
        self._reader = reader
        self._source = source

    def gather(self, frame: VideoFrame, known: tuple[Evidence, ...]) -> Iterator[tuple[Evidence, ...]]:
        for lines in self._reader.lines(frame):
            yield tuple(
                Evidence("text", line.text, line.score, line.box, self._source, frame.capture_time_ns, frame.frame_id)
                for line in lines
                if is_legible(line.text)
            )


def is_legible(text: str) -> bool:
    """Whether there is anything to read: stars, bullets and rules have no letter and no digit."""
    return any(map(str.isalnum, text))
