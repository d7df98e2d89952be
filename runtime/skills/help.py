"""Help: what can be asked."""

from __future__ import annotations

from collections.abc import Iterator

from runtime.skills.skill import Look, Request, Sentence, Skill, Step

_PER_SENTENCE = 3


def answer(request: Request, look: Look) -> Iterator[Step]:
    from runtime.skills import SKILLS  # the table holds this file too

    offers = [skill.help.rstrip("?").capitalize() for skill in SKILLS.values() if skill.help]
    for start in range(0, len(offers), _PER_SENTENCE):
        yield Sentence("? ".join(offers[start : start + _PER_SENTENCE]) + "?")


SKILL = Skill(
    name="help",
    phrases=(
        "help",
        "what can I ask",
        "what can you do",
        "how does this work",
        "what are the commands",
        "what can I say",
    ),
    words="should need use things questions kind of else does",
    answer=answer,
    looks=False,
)
