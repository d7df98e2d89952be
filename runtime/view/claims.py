"""From evidence to claims: what may be said plainly, and what only with "perhaps"."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace

from runtime.evidence import Evidence, Region
from runtime.evidence.coco_imagenet import COCO_WITH_SYNSETS, WELL_KNOWN
from runtime.evidence.contest import iou
from runtime.evidence.groups import GROUPS


@dataclass(frozen=True)
class ClaimThresholds:
    """Scores (not probabilities) of the detector and the classifier; chosen on the photographs for calibration and
    tuning."""

    clear_from: float = 0.6
    perhaps_from: float = 0.35
    confirmed_from: float = 0.3
    """Classifier score of the same name on the same box that makes a "perhaps" plain."""
    unsupported_below: float = 0.1
    """A class that the classifier knows well, and gives less than this on the same box, is in doubt; so is any other
    class if the classifier calls it something else ..."""
    called_otherwise_from: float = 0.4
    """... with this score; what is in doubt ..."""
    clear_unsupported_from: float = 0.7
    """... is plain only above this detector score: most plain errors were such."""
    unheard_below: float = 0.05
    """A class that the classifier knows well, gives less than this, and calls something else ..."""
    refuted_from: float = 0.5
    """... with this score, is not claimed if the detector was not sure ..."""
    refuted_clear_from: float = 0.85
    """... or with this one if it was."""
    named_from: float = 0.6
    """Classifier score of one of COCO's names that makes it plain by itself."""
    animal_from: float = 0.7
    """The same for animals that COCO does not have, ..."""
    group_from: float = 0.6
    """... for groups of names ..."""
    kind_from: float = 0.85
    """... and for one kind of a group, which few people tell from the next."""
    rival_within: float = 0.1
    """Another name that the detector gives to the same box with so little less leaves both in doubt."""
    same_thing_iou: float = 0.55
    """Boxes of different labels that overlap more are one thing with two names."""
    inside: float = 0.8
    """Share of a box within a larger one of the same name from which it may be a part of it ..."""
    part_area: float = 0.25
    """... and is the same thing once more, if it is not smaller than this share of it; else said with "perhaps"."""
    overlap: float = 0.15
    """A box of which more lies in a plain one of its name, or the other way round, is counted only ..."""
    counted_from: float = 0.6
    """... with this detector score."""


@dataclass(frozen=True)
class Claim:
    """One thing in view. `clear` False: it is said with "perhaps". `region` None: somewhere in the picture."""

    label: str
    clear: bool
    region: Region | None
    evidence: tuple[Evidence, ...]

    @property
    def score(self) -> float:
        """The best of its evidence."""
        return max(e.score for e in self.evidence)

    @property
    def contested(self) -> bool:
        """Whether two models call it by different names: then no single one of them makes it plain."""
        return any(e.contested_by is not None for e in self.evidence)

    @property
    def area(self) -> float:
        x1, y1, x2, y2 = self.region or WHOLE
        return max(0.0, x2 - x1) * max(0.0, y2 - y1)


WHOLE: Region = (0.0, 0.0, 1.0, 1.0)


def claims_of(evidence: Iterable[Evidence], thresholds: ClaimThresholds | None = None) -> tuple[Claim, ...]:
    """Claims from object evidence and its labels, largest first; two names for one thing become one hedged claim.

    A contested detection is claimed as what contests it, and never plainly: a detector's person that the classifier
    calls a cat becomes "perhaps a cat".
    """
    thresholds = thresholds or ClaimThresholds()
    evidence = tuple(evidence)
    found = [e for e in evidence if e.kind == "object" and e.region and e.score >= thresholds.perhaps_from]
    claims: list[Claim] = []
    for seen in sorted(found, key=lambda e: (e.contested_by is not None, -e.score)):
        if seen.contested_by is None and _refuted(seen, evidence, thresholds):
            continue
        _add(claims, seen, evidence, thresholds)
    claims.sort(key=lambda claim: -claim.area)
    return _together(_counted_once(_without_parts(claims, thresholds), thresholds))


def name_is_sure(named: Evidence, animals: frozenset[str], thresholds: ClaimThresholds | None = None) -> bool:
    """Whether the classifier's name may be said plainly: COCO's, an animal's and a group's.

    Never that of another thing: what ImageNet lacks it calls by the nearest of its names, and is as sure of that.
    """
    thresholds = thresholds or ClaimThresholds()
    if named.label in COCO_WITH_SYNSETS:
        return named.score >= thresholds.named_from
    if named.label in GROUPS and named.score >= thresholds.group_from:
        return True
    if any(named.label in kinds for kinds in GROUPS.values()):
        return named.score >= thresholds.kind_from
    return named.label in animals and named.score >= thresholds.animal_from


def _add(claims: list[Claim], seen: Evidence, evidence: tuple[Evidence, ...], thresholds: ClaimThresholds) -> None:
    """A claim of its own, or a second name for one."""
    label = seen.contested_by or seen.label
    named = max((e for e in _labels(seen, evidence) if e.label == label), key=lambda e: e.score, default=None)
    sure_name = named is not None and named.score >= thresholds.named_from
    clear = seen.contested_by is None and _sure(seen, evidence, thresholds)
    support = (seen,) if named is None else (seen, named)
    twin = next((i for i, c in enumerate(claims) if _same(c, label, seen, thresholds)), None)
    if twin is None:
        claims.append(Claim(label, clear, seen.region, support))
        return
    other = claims[twin]
    if seen.contested_by is not None:
        undisputed = other.clear and seen.score < other.evidence[0].score
    elif other.label == label:
        undisputed = other.clear or sure_name
    else:
        rival = seen.score > other.evidence[0].score - thresholds.rival_within
        undisputed = other.clear and not clear and (not rival or _confirmed(other, thresholds))
    claims[twin] = Claim(other.label, undisputed, other.region, (*other.evidence, *support))


