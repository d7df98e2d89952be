"""Status: which devices and stages work, whether the picture is good, and whether alerts are awake."""

from __future__ import annotations

from collections.abc import Iterator

from runtime.language.phrasing import sentence
from runtime.skills.seeing import cannot_see
from runtime.skills.skill import Look, Request, Sentence, Skill, Step
from runtime.skills.troubles import failed_lately
from runtime.skills.unseen import source_reason


def answer(request: Request, look: Look) -> Iterator[Step]:
    troubles = [
        sentence(reason)
        for source in look.sources.values()
        if source.source != "camera" and (reason := source_reason(source)) is not None
    ]
    troubles += failed_lately(look.faults_ns, look.now_ns)
    unseen = cannot_see(look)
    if unseen is not None:
        troubles.append(unseen.text)
    elif look.unwatched is not None:
        troubles.append(f"I would not tell you now if something came closer: {look.unwatched}")
    if not troubles:
        yield Sentence("Everything works, and the picture is clear.")
        return
    yield from map(Sentence, troubles)
    if unseen is None:
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
    words=(
        "fine well alive still functioning microphone speaker mic with picture good sharp on device system how "
        "doing here going online any problems view alerts"
    ),
    answer=answer,
    help="is the camera working?",
    looks=False,
)
