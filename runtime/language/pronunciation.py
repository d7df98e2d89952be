"""How far apart two pronunciations are: phonemes of IPA, and the cost of hearing one for another.

Consonants differ by place, manner and voice, vowels by height, backness and rounding, as the IPA's chart orders them.
A substitution costs 0 to 1, a phoneme too many or too few about a half: recognisers lose soft ones first.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

Costs = npt.NDArray[np.float32]
Phonemes = npt.NDArray[np.intp]

# phoneme: place from the lips (0) to the throat (1), manner, voiced
_CONSONANTS: dict[str, tuple[float, str, bool]] = {
    "p": (0.0, "stop", False), "b": (0.0, "stop", True), "t": (0.4, "stop", False), "d": (0.4, "stop", True),
    "ɾ": (0.4, "stop", True), "k": (0.8, "stop", False), "ɡ": (0.8, "stop", True), "ʔ": (1.0, "stop", False),
    "m": (0.0, "nasal", True), "n": (0.4, "nasal", True), "ŋ": (0.8, "nasal", True),
    "f": (0.1, "fricative", False), "v": (0.1, "fricative", True), "θ": (0.3, "fricative", False),
    "ð": (0.3, "fricative", True), "s": (0.4, "fricative", False), "z": (0.4, "fricative", True),
    "ʃ": (0.5, "fricative", False), "ʒ": (0.5, "fricative", True), "x": (0.8, "fricative", False),
    "h": (1.0, "fricative", False), "l": (0.4, "liquid", True), "ɹ": (0.5, "liquid", True), "r": (0.5, "liquid", True),
    "j": (0.6, "glide", True), "w": (0.0, "glide", True),
}  # fmt: skip
_OTHER_MANNER = 0.55
_ALIKE_MANNER = 0.3
_ALIKE = {frozenset(pair) for pair in (("stop", "fricative"), ("stop", "nasal"), ("liquid", "glide"))}

# phoneme: height from close (0) to open (1), from front (0) to back (1), rounded
_VOWELS: dict[str, tuple[float, float, bool]] = {
    "i": (0.0, 0.0, False), "ɪ": (0.2, 0.2, False), "ᵻ": (0.2, 0.3, False), "e": (0.35, 0.0, False),
    "ɛ": (0.6, 0.1, False), "æ": (0.85, 0.15, False), "a": (1.0, 0.3, False), "ɐ": (0.8, 0.5, False),
    "ə": (0.5, 0.5, False), "ɚ": (0.5, 0.5, False), "ɜ": (0.55, 0.5, False), "ʌ": (0.7, 0.7, False),
    "ɑ": (1.0, 0.9, False), "ɒ": (1.0, 1.0, True), "ɔ": (0.65, 0.9, True), "o": (0.35, 1.0, True),
    "ʊ": (0.2, 0.8, True), "u": (0.0, 0.9, True),
}  # fmt: skip

_GAP = {"ə": 0.3, "ɐ": 0.3, "ᵻ": 0.35, "ɪ": 0.4, "h": 0.35, "ɹ": 0.4, "ʔ": 0.2, "t": 0.45, "d": 0.45, "j": 0.4}
_OTHER_GAP = 0.55

_ALL = (*_CONSONANTS, *_VOWELS)
_INDEX = {phoneme: number for number, phoneme in enumerate(_ALL)}


def phonemes_of(ipa: str) -> Phonemes:
    """`(phoneme,)` numbers of what the IPA says: without stress, length and pauses; "tʃ" and "aɪ" are two each."""
    return np.array([_INDEX[sign] for sign in ipa.replace("ɚ", "əɹ") if sign in _INDEX], dtype=np.intp)


def _substitution(one: str, other: str) -> float:
    if one in _VOWELS and other in _VOWELS:
        (height, back, rounded), (other_height, other_back, other_rounded) = _VOWELS[one], _VOWELS[other]
        return min(
            0.9, 0.9 * abs(height - other_height) + 0.55 * abs(back - other_back) + 0.1 * (rounded != other_rounded)
        )
    if one in _CONSONANTS and other in _CONSONANTS:
        (place, manner, voiced), (other_place, other_manner, other_voiced) = _CONSONANTS[one], _CONSONANTS[other]
        alike = _ALIKE_MANNER if frozenset((manner, other_manner)) in _ALIKE else _OTHER_MANNER
        places = 0.0 if place == other_place else 0.15 + 0.3 * abs(place - other_place)
        return min(1.0, (0.0 if manner == other_manner else alike) + places + 0.2 * (voiced != other_voiced))
    return 1.0


SUBSTITUTION: Costs = np.array([[_substitution(one, other) for other in _ALL] for one in _ALL], dtype=np.float32)
"""`(phoneme, phoneme)`."""
GAP: Costs = np.array([_GAP.get(one, _OTHER_GAP) for one in _ALL], dtype=np.float32)
"""`(phoneme,)`: what one too many or too few costs."""


def skipping(text: Phonemes) -> Costs:
    """`(position,)`: the cost of leaving out everything before each position."""
    return np.concatenate([[0.0], np.cumsum(GAP[text])]).astype(np.float32)


class Words:
    """Several pronunciations side by side, to be compared with one text at once."""

    def __init__(self, pronunciations: Sequence[Phonemes]) -> None:
        self.lengths = np.array([len(one) for one in pronunciations], dtype=np.intp)
        self._phonemes = np.zeros((len(pronunciations), max(self.lengths, default=0)), dtype=np.intp)
        for row, one in zip(self._phonemes, pronunciations, strict=True):
            row[: len(one)] = one

    def costs(self, text: Phonemes, before: Costs | None = None) -> Costs:
        """`(word, position)`: the cost of saying the word from the best place on up to before each position of `text`.

        `before: (position,)` or `(word, position)` is what it costs to begin the word at a position; without it, it
        begins at 0. Positions run from 0 to the text's length.
        """
        skipped = skipping(text)
        start = skipped if before is None else before
        costs = np.broadcast_to(start, (len(self.lengths), len(skipped))).copy()
        for place in range(self._phonemes.shape[1]):
            within = self.lengths > place
            phoneme = self._phonemes[within, place]
            old = costs[within]
            new = old + GAP[phoneme][:, None]
            np.minimum(new[:, 1:], old[:, :-1] + SUBSTITUTION[phoneme[:, None], text[None, :]], out=new[:, 1:])
            costs[within] = np.minimum.accumulate(new - skipped, axis=1) + skipped
        return costs


def distance(one: Phonemes, other: Phonemes) -> float:
    """Cost of hearing one pronunciation for the other."""
    return float(Words([one]).costs(other)[0, -1])
