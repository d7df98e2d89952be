"""What people ask the assistant and the phrases that it knows (for the embedder), and what it says (for the voice).

Evaluation and calibration ask with other words about other things. No sentence is in both.
"""

from __future__ import annotations

import json
from itertools import product
from pathlib import Path

PHRASES = {
    "describe": ("what do you see", "describe what is in front of me", "tell me about my surroundings"),
    "is_there": ("is there a cup", "do you see any people", "can you find a chair"),
    "count": ("how many people are there", "count the cars"),
    "where": ("where is the bottle", "which direction is the door in"),
    "read": ("read this", "what does the sign say", "read the text to me"),
    "code": ("scan the code", "read the bar code"),
    "colour": ("what colour is this", "tell me the colour of my shirt"),
    "light": ("is the light on", "is it dark in here"),
    "repeat": ("say that again", "repeat please"),
    "stop": ("stop talking", "be quiet"),
    "louder": ("speak louder", "turn the volume up"),
    "quieter": ("speak more quietly", "turn the volume down"),
    "faster": ("talk faster",),
    "slower": ("talk slower",),
    "time": ("what time is it", "what is the date today"),
    "help": ("what can I ask", "how do I use you"),
    "status": ("are you working", "how are you doing"),
}
"""Meaning → phrases: the index in which the nearest is sought."""

_EVALUATION = {
    "describe": ("what's around me", "tell me what you see in this {place}", "describe the {place} for me"),
    "is_there": (
        "is there a {thing} here",
        "do you see a {thing}",
        "can you see any {thing}s in front of me",
        "is there a {thing} in the {place}",
    ),
    "count": ("how many {thing}s are there", "count the {thing}s", "how many {thing}s can you see in the {place}"),
    "where": ("where is the {thing}", "where's my {thing}", "which way is the {thing}"),
    "read": ("read what is on the {thing}", "what is written on this {thing}", "can you read the {thing} to me"),
    "code": ("scan the code on the {thing}",),
    "colour": ("what colour is the {thing}", "tell me the color of this {thing}"),
    "light": ("is the light on in the {place}", "how bright is it in the {place}"),
    "repeat": ("can you say that once more", "what did you just say"),
    "stop": ("please stop", "that's enough", "shut up"),
    "louder": ("a bit louder please", "I can't hear you, speak up"),
    "quieter": ("not so loud", "lower your voice"),
    "faster": ("speed up a little", "can you speak faster"),
    "slower": ("slow down please", "you speak too fast"),
    "time": ("what's the time", "tell me the time please", "what day is it"),
    "help": ("what can you do", "help me, what should I say"),
    "status": ("is everything all right with you", "is the camera working"),
}
_EVALUATION_THINGS = (
    "cup",
    "bottle",
    "chair",
    "dog",
    "car",
    "phone",
    "book",
    "bag",
    "laptop",
    "umbrella",
    "bus",
    "cat",
)
_EVALUATION_PLACES = ("room", "kitchen", "street", "office")

_CALIBRATION = {
    "describe": ("give me an overview of the {place}",),
    "is_there": ("might there be a {thing} near me", "look for a {thing}"),
    "count": ("give me the number of {thing}s",),
    "where": ("in what direction can I find the {thing}",),
    "read": ("please read the {thing} aloud",),
    "colour": ("is the {thing} red or blue",),
    "light": ("are the lamps lit in the {place}",),
    "time": ("how late is it",),
}
_CALIBRATION_THINGS = ("bench", "keyboard", "bicycle", "plate", "jacket", "truck", "pillow", "spoon")
_CALIBRATION_PLACES = ("garden", "hall", "shop")

_SAID = (
    "I see {count} {thing}s and a {other} in front of you.",
    "Yes, there is a {thing} at {hour} o'clock, near you.",
    "I don't see a {thing}, but perhaps a {other}.",
    "The {thing} is on your left, next to the {other}.",
    "There are {count} {thing}s in view; one of them is close.",
    "This looks like a {thing}, or perhaps a {other}.",
    "Warning! A {thing} is coming from {hour} o'clock.",
)
_COUNTS = ("two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
_HOURS = ("nine", "ten", "eleven", "twelve", "one", "two", "three")


def build_spoken_evaluation(folder: Path) -> None:
    """About 1,500 words of answers to be spoken."""
    _write(folder, _answers(_EVALUATION_THINGS, 160))


def build_spoken_calibration(folder: Path) -> None:
    """Answers about other things."""
    _write(folder, _answers(_CALIBRATION_THINGS, 32))


def _answers(things: tuple[str, ...], count: int) -> list[tuple[str, str, str]]:
    """The templates in turn; each list at a stride of its own, so that no two answers are alike."""
    texts = [
        _SAID[number % len(_SAID)].format(
            thing=things[number % len(things)],
            other=things[(number // len(_SAID) + 1 + number) % len(things)],
            count=_COUNTS[number % len(_COUNTS)],
            hour=_HOURS[number // 2 % len(_HOURS)],
        )
        for number in range(count)
    ]
    return [(text, "", "answer") for text in texts]


def build_evaluation(folder: Path) -> None:
    """Phrases as the index, and about 300 questions with their meaning."""
    phrases = [(text, meaning, "phrase") for meaning, texts in PHRASES.items() for text in texts]
    _write(folder, [*phrases, *_questions(_EVALUATION, _EVALUATION_THINGS, _EVALUATION_PLACES)])


def build_calibration(folder: Path) -> None:
    """Questions in other words about other things."""
    _write(folder, _questions(_CALIBRATION, _CALIBRATION_THINGS, _CALIBRATION_PLACES))


def _questions(
    templates: dict[str, tuple[str, ...]], things: tuple[str, ...], places: tuple[str, ...]
) -> list[tuple[str, str, str]]:
    texts = {
        template.format(thing=thing, place=place): meaning
        for meaning, patterns in templates.items()
        for template in patterns
        for thing, place in product(things, places)
    }
    return [(text, meaning, "question") for text, meaning in texts.items()]


def _write(folder: Path, lines: list[tuple[str, str, str]]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "manifest.jsonl").open("w", encoding="utf-8") as file:
        for text, label, group in lines:
            file.write(json.dumps({"text": text, "label": label or None, "group": group}) + "\n")
