"""Spoken questions for the benchmarks, by voices that nothing else was made with."""

from __future__ import annotations

from dataclasses import dataclass

from bench.voices import VOICES, ScaledVoice
from edgemm.media import Samples

THINGS = ("cup", "cat", "dog", "bottle", "chair", "person", "car", "book", "phone", "clock", "bird", "bicycle")
PLURALS = ("cups", "people", "dogs", "chairs", "bottles", "cars", "books", "birds")


@dataclass(frozen=True)
class SpokenQuestion:
    """A question about the view, and its sound at 16 kHz."""

    text: str
    skill: str
    voice: ScaledVoice
    samples: Samples


def view_questions() -> list[tuple[str, str]]:
    """Text and the skill that must answer it."""
    asked = [
        ("What do you see?", "describe"),
        ("What is in front of me?", "describe"),
        ("Describe the view.", "describe"),
    ]
    asked += [(f"Is there a {thing}?", "is_there") for thing in THINGS]
    asked += [(f"Where is the {thing}?", "where_is") for thing in THINGS]
    asked += [(f"How many {things} are there?", "how_many") for things in PLURALS]
    return asked


def spoken_questions(count: int) -> list[SpokenQuestion]:
    """`count` questions, each text by each voice in turn."""
    pairs = [(text, skill, voice) for voice in VOICES for text, skill in view_questions()]
    among = max(count, len(pairs))  # fewer than there are: some of each voice
    chosen = [pairs[number * among // count % len(pairs)] for number in range(count)]
    return [SpokenQuestion(text, skill, voice, voice.say(text)) for text, skill, voice in chosen]
