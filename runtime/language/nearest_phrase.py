"""Which example phrase a text is nearest to, by sentence embedding, whatever thing it names.

A sentence embedding weighs nouns most: "is there a horse" is nearer to sentences about horses than to "is there a cup".
So each text is compared twice, as it is and with the things that it names called "thing". A noun that is not in the
table of things ("is there a cub", misheard for cup) is one where a phrase has its thing: after "is there a".
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Protocol

import numpy as np
import numpy.typing as npt

from runtime.language.finding import without_place
from runtime.language.phrase_forms import THING, normal, without_articles, without_names
from runtime.language.words import LONGEST_NAME


class SentenceEmbedder(Protocol):
    """Texts to unit vectors (`edgemm.tasks.embedding`)."""

    def embed(self, texts: Sequence[str]) -> npt.NDArray[np.float32]:
        """Vectors `(text, dimension)` of length 1."""


class NearestPhrase:
    """Phrases by name, embedded once."""

    def __init__(self, embedder: SentenceEmbedder, phrases: Mapping[str, Sequence[str]]) -> None:
        self._embedder = embedder
        self._frames = _frames(phrase for examples in phrases.values() for phrase in examples)
        self._words = {word for examples in phrases.values() for phrase in examples for word in normal(phrase).split()}
        self._names = tuple(name for name, examples in phrases.items() if examples)
        self._vectors = [embedder.embed(_forms(phrases[name])) for name in self._names]

    def find(self, text: str) -> tuple[str, float]:
        """Name of the nearest phrase and its cosine; `("", 0)` for a text without words."""
        return next(iter(self.ranked(text)), ("", 0.0))

    def ranked(self, text: str) -> list[tuple[str, float]]:
        """Each name with the cosine of its nearest phrase, nearest first; none for a text without words."""
        plain = normal(text)
        if not plain:
            return []
        forms = self._embedder.embed(list(dict.fromkeys([plain, self._masked(plain)])))
        scores = [float((vectors @ forms.T).max()) for vectors in self._vectors]
        return [(self._names[place], scores[place]) for place in np.argsort(scores, kind="stable")[::-1]]

    def _masked(self, plain: str) -> str:
        masked = without_names(plain)
        if masked != plain:
            return masked
        core = without_place(plain)
        for frame, article in _frame_prefixes(core):
            name = core[len(frame) + len(article) :].split()
            if frame in self._frames and (self._is_no_phrases(name) or _is_noun(frame, article, name)):
                return f"{frame}{article} {THING}"
        return plain

    def _is_no_phrases(self, name: Sequence[str]) -> bool:
        """No word of it is one of the phrases': "what is", "where is it" are frames of other phrases too."""
        return not self._words.intersection(name)


def _is_noun(frame: str, article: str, name: Sequence[str]) -> bool:
    """ "where is the letter", though phrases speak of letters; not "is the light" (on)."""
    return bool(article) and len(name) == 1 and " " in frame


def _forms(phrases: Sequence[str]) -> list[str]:
    plain = [normal(phrase) for phrase in phrases]
    return list(dict.fromkeys([*plain, *(without_names(phrase) for phrase in plain)]))


def _frames(phrases: Iterable[str]) -> set[str]:
    """What stands before the thing in a phrase, without the article: "is there"."""
    masked = (without_names(normal(phrase)) for phrase in phrases)
    before = (phrase.partition(f" {THING}")[0] for phrase in masked if f" {THING}" in phrase)
    return {without_articles(frame) for frame in before}


def _frame_prefixes(plain: str) -> Iterable[tuple[str, str]]:
    """Each way to see `plain` as a frame, its article (with a space before it, or none), and a name of a few words."""
    words = plain.split()
    for count in range(1, min(LONGEST_NAME, len(words) - 1) + 1):
        before = " ".join(words[:-count])
        frame = without_articles(before)
        yield frame, before[len(frame) :]
