"""Whether a text stops in the middle of what somebody wants to say, by its last word and by the phrases it begins."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from runtime.language.phrase_forms import THING, normal, without_names

_OPEN_ENDS = (
    "a an the my your his her our their some any every each another of in on at to from with without by for into onto "
    "under over behind beside between near and or but nor if when while because than as that's is are was were am be "
    "do does did can could will would shall should may might must has have had not very how what's who's where's "
    "whose which um uh er tell many much"
)
OPEN_ENDS = frozenset(_OPEN_ENDS.split())
"""Words after which an English question or request goes on."""

_STAND_INS = frozenset(["it", "that", "they", "them", "this", "these", "those", "he", "she"])
"""What is heard in place of a thing that has not been named yet."""


def is_open(text: str) -> bool:
    """Whether a text ends on a word after which a sentence goes on, or trails off."""
    last = normal(text).split()[-1:]
    return not last or last[0] in OPEN_ENDS or trails_off(text)


def trails_off(text: str) -> bool:
    """Whether the recogniser wrote "...", a comma or a dash at the end."""
    return text.rstrip().endswith(("...", "…", ",", "-", "–", "—"))


class Beginnings:
    """The phrases of all skills, and every beginning of one that is shorter than itself."""

    def __init__(self, phrases: Mapping[str, Sequence[str]]) -> None:
        self._names = {_form(phrase): name for name, examples in phrases.items() for phrase in examples}
        self._goes_on: dict[str, set[str]] = {}
        for form, name in self._names.items():
            words = form.split()
            for count in range(1, len(words)):
                self._goes_on.setdefault(" ".join(words[:count]), set()).add(name)

    def unfinished(self, text: str) -> bool:
        """True for "what time" (is it), and for "can you see", which is a phrase, but also begins another skill's.

        True also for what recognisers make of "where is the" and "how many dogs", cut off: "where is that", "how many
        words", "how many dogs how many dogs".
        """
        form = _form(text)
        goes_on = self._goes_on.get(form, set())
        if form in self._names:
            return bool(goes_on - {self._names[form]}) or trails_off(text) or _ends_in_article(text)
        return bool(goes_on) or is_open(text) or self._lacks_its_thing(form)

    def _lacks_its_thing(self, form: str) -> bool:
        """The last word stands in for the thing of a phrase, or is a thing that nobody knows and the phrase goes on."""
        before, _, last = form.rpartition(" ")
        masked = f"{before} {THING}"
        if last in _STAND_INS:
            return masked in self._names or masked in self._goes_on
        return masked in self._goes_on and masked not in self._names


def _form(text: str) -> str:
    """Without articles and politeness, things by one name: what is left is compared word by word."""
    return " ".join(re.sub(r"\b(?:a|an|the|my|your|any|some|please)\b", " ", without_names(normal(text))).split())


def _ends_in_article(text: str) -> bool:
    return normal(text).split()[-1:] in (["a"], ["an"], ["the"], ["my"], ["your"])
