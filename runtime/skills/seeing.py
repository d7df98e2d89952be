"""What all skills that look share: when to refuse, and what is in view."""

from __future__ import annotations

from collections.abc import Callable, Container, Generator, Iterable, Iterator, Sequence
from dataclasses import replace

from runtime.evidence import Evidence
from runtime.evidence.coco_imagenet import LIKE
from runtime.evidence.contest import contest, doubtful
from runtime.evidence.groups import groups_of
from runtime.evidence.labels import MOST_CROPS
from runtime.items import Working
from runtime.language.directions import direction, nearness
from runtime.language.finding import known_as
from runtime.language.phrasing import listed, plural
from runtime.language.places import as_we_say
from runtime.skills.naming import things_of
from runtime.skills.skill import Look, Request, Sentence, Step
from runtime.skills.unseen import VIEW_REASONS, why_unseen
from runtime.view.claims import Claim, claims_of, name_is_sure

NOT_LOOKED = "I have not looked at a new picture for a moment. Ask again soon."
"""The camera delivers, as far as is known: it is not what is to be blamed."""

NOT_JUDGED = "something goes wrong while I judge whether the picture is good. Ask again soon."

LEAST_WHOLE_SCORE = 0.2
"""Classifier score for the whole picture from which a thing that was not detected is still "perhaps" there."""


def cannot_see(look: Look, *, ignoring: frozenset[str] = frozenset()) -> Sentence | None:
    """The refusal that the state of the camera and of the picture asks for; None when the picture supports answers."""
    reason = why_unseen(look.sources.get("camera"), look.view, ignoring)
    if reason is not None:
        return _refusal(reason)
    unjudged_ns = look.faults_ns.get("frame_quality")
    if unjudged_ns is not None and look.now_ns - unjudged_ns <= look.max_age_ns:
        return _refusal(NOT_JUDGED)
    if look.scene is None:
        return _refusal(NOT_LOOKED if look.view is not None else VIEW_REASONS["missing"])
    if look.now_ns - look.scene.frame.capture_time_ns > look.max_age_ns:
        return _refusal(NOT_LOOKED if look.view is not None else VIEW_REASONS["stale"])
    return None


def _refusal(reason: str) -> Sentence:
    return Sentence(f"I can't see: {reason}", refused=True)


def gather_evidence(look: Look) -> Generator[Working, None, tuple[Evidence, ...]]:
    """The scene's evidence; doubtful detections are shown to the classifier, which confirms or contests them."""
    seen = look.scene.evidence if look.scene is not None else ()
    unnamed = {e.region for e in seen if doubtful(e)}
    labels: tuple[Evidence, ...] = ()
    if unnamed:
        for labels in look.watch("label"):
            if len(unnamed & {e.region for e in labels}) == min(len(unnamed), MOST_CROPS):
                break  # the crops come before the whole picture, which only some answers need
            yield Working()
    return (*contest(seen, labels), *labels)


def gather_claims(look: Look) -> Generator[Working, None, tuple[Claim, ...]]:
    """What is in view, largest first."""
    return claims_of((yield from gather_evidence(look)))


def names_of_the_whole(look: Look) -> Generator[Working, None, tuple[Evidence, ...]]:
    """What the classifier calls the whole picture, best first: its own names before those of their groups."""
    labels = tuple(e for e in (yield from look.gather("label")) if e.region is None)
    return (*labels, *groups_of(labels))


def claims_about(look: Look, thing: str) -> Generator[Working, None, tuple[Claim, ...]]:
    """The claims of one name. The classifier's name for the whole picture may confirm one, or be one without place."""
    claims = tuple(filter(None, (_as_named(claim, thing) for claim in (yield from gather_claims(look)))))
    if any(claim.clear for claim in claims):
        return claims
    labels = [e for e in (yield from names_of_the_whole(look)) if e.score >= LEAST_WHOLE_SCORE]
    named = next((e for e in labels if e.label == thing), None)
    if named is None:
        like = tuple(e for e in labels if e.label in LIKE.get(thing, ()))
        return claims or ((Claim(thing, False, None, like),) if like else ())
    sure = name_is_sure(named, look.animal_names)
    if not claims:
        return (Claim(thing, sure, None, (named,)),)
    first, *others = claims
    return (replace(first, clear=sure and not first.contested, evidence=(*first.evidence, named)), *others)


def _as_named(claim: Claim, thing: str) -> Claim | None:
    """`claim` if it is one of `thing`, or may be: the detector gave both names and neither won."""
    if claim.label == thing:
        return claim
    other_name = any(e.kind == "object" and e.label == thing and e.contested_by is None for e in claim.evidence)
    return replace(claim, label=thing) if other_name and not claim.clear else None


Tell = Callable[[str, tuple[Claim, ...]], Iterator[Step]]
"""What is said of one thing and the claims of it."""


def told_of_each(request: Request, look: Look, ask_back: str, names: Container[str], tell: Tell) -> Iterator[Step]:
    """`tell` for each thing that is asked for, by the name that the models have for it.

    It is refused when nothing was named (`ask_back` is said), when no model knows it by `names`, or without a view.
    """
    asked = {thing: known_as(thing, names) for thing in things_of(request)}
    known = tuple(dict.fromkeys(filter(None, asked.values())))
    refusal = cannot_see(look)
    if not asked:
        yield Sentence(ask_back, refused=True)
    elif known and refusal is not None:
        yield refusal
    else:
        for thing in known:
            yield from tell(thing, (yield from claims_about(look, thing)))
        yield from (does_not_know(thing) for thing, name in asked.items() if name is None)


def does_not_know(thing: str) -> Sentence:
    """The refusal for a thing that no model has a class for."""
    return Sentence(
        f"I can't recognise {plural(thing)}. I know people, animals, vehicles, furniture, food and household things.",
        refused=True,
    )


def unsure_of_place(request: Request, claims: Sequence[Claim]) -> Iterator[Step]:
    """Boxes do not tell what is on or in what: that is said, where it is asked."""
    asked_place = request.slot("place")
    if asked_place and claims:
        yield Sentence(f"I can't tell whether {'they are' if len(claims) > 1 else 'it is'} {as_we_say(asked_place)}.")


def place(look: Look, claim: Claim) -> str:
    """ "at two o'clock, near"; nothing for a claim without a place."""
    if claim.region is None:
        return ""
    frame = look.scene.frame if look.scene is not None else None
    aspect = frame.width / frame.height if frame is not None else 1.0
    distance = nearness(claim.label, claim.region, look.horizontal_fov_deg, aspect)
    return ", ".join(filter(None, (direction(claim.region, look.horizontal_fov_deg), distance)))


def places(look: Look, claims: Iterable[Claim]) -> str:
    """Where each is, left to right, without repeating: "at ten o'clock and at two o'clock"."""
    regions = sorted((c.region for c in claims if c.region is not None), key=lambda region: region[0] + region[2])
    return listed(list(dict.fromkeys(direction(region, look.horizontal_fov_deg) for region in regions)))


def evidence_of(claims: Iterable[Claim]) -> tuple[Evidence, ...]:
    return tuple(e for claim in claims for e in claim.evidence)
