"""Rate: speak faster and slower. The effect's value is the number of steps; 0 goes back to normal."""

from __future__ import annotations

from collections.abc import Iterator

from runtime.items import Effect
from runtime.language.words import words_of
from runtime.skills.skill import Look, Request, Sentence, Skill, Slots, Step

_SLOWER = frozenset({"slower", "slow", "slowly", "down"})
_NORMAL = frozenset({"normal", "normally", "usual", "reset"})
_STEPS = {"slower": -1.0, "normal": 0.0, "faster": 1.0}


def answer(request: Request, look: Look) -> Iterator[Step]:
    direction = request.slot("direction") or "faster"
    yield Effect(request.turn, "rate", _STEPS[direction])
    yield Sentence(f"{direction.capitalize()}.")


def slots(text: str) -> Slots:
    """ "too fast" is slower."""
    words = set(words_of(text))
    if words & _NORMAL:
        return (("direction", "normal"),)
    too_slow = "too" in words and bool(words & _SLOWER)
    slower = bool(words & _SLOWER) != too_slow and not too_slow
    return (("direction", "slower" if slower or {"too", "fast"} <= words else "faster"),)


SKILL = Skill(
    name="rate",
    phrases=(
        "speak faster",
        "faster",
        "talk more quickly",
        "slower",
        "speak slower",
        "slow down",
        "you talk too fast",
        "speak at normal speed",
    ),
    words=(
        "bit little speed more less much too slowly slow fast quick quickly talking speaking rate go back it are "
        "is normally usual not so up down again voice your"
    ),
    answer=answer,
    slots=slots,
    help="faster",
    looks=False,
)
