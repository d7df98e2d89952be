"""Time and date."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from runtime.language.words import words_of
from runtime.skills.skill import Look, Request, Sentence, Skill, Slots, Step

_DATE = frozenset({"date", "day", "today", "month", "year", "weekday"})


def answer(request: Request, look: Look) -> Iterator[Step]:
    now = look.wall_time
    yield Sentence(spoken_date(now) if request.slot("ask") == "date" else spoken_time(now))


def spoken_time(time: datetime) -> str:
    """ "5:07 PM.", "12 o'clock at night.": the content first."""
    hour = time.hour % 12 or 12
    half = "AM" if time.hour < 12 else "PM"
    return f"{hour}:{time.minute:02d} {half}." if time.minute else f"{hour} o'clock {half}."


def spoken_date(time: datetime) -> str:
    """ "Tuesday, November 24, 2026."."""
    return f"{time:%A}, {time:%B} {time.day}, {time.year}."


def slots(text: str) -> Slots:
    return (("ask", "date" if _DATE & set(words_of(text)) else "time"),)


SKILL = Skill(
    name="time_date",
    phrases=(
        "what time is it",
        "tell me the time",
        "what's the time",
        "what day is it",
        "what is today's date",
        "what is the date",
    ),
    words="how which late current hour month year week weekday exact exactly whats todays",
    answer=answer,
    slots=slots,
    help="what time is it?",
    looks=False,
)
