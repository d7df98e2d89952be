"""Is there: whether a thing is in view."""

from __future__ import annotations

from collections.abc import Iterator

from runtime.evidence.coco_imagenet import WELL_KNOWN
from runtime.language.phrasing import an, counted, sentence
from runtime.skills.naming import thing_slot
from runtime.skills.seeing import evidence_of, gather_evidence, place, places, sought
from runtime.skills.skill import Look, Request, Sentence, Skill, Step
from runtime.view.claims import Claim


def answer(request: Request, look: Look) -> Iterator[Step]:
    found = yield from sought(request, look, "Which thing? Ask, for example: is there a cup?")
    if found is None:
        return
    thing, claims = found
    yield from affirmed(look, thing, claims) if claims else missing(look, thing)


def affirmed(look: Look, thing: str, claims: tuple[Claim, ...]) -> Iterator[Step]:
    clear = tuple(claim for claim in claims if claim.clear)
    shown = clear or claims
    where = place(look, shown[0]) if len(shown) == 1 else places(look, shown)
    yield Sentence(
        sentence(", ".join(filter(None, (f"{'yes,' if clear else 'perhaps'} {counted(len(shown), thing)}", where)))),
        evidence_of(shown),
    )


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
    answer=answer,
    slots=thing_slot,
    help="is there a cup?",
)
