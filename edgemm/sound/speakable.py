"""What of a text can be spoken: the rest must reach no voice, for it would be silence, nonsense or a command to it."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from itertools import chain

from edgemm.errors import InputError
from edgemm.media import Samples

_SPOKEN_AS_THEY_ARE = ("<fraction>", "<super>", "<sub>")
"""Kinds of compatibility characters that a voice has words for: "½" is a half, "x²" is x squared."""
_NUMBER_SIGN = "№"
_SHOWN = 60


def speakable(text: str) -> str:
    """The text in ordinary letters and digits, on one line; empty where it holds neither.

    Full-width, circled and mathematical letters become plain ones. Control characters (espeak-ng obeys some),
    invisible ones and halves of broken characters are left out.
    """
    plain = "".join(_plain(character) for character in unicodedata.normalize("NFC", text))
    line = " ".join(plain.split())
    return line if any(character.isalnum() for character in line) else ""


def audible(pieces: Iterator[Samples], text: str) -> Iterator[Samples]:
    """The pieces of sound that a voice made of `text`. Raises InputError where there are none."""
    first = next(pieces, None)
    if first is None:
        raise InputError("nothing to say", expected="a text with letters or digits", found=ascii(text[:_SHOWN]))
    return chain((first,), pieces)


def _plain(character: str) -> str:
    if character.isspace():
        return " "
    if unicodedata.category(character) in ("Cc", "Cf", "Cs", "Co", "Cn"):
        return ""
    kept = character == _NUMBER_SIGN or unicodedata.decomposition(character).startswith(_SPOKEN_AS_THEY_ARE)
    return character if kept else unicodedata.normalize("NFKC", character)
