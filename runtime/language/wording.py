"""In which words a skill can be asked for. A word that is left over means another question.

A sentence embedding finds "is the cup full" near "is there a cup", and "turn off the radio" near "turn it down". What
they ask is in the words that those phrases do not have.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from typing import Literal

from runtime.language.asking import Asked, asked
from runtime.language.everyday_nouns import is_everyday, is_person
from runtime.language.places import is_elsewhere, is_relation
from runtime.language.things import LIVING, THING_OF_WORD
from runtime.language.words import LONGEST_NAME, joined, words_of

Names = Literal["nothing", "things", "anything", "writing"]
"""What may be named: nothing, known things, these and others (which the skill refuses by name), what can be read."""

_SAID_ALONG = """
a an the any some my your our i im me we us you please hey hi hello ok okay well so um uh er oh then thanks thank
now just also can could would will want like to know tell if whether really actually maybe still is are do let quick
quickly sorry computer assistant and but try
"""
_SAID_AFTER = """
here there now please you we i do can could see find right in view visible front of me us nearby around anywhere close
by somewhere is are then today again at all ok okay thanks thank located
"""
_NO_NOUNS = """
am im was were who whose whom why when where how what which he she they him her his hers their them mine yours be been
does did has had might must should shall may until since because behind
"""
_ALONG, _AFTER, _NO_NOUN = (frozenset(words.split()) for words in (_SAID_ALONG, _SAID_AFTER, _NO_NOUNS))
_FOR_ME = re.compile(r"\bfor (?:me|us)\b")
_OURSELVES = re.compile(r"\b(?:am i|i am|are we|we are)\b")


class Wording:
    """Of one skill: by its phrases, and by other `words` (before a thing) and words `after` one."""

    def __init__(self, phrases: Iterable[str], names: Names = "nothing", words: str = "", after: str = "") -> None:
        self._names = names
        self._before = _ALONG.union(words.split())
        self._after = _AFTER.union(after.split())
        for phrase in phrases:
            question = asked(_FOR_ME.sub("", phrase))
            named = names == "anything" or (names == "things" and any(map(_is_known, question.names)))
            self._before = self._before.union(question.before if named else words_of(phrase))
            self._after = self._after.union(question.after if named else ())

    def fits(self, text: str) -> bool:
        """Whether no word of `text` asks for more."""
        text = _FOR_ME.sub("", text.lower())
        if self._names in ("nothing", "writing"):
            readable = self._names == "writing"
            return all(word in self._before or (readable and _bears_writing(word)) for word in joined(words_of(text)))
        question = asked(text)
        if question.acts or any(map(is_elsewhere, question.places)) or _OURSELVES.search(text):
            return False
        if any(map(_is_known, question.names)):
            return self._fits_around(question)
        return self._fits_unknown(question)

    def _fits_around(self, question: Asked) -> bool:
        """Whether the words around the things are those of a request, and nothing is asked about the things."""
        labels = [THING_OF_WORD.get(name, name) for name in question.names]
        told_apart = len(set(labels)) == len(labels)
        may_be_named = self._names == "anything" or all(map(_is_known, question.names))
        related = question.definite and any(map(is_relation, question.places))
        after = question.after[2:] if question.after[:1] == ("of",) else question.after  # a bottle of water
        around = self._before.issuperset(question.before) and self._after.issuperset(after)
        return told_apart and may_be_named and not related and around

    def _fits_unknown(self, question: Asked) -> bool:
        """Whether all that is left over is one name."""
        words = (*question.before, *" ".join(question.names).split(), *question.after)
        left = [place for place, word in enumerate(words) if word not in self._before | self._after]
        if not left:
            return not any(map(is_relation, question.places))
        before, name, after = words[: left[0]], words[left[0] : left[-1] + 1], words[left[-1] + 1 :]
        longest = 1 if replace(question, before=before).definite else LONGEST_NAME
        is_one_name = len(name) == len(left) <= longest and _NO_NOUN.isdisjoint(name)
        around = self._before.issuperset(before) and self._after.issuperset(after)
        is_verb = before[-1:] in (("i",), ("we",), ("you",))  # "where can I sit"
        return self._names == "anything" and is_one_name and around and not is_verb


def _is_known(name: str) -> bool:
    return name in THING_OF_WORD


def _bears_writing(word: str) -> bool:
    label = THING_OF_WORD.get(word)
    return label not in LIVING if label is not None else is_everyday(word) and not is_person(word)
