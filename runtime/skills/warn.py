"""Warn: whether something is coming closer. Alerts themselves come unasked, from the hazard stage."""

from __future__ import annotations

from collections.abc import Iterator

from edgemm.media import NS_PER_S
from runtime.skills.seeing import cannot_see
from runtime.skills.skill import Look, Request, Sentence, Skill, Step
from runtime.skills.troubles import EYES
from runtime.skills.watching import ALIVE_NS, NOT_WATCHING

RECENT_S = 3.0
"""An alert younger than this is the answer."""


def answer(request: Request, look: Look) -> Iterator[Step]:
    refusal = cannot_see(look)
    if refusal is not None:
        yield refusal
    elif look.alert is not None and look.now_ns - look.alert[0] <= RECENT_S * NS_PER_S:
        yield Sentence(look.alert[1].text)
    elif (reason := _why_unwatched(look)) is not None:
        yield Sentence(f"I can't tell whether something comes closer: {reason}", refused=True)
    else:
        yield Sentence("I don't see anything coming closer. I look only ahead, and I miss things.")


def _why_unwatched(look: Look) -> str | None:
    """Silence is an answer only while all that watches is alive and would have seen an approach."""
    failed = any(look.now_ns - look.faults_ns.get(stage, -2 * ALIVE_NS) <= ALIVE_NS for stage in EYES)
    return look.unwatched or (NOT_WATCHING if failed else None)


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
    names="things",
    words=(
        "anyone anybody nobody near nearer close come comes towards toward up on there isnt arent nothing to from left "
        "right ahead getting"
    ),
    words_after="closer close near nearer towards toward approaching up on to from left right ahead",
    answer=answer,
    help="is anything coming?",
)
