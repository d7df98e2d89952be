"""How phrases and texts are made comparable."""

from __future__ import annotations

import re

from runtime.language.things import THING_OF_WORD
from runtime.language.words import once

THING = "thing"
_NAMES = sorted(THING_OF_WORD, key=len, reverse=True)
_NAMED = re.compile(rf"\b(?:{'|'.join(map(re.escape, _NAMES))})\b")


def normal(text: str) -> str:
    """Lower case, words only, one spelling, said once: how both phrases and texts are embedded."""
    words = re.findall(r"[a-z0-9']+", text.lower().replace("’", "'"))
    return " ".join(once(words)).replace("color", "colour")


def without_names(plain: str) -> str:
    """Every thing that a `normal` text names is called "thing"."""
    return _NAMED.sub(THING, plain)


_ARTICLE = re.compile(r"(?:^| )(?:a|an|the|my|your|any|some)$")


def without_articles(plain: str) -> str:
    """The text before a thing, without the article that ends it."""
    return _ARTICLE.sub("", plain.strip())
