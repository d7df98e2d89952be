"""Which things a question asks for, by the names that the models have for them."""

from __future__ import annotations

import re
from collections.abc import Container

from runtime.language.asking import asked
from runtime.language.everyday_nouns import is_everyday
from runtime.language.plurals import singulars
from runtime.language.things import THING_OF_WORD, THINGS
from runtime.language.words import LONGEST_NAME, joined, no_name, words_of

_SHORTEST_MISHEARD, _SHORTEST_NAME = 5, 4
"""Letters: below, one edit turns too many names into one another (cup, cap, cat, car)."""

_WHERE = re.compile(
    r"(?: are| is)?(?: (?:right )?(?:here|anywhere|nearby|now|please|over there|around|there)|"
    r" (?:on|in|at|near|under|behind|beside|around|by|next to|close to)(?: (?:the|a|an|my|this|our|front of|me))+\b.*)$"
)


def find_things(text: str) -> tuple[str, ...]:
    """The detector's labels of the things that `text` asks for, each once; the bare noun of one that it doesn't know.

    "is there a cup and a fork on the table" → cup, fork; "where is my stethoscope" → stethoscope; nothing named → ().
    """
    return tuple(dict.fromkeys(THING_OF_WORD.get(name) or misheard(name) or name for name in asked(text).names))


def find_thing(text: str) -> str | None:
    """The first of them."""
    return next(iter(find_things(text)), None)


def asked_noun(text: str) -> str | None:
    """The noun that a question seems to ask for, as it is written."""
    return _noun(joined(words_of(text)))


def _noun(words: list[str]) -> str | None:
    """The first run of words that are neither question words nor places: "fire extinguisher"."""
    run: list[str] = []
    for word in words:
        if no_name(word):
            if run:
                break
            continue
        run.append(word)
    return " ".join(run[:LONGEST_NAME]) or None


def known_as(thing: str, names: Container[str]) -> str | None:
    """Which of `names` a thing has, in the singular."""
    return next((name for name in singulars(thing) if name in THINGS or name in names), None)


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
