"""How things are put into words: articles, numbers, lists."""

from __future__ import annotations

from collections.abc import Sequence

from runtime.language import plurals
from runtime.language.things import THINGS

_NUMBERS = "no one two three four five six seven eight nine ten eleven twelve".split()  # noqa: SIM905
_WITHOUT_ARTICLE = frozenset({"broccoli", "fruit", "skis"})
_SPOKEN_LABELS = {"tv": "television", "sports ball": "ball", "hair drier": "hair dryer", "dining table": "table"}


def spoken(label: str) -> str:
    """The singular as it is said: "television" for the detector's "tv"."""
    return _SPOKEN_LABELS.get(label, label)


def plural(label: str) -> str:
    """ "people" for "person"; a name outside the table as it is spelt."""
    return THINGS[label].plural if label in THINGS else plurals.plural(label)


def number(count: int) -> str:
    """Words up to twelve, then digits."""
    return _NUMBERS[count] if count < len(_NUMBERS) else str(count)


def an(label: str) -> str:
    """With its article: "a cup", "an apple", "scissors", "sunglasses"."""
    name = spoken(label)
    if label in _WITHOUT_ARTICLE or plurals.is_plural(label):
        return name
    return f"{'an' if name[:1] in 'aeiou' and not name.startswith('uni') else 'a'} {name}"


def counted(count: int, label: str) -> str:
    """ "a cup", "two cups"."""
    return an(label) if count == 1 else f"{number(count)} {plural(label)}"


def listed(parts: Sequence[str]) -> str:
    """ "a", "a and b", "a, b and c"."""
    return " and ".join(filter(None, (", ".join(parts[:-1]), *parts[-1:])))


def sentence(text: str) -> str:
    """With a capital and a full stop."""
    text = text[:1].upper() + text[1:]
    return text if text.endswith((".", "?", "!")) else f"{text}."
