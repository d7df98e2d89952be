"""Where is: the direction of a thing, and near or far when its size tells."""

from __future__ import annotations

from collections.abc import Iterator

from runtime.language.phrasing import an, counted, sentence
from runtime.skills.is_there import missing
from runtime.skills.naming import thing_slot
from runtime.skills.seeing import evidence_of, place, places, told_of_each
from runtime.skills.skill import Look, Request, Sentence, Skill, Step
from runtime.view.claims import Claim


def answer(request: Request, look: Look) -> Iterator[Step]:
    def tell(thing: str, claims: tuple[Claim, ...]) -> Iterator[Step]:
        yield from placed(look, thing, claims) if claims else missing(look, thing)

    ask_back = "Where is what? Ask, for example: where is the bottle?"
    yield from told_of_each(request, look, ask_back, look.label_names, tell)


def placed(look: Look, thing: str, claims: tuple[Claim, ...]) -> Iterator[Step]:
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
    names="anything",
    words=(
        "locate location direction side what look looking for search seen have lost left leave exactly point at "
        "next another other closest show on"
    ),
    answer=answer,
    slots=thing_slot,
    help="where is the bottle?",
)
