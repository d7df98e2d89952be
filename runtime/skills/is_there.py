"""Is there: whether a thing is in view."""

from __future__ import annotations

from collections.abc import Iterator

from runtime.claims import Claim, claims_of
from runtime.evidence import Evidence
from runtime.phrasing import an, counted, sentence
from runtime.skills.naming import thing_slot
from runtime.skills.seeing import cannot_see, does_not_know, evidence_of, gather_evidence, known_name, place, places
from runtime.skills.skill import Look, Request, Sentence, Skill, Step

LABEL_SCORE = 0.3
"""Classifier score for the whole picture above which a thing that was not detected is still "perhaps" there."""


def answer(request: Request, look: Look) -> Iterator[Step]:
    asked = request.slot("thing")
    if asked is None:
        yield Sentence("Which thing? Ask, for example: is there a cup?", refused=True)
        return
    thing = known_name(look, asked)
    if thing is None:
        yield does_not_know(asked)
        return
    refusal = cannot_see(look)
    if refusal is not None:
        yield refusal
        return
    evidence = yield from gather_evidence(look)
    claims = [claim for claim in claims_of(evidence) if claim.label == thing]
    yield from found(look, thing, claims) if claims else missing(look, thing, evidence)


def found(look: Look, thing: str, claims: list[Claim]) -> Iterator[Step]:
    clear = [claim for claim in claims if claim.clear]
    shown = clear or claims
    where = place(look, shown[0]) if len(shown) == 1 else places(look, shown)
    yield Sentence(
        sentence(f"{'yes,' if clear else 'perhaps'} {counted(len(shown), thing)}, {where}"), evidence_of(shown)
    )


def missing(look: Look, thing: str, evidence: tuple[Evidence, ...]) -> Iterator[Step]:
    """Not claimed: perhaps contested, perhaps only named for the whole picture, else not seen, which is not "none"."""
    contested = next((e for e in evidence if e.kind == "object" and e.label == thing and e.contested_by), None)
    if contested is not None and contested.contested_by is not None:
        yield Sentence(f"I'm not sure: it may be {an(contested.contested_by)}.", (contested,))
        return
    labels = yield from look.gather("label")
    named = next((e for e in labels if e.label == thing and e.region is None and e.score >= LABEL_SCORE), None)
    if named is not None:
        yield Sentence(sentence(f"perhaps {an(thing)}"), (named,))
    else:
        yield Sentence(f"I don't see {an(thing)}.")


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
