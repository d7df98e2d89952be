"""Describe: what is in view, the plain first, then the perhaps."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from runtime.evidence import Evidence
from runtime.language.phrasing import an, counted, listed, number, sentence, spoken
from runtime.skills.seeing import cannot_see, evidence_of, gather_claims, names_of_the_whole, place
from runtime.skills.skill import Look, Request, Sentence, Skill, Step
from runtime.view.claims import Claim, name_is_sure

MOST_KINDS = 5
MOST_PLACES = 3
VOLUNTEERED_FROM = 0.4
"""Detector score from which a doubtful thing is told unasked."""
LIKELY_LABEL_SCORE = 0.4
"""Classifier score for the whole picture from which its name is told with "perhaps", if nothing was detected."""
ADDED_LABEL_SCORE = 0.85
"""... and from which it is told besides what was detected."""


def answer(request: Request, look: Look) -> Iterator[Step]:
    refusal = cannot_see(look)
    if refusal is not None:
        yield refusal
        return
    claims = [c for c in (yield from gather_claims(look)) if c.clear or c.score >= VOLUNTEERED_FROM]
    if any(claim.clear for claim in claims):
        yield from _tell(look, claims)
        yield from _add_label(look, {c.label for c in claims})
        return
    names = yield from names_of_the_whole(look)
    contested = {claim.label for claim in claims if claim.contested}
    whole = next((e for e in names if e.label not in contested and name_is_sure(e, look.animal_names)), None)
    if whole is not None:
        yield Sentence(sentence(an(whole.label)), (whole,))
        claims = [claim for claim in claims if claim.label != whole.label]
    elif not claims:
        yield _perhaps_whole(next((e for e in names if e.score >= LIKELY_LABEL_SCORE), None))
    yield from _tell(look, claims)


def _tell(look: Look, claims: list[Claim]) -> Iterator[Step]:
    """What there is, then where: in one sentence if it is one thing."""
    if not claims:
        return
    inventory = _inventory(claims)
    single = [c for c in claims if c.clear and [d.label for d in claims].count(c.label) == 1][:MOST_PLACES]
    if len(claims) == 1:
        yield Sentence(sentence(f"{inventory} {_beside(look, claims[0])}"), evidence_of(claims))
        return
    yield Sentence(sentence(inventory), evidence_of(claims))
    if single:
        text = listed([f"the {spoken(c.label)} {_beside(look, c)}" for c in single])
        yield Sentence(sentence(text), evidence_of(single))


def _beside(look: Look, claim: Claim) -> str:
    """Its place within a sentence: "at twelve o'clock and near"."""
    return place(look, claim).replace(", ", " and ")


def _inventory(claims: list[Claim]) -> str:
    """ "three people, perhaps four, a bus and perhaps a cat"."""
    clear = Counter(c.label for c in claims if c.clear)
    every = Counter(c.label for c in claims)
    parts = [
        counted(count, label) + (f", perhaps {number(every[label])}," if every[label] > count else "")
        for label, count in clear.items()
    ]
    parts += [f"perhaps {counted(count, label)}" for label, count in every.items() if label not in clear]
    return listed(parts[:MOST_KINDS]).replace(",,", ",").rstrip(",")


def _perhaps_whole(named: Evidence | None) -> Sentence:
    """No detection: what the classifier calls the whole picture, if it is sure enough."""
    if named is None:
        return Sentence("I don't recognise anything here.", refused=True)
    return Sentence(sentence(f"perhaps {an(named.label)}"), (named,))


def _add_label(look: Look, told: set[str]) -> Iterator[Step]:
    """The classifier adds a name of which it is very sure; it never takes one away."""
    names = yield from look.gather("label")
    best = next((e for e in names if e.region is None and e.score >= ADDED_LABEL_SCORE), None)
    if best is not None and best.label not in told:
        yield Sentence(sentence(f"perhaps also {an(best.label)}"), (best,))


SKILL = Skill(
    name="describe",
    phrases=(
        "what do you see",
        "what can you see",
        "describe the scene",
        "describe what is in front of me",
        "what is in front of me",
        "what is around me",
        "what's there",
        "tell me what you see",
        "what is this",
        "what am I looking at",
        "look around",
        "what is in view",
        "describe this room",
        "describe the picture",
        "what is going on",
    ),
    words=(
        "surroundings surrounding view happening overview give ahead before picture image photo photograph room "
        "kitchen street office garden hall shop house place nearby near left right side here these those that "
        "object objects thing things animal animals else there about more all everything anything something get "
        "have short quick quickly visible"
    ),
    answer=answer,
    help="what do you see?",
)
