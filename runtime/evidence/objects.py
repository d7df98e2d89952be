"""Object evidence: the detector's boxes."""

from __future__ import annotations

from collections.abc import Iterator

from edgemm.media import VideoFrame
from runtime.evidence import Evidence, EvidenceKind
from runtime.evidence.models import DetectorLike


class ObjectObserver:
    """One detector pass, about 50-70 ms on one core."""

    kind: EvidenceKind = "object"

    def __init__(self, detector: DetectorLike, source: str) -> None:
        self._detector = detector
        self._source = source

    def gather(self, frame: VideoFrame, known: tuple[Evidence, ...]) -> Iterator[tuple[Evidence, ...]]:
        found = self._detector.detect(frame)
        yield tuple(
            Evidence(
                kind="object",
                label=label,
                score=float(score),
                region=(float(box[0]), float(box[1]), float(box[2]), float(box[3])),
                source=self._source,
                capture_time_ns=frame.capture_time_ns,
                frame_id=frame.frame_id,
            )
            for box, score, label in zip(found.boxes, found.scores, found.labels, strict=True)
        )
