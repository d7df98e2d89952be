"""Label evidence: what the classifier calls each doubtful detection's crop, the whole picture, and its middle.

Names of the COCO-ImageNet table are summed into their COCO class ("tabby" 0.4 and "Egyptian cat" 0.3 are "cat" 0.7), so
that they can confirm or contest a detection; the others keep their own name.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from edgemm.media import VideoFrame
from runtime.evidence import Evidence, EvidenceKind, Region
from runtime.evidence.coco_imagenet import name_of
from runtime.evidence.contest import doubtful
from runtime.evidence.models import ClassifierLike

MOST_CROPS = 4
"""Crops looked at, largest first: about 20 ms each on one core."""
MIDDLES: tuple[Region, ...] = ((0.1, 0.1, 0.9, 0.9), (0.2, 0.2, 0.8, 0.8))
"""Looked at last, and only by who is not sure of the whole: what three views agree on is there."""
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
        for region in (*dict.fromkeys(crops[:MOST_CROPS]), None, *MIDDLES):
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


def mean_over_views(labels: Iterable[Evidence]) -> tuple[Evidence, ...]:
    """The whole picture's names with the mean of their scores for it and for its middles, best first."""
    labels = tuple(labels)
    views = (None, *MIDDLES) if any(e.region in MIDDLES for e in labels) else (None,)
    total: dict[str, float] = {}
    for e in labels:
        if e.region in views:
            total[e.label] = total.get(e.label, 0.0) + e.score
    whole = [replace(e, score=total[e.label] / len(views)) for e in labels if e.region is None]
    return tuple(sorted(whole, key=lambda e: -e.score))


def _area(region: Region) -> float:
    return (region[2] - region[0]) * (region[3] - region[1])