def _without_parts(claims: list[Claim], thresholds: ClaimThresholds) -> list[Claim]:
    """Without a second box around the same thing; a part of a thing is no plain second one: a leaf of the plant."""
    kept: list[Claim] = []
    for claim in claims:
        around = [c for c in kept if c.label == claim.label and _covered(claim, c) > thresholds.inside]
        twin = next((c for c in around if claim.area >= thresholds.part_area * c.area), None)
        if twin is None:
            kept.append(replace(claim, clear=claim.clear and not around))
            continue
        both = (*twin.evidence, *claim.evidence)
        kept[kept.index(twin)] = replace(twin, clear=twin.clear or claim.clear, evidence=both)
    return kept


def _counted_once(claims: list[Claim], thresholds: ClaimThresholds) -> list[Claim]:
    """Without faint boxes that overlap a plain one of their name, where that may be the classifier's: it tells what a
    thing is, not how many, and calls the bird's wing a bird."""
    kept: list[Claim] = []
    for claim in sorted(claims, key=lambda c: not c.clear):
        beside = any(c.clear and c.label == claim.label and _overlapped(claim, c) > thresholds.overlap for c in kept)
        named = claim.label in WELL_KNOWN
        if not (named and beside) or _detected(claim, thresholds.counted_from):
            kept.append(claim)
    return sorted(kept, key=lambda claim: -claim.area)


def _together(claims: list[Claim]) -> tuple[Claim, ...]:
    """Where three may be people, there is somebody. Not so for what the classifier knows well, and did not confirm."""
    counts = Counter(c.label for c in claims if not c.clear and c.label not in WELL_KNOWN)
    plain = {c.label for c in claims if c.clear}
    many = {label for label, count in counts.items() if count >= MANY and label in COCO_WITH_SYNSETS} - plain
    best = {label: max((c for c in claims if c.label == label), key=lambda c: c.score) for label in many}
    return tuple(replace(c, clear=c.clear or c is best.get(c.label)) for c in claims)


MANY = 3


def _detected(claim: Claim, from_score: float) -> bool:
    return any(e.kind == "object" and e.label == claim.label and e.score >= from_score for e in claim.evidence)


def _overlapped(claim: Claim, by: Claim) -> float:
    """Share of the smaller one of the two."""
    return max(_covered(claim, by), _covered(by, claim))


def _confirmed(claim: Claim, thresholds: ClaimThresholds) -> bool:
    return any(
        e.kind == "label" and e.label == claim.label and e.score >= thresholds.confirmed_from for e in claim.evidence
    )


def _covered(claim: Claim, by: Claim) -> float:
    return covered(claim.region or WHOLE, by.region or WHOLE)


def covered(region: Region, by: Region) -> float:
    """Share of `region` that lies in `by`."""
    width = min(region[2], by[2]) - max(region[0], by[0])
    height = min(region[3], by[3]) - max(region[1], by[1])
    area = (region[2] - region[0]) * (region[3] - region[1])
    return max(0.0, width) * max(0.0, height) / area if area > 0.0 else 0.0


def _labels(seen: Evidence, evidence: tuple[Evidence, ...]) -> list[Evidence]:
    """What the classifier calls the same box, if it was asked."""
    return [e for e in evidence if e.kind == "label" and e.region == seen.region]


def _refuted(seen: Evidence, evidence: tuple[Evidence, ...], thresholds: ClaimThresholds) -> bool:
    """True for what the classifier would know, does not name at all, and calls something else."""
    named = _labels(seen, evidence)
    own = max((e.score for e in named if e.label == seen.label), default=0.0)
    if seen.label not in WELL_KNOWN or own >= thresholds.unheard_below:
        return False
    if seen.score >= thresholds.clear_unsupported_from:
        return False
    needed = thresholds.refuted_from if seen.score < thresholds.clear_from else thresholds.refuted_clear_from
    return max((e.score for e in named), default=0.0) >= needed


def _sure(seen: Evidence, evidence: tuple[Evidence, ...], thresholds: ClaimThresholds) -> bool:
    """By the detector's score, and by what the classifier says of the same box if it was asked."""
    named = _labels(seen, evidence)
    own = max((e.score for e in named if e.label == seen.label), default=0.0)
    if own >= thresholds.confirmed_from:
        return True
    asked = any(e.kind == "label" for e in evidence)
    beside = {e.label for e in evidence if e.kind == "object"}  # a rider's box is called a motorcycle
    otherwise = any(e.score >= thresholds.called_otherwise_from for e in named if e.label not in beside)
    unsupported = asked and own < thresholds.unsupported_below and (seen.label in WELL_KNOWN or otherwise)
    return seen.score >= (thresholds.clear_unsupported_from if unsupported else thresholds.clear_from)


def _same(claim: Claim, label: str, seen: Evidence, thresholds: ClaimThresholds) -> bool:
    """One thing with two names, or with one name given twice through a contest."""
    assert seen.region is not None and claim.region is not None
    overlaps = iou(claim.region, seen.region) > thresholds.same_thing_iou
    return overlaps and (claim.label != seen.label or label != seen.label)
