"""Is there: whether a thing is in view."""

from __future__ import annotations

import re
from collections.abc import Iterator

from runtime.evidence.coco_imagenet import WELL_KNOWN
from runtime.language.phrasing import an, counted, sentence
from runtime.language.words import words_of
from runtime.skills import describe
from runtime.skills.naming import thing_slot
from runtime.skills.seeing import evidence_of, gather_evidence, place, places, told_of_each, unsure_of_place
from runtime.skills.skill import Look, Request, Sentence, Skill, Step
from runtime.view.claims import Claim

_NO_PLAIN_YES = re.compile(
    r"\b(?:no|not|nobody|\w+n['’]?t|\d+|one|two|three|four|five|six|seven|eight|nine|ten|more|least|left|right|near|close)\b",
    re.IGNORECASE,
)
"""Where a "yes" would say too much: "isn't there a cup", "are there two cups", "is there a cup near me"."""
_WHATEVER = frozenset({"anything", "something", "nothing"})


def answer(request: Request, look: Look) -> Iterator[Step]:
    if request.slot("thing") is None and _WHATEVER & set(words_of(request.text)):
        yield from describe.SKILL.answer(request, look)
        return

    def tell(thing: str, claims: tuple[Claim, ...]) -> Iterator[Step]:
        yes = "" if _NO_PLAIN_YES.search(request.text) else "yes, "
        yield from affirmed(look, thing, claims, yes) if claims else missing(look, thing)
        yield from unsure_of_place(request, claims)

    yield from told_of_each(request, look, "Which thing? Ask, for example: is there a cup?", look.label_names, tell)


def affirmed(look: Look, thing: str, claims: tuple[Claim, ...], yes: str) -> Iterator[Step]:
    clear = tuple(claim for claim in claims if claim.clear)
    shown = clear or claims
    where = place(look, shown[0]) if len(shown) == 1 else places(look, shown)
    text = f"{yes if clear else 'perhaps '}{counted(len(shown), thing)}"
    yield Sentence(sentence(", ".join(filter(None, (text, where)))), evidence_of(shown))


def missing(look: Look, thing: str) -> Iterator[Step]:
    """Not claimed: contested by another name, else not seen, which is not "none"."""
    evidence = yield from gather_evidence(look)
    contested = next((e for e in evidence if e.kind == "object" and e.label == thing and e.contested_by), None)
    if contested is None or contested.contested_by is None or thing in WELL_KNOWN:
        yield Sentence(f"I don't see {an(thing)}.")
    else:
        yield Sentence(f"I'm not sure: it may be {an(contested.contested_by)}.", (contested,))


SKILL = Skill(
    name="is_there",
    phrases=(
        "is there a cup",
        "is there a person",
        "do you see a dog",
        "can you see a chair",
        "is anybody there",
        "is someone in front of me",
        "are there any cars",
        "is there a bottle on the table",
        "is there a bicycle in view",
        "do you see my phone",
        "can you see my keys",
        "is there a chair nearby",
        "are there people around me",
    ),
    names="anything",
    words=(
        "anything something nothing isnt arent dont cant not no got have has one two three four five six seven "
        "eight nine ten many more than least another other else look looking for spot notice this that it these "
        "those might may be around near nearby visible which what only single"
    ),
    words_after="or not",
    answer=answer,
    slots=thing_slot,
    help="is there a cup?",
)
