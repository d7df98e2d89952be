"""What people ask the assistant (for the embedder), and what it says (for the voice).

Evaluation and calibration ask with other words about other things. No sentence is in both.
"""

from __future__ import annotations

import json
from itertools import product
from pathlib import Path

import numpy as np

from export.data.phrases import PHRASES

_EVALUATION = {
    "describe": ("what's around me", "tell me what you see in this {place}", "describe the {place} for me"),
    "is_there": (
        "is there a {thing} here",
        "do you see a {thing}",
        "can you see any {thing}s in front of me",
        "is there a {thing} in the {place}",
    ),
    "how_many": ("how many {thing}s are there", "count the {thing}s", "how many {thing}s can you see in the {place}"),
    "where_is": ("where is the {thing}", "where's my {thing}", "which way is the {thing}"),
    "read_text": ("read what is on the {thing}", "what is written on this {thing}", "can you read the {thing} to me"),
    "read_code": ("scan the code on the {thing}",),
    "colour": ("what colour is the {thing}", "tell me the color of this {thing}"),
    "light": ("is the light on in the {place}", "how bright is it in the {place}"),
    "repeat": ("can you say that once more", "what did you just say"),
    "stop": ("please stop", "that's enough", "shut up"),
    "volume": ("a bit louder please", "I can't hear you, speak up", "not so loud", "lower your voice"),
    "rate": ("speed up a little", "can you speak faster", "slow down please", "you speak too fast"),
    "time_date": ("what's the time", "tell me the time please", "what day is it"),
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
    "how_many": ("give me the number of {thing}s",),
    "where_is": ("in what direction can I find the {thing}",),
    "read_text": ("please read the {thing} aloud",),
    "colour": ("is the {thing} red or blue",),
    "light": ("are the lamps lit in the {place}",),
    "time_date": ("how late is it",),
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
    """About 1,050 words of answers to be spoken."""
    _write(folder, _answers(_EVALUATION_THINGS, 108, seed=2))


def build_spoken_calibration(folder: Path) -> None:
    """Answers about other things."""
    _write(folder, _answers(_CALIBRATION_THINGS, 24, seed=1))


def _answers(things: tuple[str, ...], count: int, seed: int) -> list[tuple[str, str, str]]:
    """`count` answers, no two alike, the templates in turn."""
    random = np.random.default_rng(seed)
    texts: dict[str, None] = {}
    while len(texts) < count:
        thing, other = random.choice(things, size=2, replace=False)
        said = _SAID[len(texts) % len(_SAID)]
        text = said.format(thing=thing, other=other, count=random.choice(_COUNTS), hour=random.choice(_HOURS))
        texts[text.replace("a umbrella", "an umbrella").replace("A umbrella", "An umbrella")] = None
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
