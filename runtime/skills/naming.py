"""Slots that several skills share."""

from __future__ import annotations

from runtime.language.finding import find_thing
from runtime.skills.skill import Slots


def thing_slot(text: str) -> Slots:
    """ "is there a cup on the table" → (("thing", "cup"),)."""
    thing = find_thing(text)
    return () if thing is None else (("thing", thing),)
