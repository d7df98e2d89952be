"""Light: whether it is light here, and from where."""

from __future__ import annotations

from collections.abc import Iterator

from runtime.language.phrasing import sentence
from runtime.skills.seeing import cannot_see
from runtime.skills.skill import Look, Request, Sentence, Skill, Step

_DARK_IS_AN_ANSWER = frozenset({"dark", "bright", "blurred", "covered"})


def answer(request: Request, look: Look) -> Iterator[Step]:
    refusal = cannot_see(look, ignoring=_DARK_IS_AN_ANSWER)
    if refusal is not None:
        yield refusal
        return
    found = yield from look.gather("light")
    for light in found:
        yield Sentence(sentence(light.label), (light,))
    if not found:
        yield Sentence("I can't tell the light.", refused=True)


SKILL = Skill(
    name="light",
    phrases=(
        "is the light on",
        "is it dark",
        "is it light",
        "is it bright in here",
        "how bright is it",
        "where does the light come from",
        "is it day or night",
        "are the lights on",
    ),
    words=(
        "off still coming lit lamp lamps how much getting there bright dark enough right room kitchen street office "
        "garden hall hallway shop bathroom bedroom house place now in at"
    ),
    answer=answer,
    help="is the light on?",
)
