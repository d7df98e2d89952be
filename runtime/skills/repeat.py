"""Repeat: the last answer again, as far as it was heard."""

from __future__ import annotations

from collections.abc import Iterator

from runtime.skills.skill import Look, Request, Sentence, Skill, Step


def answer(request: Request, look: Look) -> Iterator[Step]:
    for text in look.spoken:
        yield Sentence(text)
    if not look.spoken:
        yield Sentence("I haven't said anything yet.", refused=True)


SKILL = Skill(
    name="repeat",
    phrases=(
        "repeat that",
        "say that again",
        "what did you say",
        "once more please",
        "pardon",
        "what was that",
        "can you repeat it",
        "I didn't hear you",
    ),
    words=(
        "more time times come go last answer sentence pardon sorry understand catch get got hear heard didnt did "
        "what whats excuse"
    ),
    answer=answer,
    help="say that again",
    looks=False,
)
