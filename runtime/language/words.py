"""The words of a text, and which of them may name a thing."""

from __future__ import annotations

import re

from runtime.language.everyday_nouns import is_everyday
from runtime.language.things import THING_OF_WORD

LONGEST_NAME = 3
"""Words."""

_QUESTION_WORDS = """
is are was were there any some a an the my your our this that these those do does can could you me i we see find hear
have has how many much where what which of please tell if whether show look looking for at now here in view front and or
to it its be been visible picture image photo camera near nearby around anywhere colour color colours colors hey ok okay
count number way ways direction nearest closest read describe say tell know
so well um uh someplace whats wheres hows theres got get on with by did put leave left thing things object objects stuff
anything something nothing everything not
"""

_SKIPPED = frozenset(_QUESTION_WORDS.split())
_PREPOSITION = re.compile(
    r"\b(?:on|in|at|near|under|behind|next|beside|around|by|over|above|below|of|for|with|to|from|left|right)\b"
)


def words_of(text: str) -> list[str]:
    """Lower-case words without punctuation or possessives, said once."""
    return once(re.findall(r"[a-z]+", re.sub(r"['’]s\b", "", text.lower()).replace("'", "").replace("’", "")))


def once(words: list[str]) -> list[str]:
    """A recogniser that sees little sound may write a short text twice or three times."""
    for times in (3, 2):
        said = words[: len(words) // times]
        if said * times == words:
            return said
    return words


def joined(words: list[str]) -> list[str]:
    """Compounds that were written apart: "tooth brush", "wheel chair"."""
    joined: list[str] = []
    for word in words:
        whole = joined[-1] + word if joined else ""
        if whole in THING_OF_WORD or is_everyday(whole):
            joined[-1] = whole
        else:
            joined.append(word)
    return joined


def no_name(word: str) -> bool:
    """Whether `word` is one with which people ask, or a preposition: no part of a thing's name."""
    return word in _SKIPPED or _PREPOSITION.fullmatch(word) is not None
