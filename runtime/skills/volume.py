"""Volume: louder and quieter. The effect's value is the number of steps, up or down."""

from __future__ import annotations

from collections.abc import Iterator

from runtime.items import Effect
from runtime.language.words import words_of
from runtime.skills.skill import Look, Request, Sentence, Skill, Slots, Step

_DOWN = frozenset({"quieter", "quiet", "softer", "soft", "lower", "down", "decrease", "less", "reduce"})


def answer(request: Request, look: Look) -> Iterator[Step]:
    down = request.slot("direction") == "down"
    yield Effect(request.turn, "volume", -1.0 if down else 1.0)
    yield Sentence("Quieter." if down else "Louder.")


def slots(text: str) -> Slots:
    """Up unless a word says down; "too loud" is down."""
    words = set(words_of(text))
    return (("direction", "down" if words & _DOWN or {"too", "loud"} <= words else "up"),)


SKILL = Skill(
    name="volume",
    phrases=(
        "louder",
        "speak louder",
        "turn it up",
        "turn the volume up",
        "increase the volume",
        "quieter",
        "speak more quietly",
        "turn it down",
        "turn the volume down",
        "lower the volume",
        "that is too loud",
    ),
    words=(
        "bit little louder much more softer soft softly voice sound loud loudly too not so it is are sounds cant "
        "hear low high back raise reduce decrease up down again make be"
    ),
    answer=answer,
    slots=slots,
    help="louder",
    looks=False,
)
