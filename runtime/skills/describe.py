"""Describe: what is in view, the plain first, then the perhaps."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from runtime.claims import Claim
from runtime.phrasing import an, counted, listed, sentence, spoken
from runtime.skills.seeing import cannot_see, evidence_of, gather_claims, place
from runtime.skills.skill import Look, Request, Sentence, Skill, Step

MOST_KINDS = 5
MOST_PLACES = 3
SURE_LABEL_SCORE = 0.6
"""Classifier score for the whole picture above which a name that the detector lacks is worth a "perhaps"."""


def answer(request: Request, look: Look) -> Iterator[Step]:
    refusal = cannot_see(look)
    if refusal is not None:
        yield refusal
        return
    claims = yield from gather_claims(look)
    if not claims:
        yield from _describe_whole(look)
        return
    yield Sentence(sentence(_inventory(claims)), evidence_of(claims))
    single = [c for c in claims if c.clear and [d.label for d in claims].count(c.label) == 1][:MOST_PLACES]
    if single:
        text = listed([f"the {spoken(c.label)} {place(look, c).replace(', ', ' and ')}" for c in single])
        yield Sentence(sentence(text), evidence_of(single))


def _inventory(claims: tuple[Claim, ...]) -> str:
    """ "four people, a bus and perhaps a cat"."""
    clear = Counter(c.label for c in claims if c.clear)
    vague = Counter(c.label for c in claims if not c.clear and c.label not in clear)
    parts = [counted(count, label) for label, count in clear.items()]
    parts += [f"perhaps {counted(count, label)}" for label, count in vague.items()]
    return listed(parts[:MOST_KINDS])


def _describe_whole(look: Look) -> Iterator[Step]:
    """No detection: what the classifier calls the whole picture, if it is sure enough."""
    labels = yield from look.gather("label")
    best = next((e for e in labels if e.region is None and e.score >= SURE_LABEL_SCORE), None)
    if best is None:
        yield Sentence("I don't recognise anything here.", refused=True)
    else:
        yield Sentence(sentence(f"perhaps {an(best.label)}"), (best,))


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
    ),
    answer=answer,
    help="what do you see?",
)
