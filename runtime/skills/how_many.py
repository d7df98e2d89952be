"""How many: a count of what is clear, with the doubtful ones hedged."""

from __future__ import annotations

from collections.abc import Iterator

from runtime.language.phrasing import counted, number, plural, sentence
from runtime.language.things import THINGS
from runtime.skills.naming import thing_slot
from runtime.skills.seeing import evidence_of, told_of_each, unsure_of_place
from runtime.skills.skill import Look, Request, Sentence, Skill, Step
from runtime.view.claims import Claim


def answer(request: Request, look: Look) -> Iterator[Step]:
    def tell(thing: str, claims: tuple[Claim, ...]) -> Iterator[Step]:
        clear = sum(claim.clear for claim in claims)
        yield Sentence(sentence(_count(thing, clear, len(claims))), evidence_of(claims))
        yield from unsure_of_place(request, claims)

    ask_back = "How many of what? Ask, for example: how many people are there?"
    yield from told_of_each(request, look, ask_back, THINGS, tell)


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
    names="anything",
    words=(
        "there one two three four five six seven eight nine ten more than less least number of give get total what "
        "exactly altogether all visible"
    ),
    answer=answer,
    slots=thing_slot,
    help="how many people are there?",
)
