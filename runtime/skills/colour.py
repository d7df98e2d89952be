"""Colour: of what is in the middle, or of a thing that is named."""

from __future__ import annotations

from collections.abc import Iterator

from runtime.evidence import Evidence
from runtime.evidence.colours import CENTRE
from runtime.language.finding import find_thing
from runtime.language.phrasing import an, sentence
from runtime.language.things import THINGS
from runtime.language.words import words_of
from runtime.skills.seeing import cannot_see, claims_about, evidence_of
from runtime.skills.skill import Look, Request, Sentence, Skill, Slots, Step

MOST = 0.6
"""Share of the thing from which its colour is plain."""
MAY_BE_WHITE = ("beige", "light grey", "grey")
"""What a white thing looks like in lamplight and in shade."""
_NAMES = "red orange yellow green turquoise blue purple pink brown beige black grey gray white light dark"
_HERE = frozenset({"this", "it", "that", "here"})


def answer(request: Request, look: Look) -> Iterator[Step]:
    refusal = cannot_see(look)
    if refusal is not None:
        yield refusal
        return
    thing = request.slot("thing")
    if thing is None:
        (middle, *_) = (yield from look.gather("colour")) or (None,)
        here = "in the middle: " if request.slot("other") else ""
        text = "I can't tell the colour" if middle is None else f"{here}{middle.label}"
        yield Sentence(sentence(text), () if middle is None else (middle,), refused=middle is None)
        return
    claims = yield from claims_about(look, thing)
    claim = next((claim for claim in claims if claim.clear), claims[0] if claims else None)
    if claim is None:
        yield Sentence(f"I don't see {an(thing)}. Hold it in the middle and ask: what colour is this?")
        return
    colours = yield from look.gather("colour")
    own = next((e for e in colours if e.region == (claim.region or CENTRE)), None)
    if own is None:
        yield Sentence(f"I can't tell the colour of the {thing}.", evidence_of([claim]), refused=True)
        return
    hedge = "" if claim.clear else f"perhaps {an(thing)}: "
    yield Sentence(sentence(f"{hedge}{_colour(own)}"), (own, *claim.evidence))


def _colour(seen: Evidence) -> str:
    """A colour that most of the thing has plainly, unless the thing may be white."""
    plain = seen.score >= MOST and not seen.label.removeprefix("mostly ").startswith(MAY_BE_WHITE)
    return seen.label if plain else f"perhaps {seen.label}"


def slots(text: str) -> Slots:
    """The thing, unless the question says "this": then it is the middle of the picture, as for what no box is known."""
    named = find_thing(text)
    if named is None or named in THINGS:
        return () if named is None else (("thing", named),)
    return () if _HERE & set(words_of(text)) else (("other", named),)


SKILL = Skill(
    name="colour",
    phrases=(
        "what colour is this",
        "what color is it",
        "which colour is the shirt",
        "what colour is the car",
        "tell me the colour",
        "is this red or blue",
    ),
    names="anything",
    words=f"{_NAMES} which what of this that it have has shade color colours colors does got thing",
    words_after=f"{_NAMES} or and have has",
    answer=answer,
    slots=slots,
    help="what colour is this?",
)
