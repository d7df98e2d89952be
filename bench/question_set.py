"""Questions about the photographs, with what is true of each. The same list on every run.

Which names are asked for although they are not there is drawn from all of COCO's, seeded by the photograph's name.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from edgemm.pictures.photographs import Photograph
from runtime.language.phrasing import an, plural, spoken
from runtime.language.things import THINGS

Kind = Literal[
    "describe", "present", "absent", "where", "count", "none", "colour", "read", "nothing written", "light", "unusable",
    "unknown",
]  # fmt: skip
Condition = Literal["as it is", "dark", "blurred", "covered", "sign"]

SKILL_OF: dict[Kind, str] = {
    "describe": "describe",
    "present": "is_there",
    "absent": "is_there",
    "where": "where_is",
    "count": "how_many",
    "none": "how_many",
    "colour": "colour",
    "read": "read_text",
    "nothing written": "read_text",
    "light": "light",
    "unusable": "describe",
    "unknown": "where_is",
}

SIGNS = (
    ("PLATFORM 4",), ("WET FLOOR",), ("EXIT",), ("PUSH",), ("CLOSED ON MONDAY",), ("ROOM 217",), ("NO SMOKING",),
    ("TICKETS", "AND INFORMATION"), ("CAUTION", "HOT SURFACE"), ("BUS STOP",), ("PHARMACY",), ("LIFT TO ALL FLOORS",),
    ("PLEASE RING", "THE BELL"), ("MIND THE STEP",), ("FIRE DOOR", "KEEP SHUT"), ("OPEN 9 TO 5",),
)  # fmt: skip
UNKNOWN = ("passport", "fire extinguisher", "wheelchair", "hearing aid", "keys", "medicine", "white cane", "door")
"""Things for which no model has a class."""

_DESCRIBE = ("What do you see?", "What is in front of me?", "Describe the scene.", "What can you see?")
_PRESENT = ("Is there {a}?", "Do you see {a}?", "Can you see {a}?")
_COUNT = ("How many {many} are there?", "How many {many} do you see?", "Count the {many}.")
_WHERE = ("Where is the {one}?", "Where's the {one}?", "Find the {one}.")
_READ = ("Read this.", "What does it say?", "What does the sign say?", "Read the text.")
_LIGHT = ("Is it dark?", "Is the light on?", "How bright is it?")


@dataclass(frozen=True)
class Asked:
    """One question. `thing` is COCO's name where it is about one; `truth` what the judge holds the answer against."""

    photograph: Photograph
    kind: Kind
    text: str
    thing: str = ""
    truth: str = ""
    condition: Condition = "as it is"

    @property
    def view(self) -> tuple[str, Condition, str]:
        """Questions of one view are asked in one session."""
        return self.photograph.name, self.condition, self.truth if self.condition == "sign" else ""


def questions(photographs: Sequence[Photograph]) -> list[Asked]:
    """All questions about `photographs`, view by view."""
    asked = [question for number, photo in enumerate(photographs) for question in _of(photo, number)]
    return sorted(asked, key=lambda question: question.view)


def _of(photo: Photograph, number: int) -> Iterator[Asked]:
    rng = random.Random(photo.name)
    yield Asked(photo, "describe", rng.choice(_DESCRIBE))
    for thing, count in photo.things.items():
        yield from _about(photo, thing, count, rng)
    absent = sorted(set(THINGS) - set(photo.things) - set(photo.unsure))
    thing, counted = rng.sample(absent, 2)
    yield Asked(photo, "absent", _form(_PRESENT, thing, rng), thing)
    if number % 2:
        yield Asked(photo, "none", _form(_COUNT, counted, rng), counted, "0")
    if photo.text:
        yield Asked(photo, "read", rng.choice(_READ), truth=photo.text)
    yield from _by_turns(photo, number, rng)


def _about(photo: Photograph, thing: str, count: int | str, rng: random.Random) -> Iterator[Asked]:
    """About a thing that is there."""
    yield Asked(photo, "present", _form(_PRESENT, thing, rng), thing)
    if thing in photo.at:
        yield Asked(photo, "where", _form(_WHERE, thing, rng), thing, str(photo.at[thing]))
    if isinstance(count, int):
        yield Asked(photo, "count", _form(_COUNT, thing, rng), thing, str(count))
    if thing in photo.colours:
        yield Asked(photo, "colour", f"What colour is the {spoken(thing)}?", thing, photo.colours[thing])


def _by_turns(photo: Photograph, number: int, rng: random.Random) -> Iterator[Asked]:
    """Signs, darkness and the like: on every fourth photograph in turn."""
    turn, round_number = number % 4, number // 4
    if turn == 0:
        words = " ".join(SIGNS[round_number % len(SIGNS)])
        yield Asked(photo, "read", rng.choice(_READ), truth=words, condition="sign")
    if turn == 1:
        yield Asked(photo, "light", rng.choice(_LIGHT), truth="dark", condition="dark")
        yield Asked(photo, "unusable", rng.choice(_DESCRIBE), truth="dark", condition="dark")
    if turn == 2:
        state: Condition = "blurred" if round_number % 2 else "covered"
        yield Asked(photo, "unusable", rng.choice(_DESCRIBE), truth=state, condition=state)
    if turn == 3:
        yield Asked(photo, "unknown", f"Where is the {UNKNOWN[round_number % len(UNKNOWN)]}?")


def _form(forms: Sequence[str], thing: str, rng: random.Random) -> str:
    one = spoken(thing)
    many = THINGS[thing].plural if one == thing else plural(one)
    return rng.choice(forms).format(a=an(thing), one=one, many=many)
