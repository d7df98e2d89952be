"""Evidence: what a claim about the view rests on. A new kind is a new file in this folder.

Each file has a class with `kind` and

    def gather(self, frame: VideoFrame, known: tuple[Evidence, ...]) -> Iterator[tuple[Evidence, ...]]

a generator that yields what it has found so far, at least every 100 ms of work, so that it can be interrupted.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, Protocol

from edgemm.media import VideoFrame

EvidenceKind = Literal["object", "label", "text", "code", "colour", "light"]
Region = tuple[float, float, float, float]
"""x1, y1, x2, y2 in 0..1 of the picture."""


@dataclass(frozen=True)
class Evidence:
    """One observation. `score` is a score, not a probability; thresholds stand in the recipe."""

    kind: EvidenceKind
    label: str
    score: float
    region: Region | None
    source: str
    """Bundle (or rule) that made it."""
    capture_time_ns: int
    frame_id: int
    contested_by: str | None = None
    """Label that another model gives to the same thing: the claim is hedged."""
    track_id: int | None = None


class Observer(Protocol):
    """Gathers one kind of evidence from a frame."""

    kind: EvidenceKind

    def gather(self, frame: VideoFrame, known: tuple[Evidence, ...]) -> Iterator[tuple[Evidence, ...]]: ...
