"""What the assistant can do with a turn. To add a skill: a file with `SKILL`, and its line in the table below.

The router embeds each skill's `phrases`, takes the nearest one's skill and calls its `slots(text)`; the answer stage
calls `answer(request, look)` and speaks the sentences in order. `FALLBACK` answers what is addressed to us and fits
nothing.
"""

from __future__ import annotations

from runtime.skills import (
    colour,
    describe,
    fallback,
    help,
    how_many,
    is_there,
    light,
    rate,
    read_code,
    read_text,
    repeat,
    safety,
    status,
    stop,
    time_date,
    volume,
    warn,
    where_is,
)
from runtime.skills.skill import Look, Request, Sentence, Skill, Slots

FALLBACK = fallback.SKILL

SKILLS: dict[str, Skill] = {
    skill.name: skill
    for skill in (
        describe.SKILL,
        is_there.SKILL,
        how_many.SKILL,
        where_is.SKILL,
        read_text.SKILL,
        read_code.SKILL,
        colour.SKILL,
        light.SKILL,
        warn.SKILL,
        safety.SKILL,
        repeat.SKILL,
        stop.SKILL,
        volume.SKILL,
        rate.SKILL,
        help.SKILL,
        time_date.SKILL,
        status.SKILL,
        FALLBACK,
    )
}
"""Name → skill, in the order in which `help` offers them."""

__all__ = ["FALLBACK", "SKILLS", "Look", "Request", "Sentence", "Skill", "Slots"]
