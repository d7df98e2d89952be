"""Which thing a question asks for."""

from __future__ import annotations

import re
from collections.abc import Container

from runtime.language.everyday_nouns import is_everyday
from runtime.language.things import THING_OF_WORD, THINGS

_LONGEST_NAME = 3
_SHORTEST_MISHEARD, _SHORTEST_NAME = 5, 4
"""Letters: below, one edit turns too many names into one another (cup, cap, cat, car)."""

_QUESTION_WORDS = """
is are was were there any some a an the my your our this that these those do does can could you me i we see find hear
have has how many much where what which of please tell if whether show look looking for at now here in view front and or
to it its be been visible picture image photo camera near nearby around anywhere colour color colours colors hey ok okay
count number way ways direction nearest closest read describe say tell know
so well um uh someplace whats wheres hows theres got get on with by did put leave left thing things object objects stuff
"""

_SKIPPED = frozenset(_QUESTION_WORDS.split())
_PLACE = re.compile(
    r"\b(?:on|in|at|near|under|behind|next|beside|around|by|over|above|below|of|for|with|to|from|left|right)\b"
)

_WHERE = re.compile(
    r"(?: are| is)?(?: (?:right )?(?:here|anywhere|nearby|now|please|over there|around|there)|"
    r" (?:on|in|at|near|under|behind|beside|around|by|next to|close to)(?: (?:the|a|an|my|this|our|front of|me))+\b.*)$"
)


def words_of(text: str) -> list[str]:
    """Lower-case words without punctuation or possessives."""
    return re.findall(r"[a-z]+", re.sub(r"['’]s\b", "", text.lower()).replace("'", ""))


def find_thing(text: str) -> str | None:
    """The detector's label of the first thing that `text` names, else the bare noun it seems to ask for.

    "is there a cup on the table" → "cup"; "where is my stethoscope" → "stethoscope"; nothing named → None.
    """
    words = _joined(words_of(text))
    for start in range(len(words)):
        for length in range(_LONGEST_NAME, 0, -1):
            label = THING_OF_WORD.get(" ".join(words[start : start + length]))
            if label is not None and start + length <= len(words):
                return label
    noun = _noun(words)
    return None if noun is None else misheard(noun) or noun


def asked_noun(text: str) -> str | None:
    """The noun that a question seems to ask for, as it is written."""
    return _noun(_joined(words_of(text)))


def _joined(words: list[str]) -> list[str]:
    """Compounds that were written apart: "tooth brush", "wheel chair"."""
    joined: list[str] = []
    for word in words:
        whole = joined[-1] + word if joined else ""
        if whole in THING_OF_WORD or is_everyday(whole):
            joined[-1] = whole
        else:
            joined.append(word)
    return joined


def _noun(words: list[str]) -> str | None:
    """The first run of words that are neither question words nor places: "fire extinguisher"."""
    run: list[str] = []
    for word in words:
        if word in _SKIPPED or _PLACE.fullmatch(word):
            if run:
                break
            continue
        run.append(word)
    return " ".join(run[:_LONGEST_NAME]) or None


def known_as(thing: str, names: Container[str]) -> str | None:
    """Which of `names` a thing has, in the singular."""
    endings = (("", ""), ("s", ""), ("es", ""), ("ies", "y"))
    singulars = (thing.removesuffix(many) + one for many, one in endings if thing.endswith(many))
    return next((name for name in singulars if name in THINGS or name in names), None)


def without_place(plain: str) -> str:
    """A question without where it asks: "do you see a cup on the table", "is there a cup here" → "do you see a cup"."""
    return _WHERE.sub("", plain) or plain


def misheard(word: str) -> str | None:
    """The one known name that is one edit away from `word`; None when several are, or when `word` is a word itself."""
    if len(word) < _SHORTEST_MISHEARD or is_everyday(word) or " " in word:
        return None
    near = {label for name, label in THING_OF_WORD.items() if len(name) >= _SHORTEST_NAME and one_edit(word, name)}
    return near.pop() if len(near) == 1 else None


def one_edit(one: str, other: str) -> bool:
    """True when one letter inserted, deleted or replaced, or two neighbours swapped, turns one into the other."""
    if abs(len(one) - len(other)) > 1 or one == other:
        return False
    start = next((i for i, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
    rest, rest_other = one[start:], other[start:]
    swapped = len(rest) > 1 and rest[1] + rest[0] + rest[2:] == rest_other
    return rest[1:] == rest_other[1:] or rest[1:] == rest_other or rest == rest_other[1:] or swapped
