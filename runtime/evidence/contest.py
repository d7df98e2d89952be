"""How the classifier's names confirm or contest the detector's."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from runtime.evidence import Evidence, Region
from runtime.evidence.coco_imagenet import COCO_WITH_SYNSETS


@dataclass(frozen=True)
class ContestRule:
    """Scores, not probabilities; chosen on the photographs for calibration and tuning."""

    doubtful_below: float = 0.75
    """Detector score below which a box is worth the classifier's time."""
    contest_from: float = 0.6
    """Classifier score of another name that contests."""
    own_below: float = 0.1
    """... if the detector's own name gets less than this."""
    same_thing_iou: float = 0.55
    """A box of the other name that overlaps less is a thing of its own, and explains the classifier's name."""


RULE = ContestRule()


def doubtful(seen: Evidence, rule: ContestRule = RULE) -> bool:
    """True for a detection that the classifier should look at."""
    return seen.kind == "object" and seen.region is not None and seen.score < rule.doubtful_below


def contest(seen: Iterable[Evidence], labels: Iterable[Evidence], rule: ContestRule = RULE) -> tuple[Evidence, ...]:
    """`seen` with `contested_by` set where a label of the same box says otherwise.

    Only between classes of the COCO-ImageNet table; elsewhere the classifier adds and never contradicts.
    """
    seen, labels = tuple(seen), tuple(labels)
    return tuple(replace(e, contested_by=_contester(e, seen, labels, rule)) if doubtful(e, rule) else e for e in seen)


def _contester(
    claim: Evidence, seen: tuple[Evidence, ...], labels: tuple[Evidence, ...], rule: ContestRule
) -> str | None:
    own_box = [e for e in labels if e.kind == "label" and e.region == claim.region and e.label in COCO_WITH_SYNSETS]
    if claim.label not in COCO_WITH_SYNSETS or not own_box:
        return None
    best = max(own_box, key=lambda e: e.score)
    own_score = max((e.score for e in own_box if e.label == claim.label), default=0.0)
    if best.label == claim.label or best.score < rule.contest_from or own_score >= rule.own_below:
        return None
    return None if _explained(best.label, claim, seen, rule) else best.label


def _explained(label: str, claim: Evidence, seen: tuple[Evidence, ...], rule: ContestRule) -> bool:
    """True when a thing of that name stands beside: the motorcycle in a rider's box."""
    return any(
        other.label == label
        and other.region is not None
        and claim.region is not None
        and iou(other.region, claim.region) < rule.same_thing_iou
        for other in seen
        if other.kind == "object"
    )


def iou(one: Region, other: Region) -> float:
    """Intersection over union."""
    width = min(one[2], other[2]) - max(one[0], other[0])
    height = min(one[3], other[3]) - max(one[1], other[1])
    if width <= 0.0 or height <= 0.0:
        return 0.0
    shared = width * height
    areas = sum((x2 - x1) * (y2 - y1) for x1, y1, x2, y2 in (one, other))
    return shared / (areas - shared)
