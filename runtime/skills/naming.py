"""Slots that several skills share."""

from __future__ import annotations

from runtime.language.asking import asked
from runtime.language.finding import find_things
from runtime.language.places import is_relation
from runtime.skills.skill import Request, Slots

_BETWEEN = ", "


def thing_slot(text: str) -> Slots:
    """ "is there a cup and a fork on the table" → thing "cup", others "fork", place "on the table"."""
    first, *others = find_things(text) or ("",)
    place = next(filter(is_relation, asked(text).places), "")
    slots = (("thing", first), ("others", _BETWEEN.join(others)), ("place", place))
    return tuple((name, value) for name, value in slots if value)


def things_of(request: Request) -> tuple[str, ...]:
    """The things that are asked for."""
    first, others = request.slot("thing"), request.slot("others")
    return () if first is None else (first, *(others.split(_BETWEEN) if others else ()))
