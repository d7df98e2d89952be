"""Label evidence: what the classifier calls each doubtful detection's crop, and the whole picture.

Names of the COCO-ImageNet table are summed into their COCO class ("tabby" 0.4 and "Egyptian cat" 0.3 are "cat" 0.7), so
that they can confirm or contest a detection; the others keep their own name.
"""

from __future__ import annotations

from collections.abc import Iterator

from edgemm.media import VideoFrame
from runtime.evidence import Evidence, EvidenceKind, Region
from runtime.evidence.coco_imagenet import name_of
from runtime.evidence.contest import doubtful
from runtime.evidence.models import ClassifierLike

MOST_CROPS = 4
"""Crops looked at, largest first: about 20 ms each on one core."""
TOP = 10
LEAST_SCORE = 0.05


class LabelObserver:
    """The classifier's passes, each yielded on its own."""

    kind: EvidenceKind = "label"

    def __init__(self, classifier: ClassifierLike, source: str) -> None:
        self._classifier = classifier
        self._source = source

    def gather(self, frame: VideoFrame, known: tuple[Evidence, ...]) -> Iterator[tuple[Evidence, ...]]:
        crops = sorted((e.region for e in known if doubtful(e) and e.region is not None), key=_area, reverse=True)
        found: tuple[Evidence, ...] = ()
        for region in (*dict.fromkeys(crops[:MOST_CROPS]), None):
            found += self._look(frame, region)
            yield found

    def _look(self, frame: VideoFrame, region: Region | None) -> tuple[Evidence, ...]:
        """Names of one region, best first."""
        scores: dict[str, float] = {}
        for guess in self._classifier.classify(frame, region, TOP):
            name = name_of(guess.synset, guess.label)
            scores[name] = scores.get(name, 0.0) + guess.score
        return tuple(
            Evidence("label", name, score, region, self._source, frame.capture_time_ns, frame.frame_id)
            for name, score in sorted(scores.items(), key=lambda item: -item[1])
            if score >= LEAST_SCORE
        )


def _area(region: Region) -> float:
    return (region[2] - region[0]) * (region[3] - region[1])
