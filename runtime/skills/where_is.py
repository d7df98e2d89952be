"""Where is: the direction of a thing, and near or far when its size tells."""

from __future__ import annotations

from collections.abc import Iterator

from runtime.language.phrasing import an, counted, sentence
from runtime.skills.is_there import missing
from runtime.skills.naming import thing_slot
from runtime.skills.seeing import evidence_of, place, places, sought
from runtime.skills.skill import Look, Request, Sentence, Skill, Step


def answer(request: Request, look: Look) -> Iterator[Step]:
    found = yield from sought(request, look, "Where is what? Ask, for example: where is the bottle?")
    if found is None:
        return
    thing, claims = found
    if not claims:
        yield from missing(look, thing)
        return
    shown = tuple(claim for claim in claims if claim.clear) or claims
    if shown[0].region is None:
        yield Sentence(sentence(f"perhaps {an(thing)}, I'm not sure where"), evidence_of(shown))
        return
    where = place(look, shown[0]) if len(shown) == 1 else places(look, shown)
    hedge = "" if shown[0].clear else "perhaps "
    yield Sentence(sentence(f"{hedge}{counted(len(shown), thing)}, {where}"), evidence_of(shown))


SKILL = Skill(
    name="where_is",
    phrases=(
        "where is the bottle",
        "where is my phone",
        "where is the nearest chair",
        "where's the chair",
        "where are the people",
        "find my keys",
        "find the cup",
        "in which direction is the door",
        "which way is the car",
        "where did I put my bag",
    ),
    answer=answer,
    slots=thing_slot,
    help="where is the bottle?",
)
