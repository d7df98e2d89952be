"""Where a thing is asked for, and what can be said of that."""

from __future__ import annotations

import re

_OUR_OWN = re.compile(
    r"(?:in front of|ahead of|around|near|by|next to|close to|beside) (?:me|us|you|the camera)"
    r"|(?:on|to|at|in) (?:the|my|our|your) (?:far )?(?:left|right|front|middle|centre|center)(?: (?:side|hand|here))*"
    r"|in (?:front|view|sight|general)"
    r"|in (?:the|this|my|our|your) (?:view|picture|image|photo|photograph|frame|scene|surroundings|vicinity)"
)
_ELSEWHERE = re.compile(r"behind (?:me|us|you)|outside\b.*|(?:above|below|under) (?:me|us|you)|.*\b(?:next|other) room")
_MINE = {"my": "your", "our": "your", "me": "you", "us": "you", "your": "my", "you": "me"}


def is_relation(place: str) -> bool:
    """Whether `place` is beside or in another thing: boxes in a picture do not tell."""
    return _OUR_OWN.fullmatch(place) is None


def is_elsewhere(place: str) -> bool:
    """Whether the camera does not look there."""
    return _ELSEWHERE.fullmatch(place) is not None


def as_we_say(text: str) -> str:
    """As the one who is asked says it: "in my hand" → "in your hand"."""
    return " ".join(_MINE.get(word, word) for word in text.split())
