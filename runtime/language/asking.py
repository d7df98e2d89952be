"""What a question asks for: which things, where, and in which other words.

"Are there any dogs and a cat on the table" asks for dog and cat, on the table, with "are there any" before them.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from runtime.language.everyday_nouns import is_everyday
from runtime.language.plurals import is_plural
from runtime.language.things import THING_OF_WORD
from runtime.language.words import LONGEST_NAME, joined, no_name, words_of

_AND = frozenset({"and", "or", "nor", "plus"})
_ARTICLE = r"(?:the|a|an|my|your|our|this|that|these|those|his|her|their|some|any)"
_ARTICLES = frozenset(_ARTICLE[3:-1].split("|"))
_PREPOSITION = (
    r"(?:on top of|in front of|in the middle of|ahead of|next to|close to|on|in|at|near|under|underneath|beneath|"
    r"behind|beside|around|by|over|above|below|between|inside|outside|across|along|against|within|"
    r"to(?= (?:my|the|your|our) (?:left|right)))"
)
_NO_NOUN = (
    rf"(?!(?:{_PREPOSITION}|of|to|and|or|is|are|do|can|you|who|which|what|that|with|there|here|now|all|it|please|"
    r"\w+ing)\b)"
)
_PLACE = re.compile(
    rf"\b{_PREPOSITION} (?:(?:(?:{_ARTICLE}|of) )*(?:{_NO_NOUN}\w+ ?){{1,3}}(?<! )|(?:me|us|you)\b)"
    rf"(?: of {_ARTICLE} \w+)?"
)
_HERE = "here"
"""Stands for a place that was taken out of the words."""
_DEFINITE = re.compile(
    r"^(?!.*\b(?:where|which|what|how)\b).*"
    r"\b(?:is|are|was|were|isnt|arent) (?:the|my|your|his|her|their|our|this|that|these|those)$"
)

_ACTS = re.compile(
    rf"^(?:(?:so|and|hey|please|ok|okay|well|now|then) )*(?:can|could|does|do|did|has|have|had|will|would) {_ARTICLE}$"
    r"|\b(?:is|are) (?:this|that|these|those|it|they) (?:my|your|our|his|her|their)$"
)


@dataclass(frozen=True)
class Asked:
    """The things as they are named, where they are asked for, and the other words, in which each place is "here"."""

    names: tuple[str, ...]
    places: tuple[str, ...]
    before: tuple[str, ...]
    after: tuple[str, ...]

    @property
    def definite(self) -> bool:
        """Whether something is asked about a thing that is taken to be there: "is the cup …"."""
        return _is_definite(self.before)

    @property
    def acts(self) -> bool:
        """Whether it is asked what a thing does, can do or whose it is: "can the dog see me", "is that my cup"."""
        return _ACTS.search(" ".join(self.before)) is not None


def asked(text: str) -> Asked:
    """What `text` asks for: the first thing that is known and those beside it, else the first noun."""
    plain = " ".join(joined(words_of(text)))
    places = tuple(found[0].strip() for found in _PLACE.finditer(plain))
    words = _PLACE.sub(_HERE, plain).split()
    start, end = _first(words)
    names, last = [" ".join(words[start:end])] if start < end else [], end
    if names:
        more, last = _more(words, end, needs_and=_is_definite(words[:start]))
        names += more
    return Asked(tuple(names), places, tuple(words[:start]), tuple(words[last:]))


def _is_definite(before: Sequence[str]) -> bool:
    return _DEFINITE.search(" ".join(before)) is not None


def _first(words: Sequence[str]) -> tuple[int, int]:
    """Where the first thing begins and ends."""
    start = next((start for start in range(len(words)) if _known(words, start)), None)
    if start is None:
        return _noun(words)
    end = start + _known(words, start)
    goes_on = not is_plural(words[end - 1]) and not _is_definite(words[:start]) and _goes_on(words, end)
    return _noun_beside(words, start) or (start, end + goes_on)


def _known(words: Sequence[str], start: int) -> int:
    """Words of the longest known name that begins at `start`; 0 for none."""
    lengths = range(min(LONGEST_NAME, len(words) - start), 0, -1)
    return next((length for length in lengths if " ".join(words[start : start + length]) in THING_OF_WORD), 0)


def _goes_on(words: Sequence[str], end: int) -> bool:
    """Whether a noun follows that makes another thing of it: a bus stop is no bus."""
    is_noun = end < len(words) and not no_name(words[end]) and is_everyday(words[end])
    return is_noun or _known(words, end) > 0


def _noun_beside(words: Sequence[str], start: int) -> tuple[int, int] | None:
    """The noun before "and a cup": a child and a cup."""
    end = start
    while end and words[end - 1] in _ARTICLES:
        end -= 1
    beside = end >= 2 and words[end - 1] in _AND and not no_name(words[end - 2])
    return (end - 2, end - 1) if beside else None


def _noun(words: Sequence[str]) -> tuple[int, int]:
    """The first run of words that may be a name."""
    start = next((i for i, word in enumerate(words) if not no_name(word)), len(words))
    end = next((i for i in range(start, len(words)) if no_name(words[i])), len(words))
    return start, min(end, start + (1 if _is_definite(words[:start]) else LONGEST_NAME))


def _more(words: Sequence[str], end: int, *, needs_and: bool) -> tuple[list[str], int]:
    """The other things of a list, and where it ends: "a dog, a cat and a horse"."""
    named: list[str] = []
    with_and, start = False, end
    while start < len(words):
        before = start
        while start < len(words) and words[start] in _AND | _ARTICLES:
            with_and |= words[start] in _AND
            start += 1
        length = 0 if needs_and and not with_and else _known(words, start)
        if not length and with_and and start > before and words[start : start + 1] and not no_name(words[start]):
            length = 1
        if not length:
            break
        named.append(" ".join(words[start : start + length]))
        start += length
        if with_and:
            end = start
    return (named, end) if with_and else ([], end)
