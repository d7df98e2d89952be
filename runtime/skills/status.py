"""Status: which devices work and whether the picture is good."""

from __future__ import annotations

from collections.abc import Iterator

from runtime.skills.seeing import cannot_see
from runtime.skills.skill import Look, Request, Sentence, Skill, Step


def answer(request: Request, look: Look) -> Iterator[Step]:
    broken = [source for source in look.sources.values() if source.state != "ok" and source.source != "camera"]
    for source in broken:
        yield Sentence(f"The {source.source} is {source.state}. {source.remedy}".strip())
    refusal = cannot_see(look)
    if refusal is not None:
        yield Sentence(refusal.text)
    elif not broken:
        yield Sentence("Everything works, and the picture is clear.")
    else:
        yield Sentence("The picture is clear.")


SKILL = Skill(
    name="status",
    phrases=(
        "status",
        "are you working",
        "is everything all right",
        "is the camera working",
        "are you ready",
        "are you there",
        "are you okay",
        "can you see",
        "can you hear me",
        "is the picture clear",
    ),
    answer=answer,
    help="is the camera working?",
    looks=False,
)
