"""Stop: be silent."""

from __future__ import annotations

from collections.abc import Iterator

from runtime.items import Effect
from runtime.skills.skill import Look, Request, Skill, Step


def answer(request: Request, look: Look) -> Iterator[Step]:
    yield Effect(request.turn, "stop")


SKILL = Skill(
    name="stop",
    phrases=("stop", "be quiet", "stop talking", "silence", "shut up", "enough", "never mind", "cancel"),
    words="it that this thats talking speaking enough hush quiet all right no more",
    answer=answer,
    in_part=True,
    help="stop",
    looks=False,
)
