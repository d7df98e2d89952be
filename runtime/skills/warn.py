"""Warn: whether something is coming closer. Alerts themselves come unasked, from the hazard stage."""

from __future__ import annotations

from collections.abc import Iterator

from edgemm.media import NS_PER_S
from runtime.skills.seeing import cannot_see
from runtime.skills.skill import Look, Request, Sentence, Skill, Step

RECENT_S = 3.0
"""An alert younger than this is the answer."""


def answer(request: Request, look: Look) -> Iterator[Step]:
    refusal = cannot_see(look)
    if refusal is not None:
        yield refusal
    elif look.alert is not None and look.now_ns - look.alert[0] <= RECENT_S * NS_PER_S:
        yield Sentence(look.alert[1].text)
    else:
        yield Sentence("I don't see anything coming closer. I look only ahead, and I miss things.")


SKILL = Skill(
    name="warn",
    phrases=(
        "is anything coming",
        "is something coming closer",
        "is a car coming",
        "warn me of traffic",
        "is anything approaching",
        "watch out for me",
    ),
    answer=answer,
    help="is anything coming?",
)
