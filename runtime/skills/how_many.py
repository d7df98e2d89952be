"""How many: a count of what is clear, with the doubtful ones hedged."""

from __future__ import annotations

from collections.abc import Iterator

from runtime.language.phrasing import counted, number, plural, sentence
from runtime.language.things import THINGS
from runtime.skills.naming import thing_slot
from runtime.skills.seeing import cannot_see, claims_about, does_not_know, evidence_of
from runtime.skills.skill import Look, Request, Sentence, Skill, Step


def answer(request: Request, look: Look) -> Iterator[Step]:
    thing = request.slot("thing")
    if thing is None:
        yield Sentence("How many of what? Ask, for example: how many people are there?", refused=True)
        return
    refusal = does_not_know(thing) if thing not in THINGS else cannot_see(look)
    if refusal is not None:
        yield refusal
        return
    claims = yield from claims_about(look, thing)
    clear = sum(claim.clear for claim in claims)
    yield Sentence(sentence(_count(thing, clear, len(claims))), evidence_of(claims))


def _count(thing: str, clear: int, all_of_them: int) -> str:
    """ "four people, perhaps five"."""
    if not all_of_them:
        return f"I don't see any {plural(thing)}"
    if not clear:
        return f"perhaps {counted(all_of_them, thing) if all_of_them > 1 else f'one {thing}'}"
    sure = counted(clear, thing) if clear > 1 else f"one {thing}"
    return sure if clear == all_of_them else f"{sure}, perhaps {number(all_of_them)}"


SKILL = Skill(
    name="how_many",
    phrases=(
        "how many people are there",
        "how many cups do you see",
        "how many cars are there",
        "count the chairs",
        "count the people",
        "how many dogs can you see",
    ),
    answer=answer,
    slots=thing_slot,
    help="how many people are there?",
)
