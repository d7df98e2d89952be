"""From evidence to claims: what may be said plainly, and what only with "perhaps"."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from runtime.evidence import Evidence, Region
from runtime.evidence.coco_imagenet import WELL_KNOWN
from runtime.evidence.contest import iou


@dataclass(frozen=True)
class ClaimThresholds:
    """Scores (not probabilities) of the detector and the classifier; chosen by eye on 80 photographs."""

    clear_from: float = 0.55
    perhaps_from: float = 0.35
    confirmed_from: float = 0.3
    """Classifier score of the same name on the same box that makes a "perhaps" plain."""
    unsupported_below: float = 0.1
    """A class that the classifier knows well, and gives less than this on the same box, is in doubt ..."""
    clear_unsupported_from: float = 0.72
    """... and plain only above this detector score: most plain errors were such."""
    same_thing_iou: float = 0.55
    """Boxes of different labels that overlap more are one thing with two names."""
    inside: float = 0.8
    """Share of a box within a larger one of the same name from which it may be a part of it: said with "perhaps"."""


@dataclass(frozen=True)
class Claim:
    """One thing in view. `clear` False: it is said with "perhaps"."""

    label: str
    clear: bool
    region: Region
    evidence: tuple[Evidence, ...]

    @property
    def score(self) -> float:
        """The best of its evidence."""
        return max(e.score for e in self.evidence)

    @property
    def area(self) -> float:
        x1, y1, x2, y2 = self.region
        return max(0.0, x2 - x1) * max(0.0, y2 - y1)


def claims_of(evidence: Iterable[Evidence], thresholds: ClaimThresholds | None = None) -> tuple[Claim, ...]:
    """Claims from object evidence and its labels, largest first; two names for one thing become one hedged claim.

    A contested detection is claimed as what contests it, hedged: a detector's person that the classifier calls a cat
    becomes "perhaps a cat".
    """
    thresholds = thresholds or ClaimThresholds()
    evidence = tuple(evidence)
    found = [e for e in evidence if e.kind == "object" and e.region and e.score >= thresholds.perhaps_from]
    claims: list[Claim] = []
    for seen in sorted(found, key=lambda e: (e.contested_by is not None, -e.score)):
        assert seen.region is not None
        label = seen.contested_by or seen.label
        clear = seen.contested_by is None and _sure(seen, evidence, thresholds)
        twin = next((i for i, c in enumerate(claims) if _same(c, label, seen, thresholds)), None)
        if twin is None:
            claims.append(Claim(label, clear, seen.region, (seen,)))
            continue
        other = claims[twin]
        undisputed = other.clear and not clear and (seen.contested_by is None or seen.score < other.score)
        claims[twin] = Claim(other.label, undisputed, other.region, (*other.evidence, seen))
    claims.sort(key=lambda claim: -claim.area)
    return tuple(
        replace(claim, clear=claim.clear and not _part_of_any(claim, claims[:i], thresholds))
        for i, claim in enumerate(claims)
    )


def _part_of_any(claim: Claim, larger: list[Claim], thresholds: ClaimThresholds) -> bool:
    """True for a leaf of the plant that was detected as a plant of its own."""
    return any(
        other.label == claim.label and covered(claim.region, other.region) > thresholds.inside for other in larger
    )


def covered(region: Region, by: Region) -> float:
    """Share of `region` that lies in `by`."""
    width = min(region[2], by[2]) - max(region[0], by[0])
    height = min(region[3], by[3]) - max(region[1], by[1])
    area = (region[2] - region[0]) * (region[3] - region[1])
    return max(0.0, width) * max(0.0, height) / area if area > 0.0 else 0.0


def _sure(seen: Evidence, evidence: tuple[Evidence, ...], thresholds: ClaimThresholds) -> bool:
    """By the detector's score, and by what the classifier says of the same box if it was asked."""
    named = [e for e in evidence if e.kind == "label" and e.region == seen.region]
    own = max((e.score for e in named if e.label == seen.label), default=0.0)
    if own >= thresholds.confirmed_from:
        return True
    unsupported = bool(named) and seen.label in WELL_KNOWN and own < thresholds.unsupported_below
    return seen.score >= (thresholds.clear_unsupported_from if unsupported else thresholds.clear_from)


def _same(claim: Claim, label: str, seen: Evidence, thresholds: ClaimThresholds) -> bool:
    """One thing with two names, or with one name given twice through a contest."""
    assert seen.region is not None
    overlaps = iou(claim.region, seen.region) > thresholds.same_thing_iou
    return overlaps and (claim.label != seen.label or label != seen.label)
