"""One and many of a noun, by English spelling. Names in the table of things have theirs there."""

from __future__ import annotations

from collections.abc import Iterator

_IRREGULAR = {
    "child": "children",
    "person": "people",
    "foot": "feet",
    "tooth": "teeth",
    "goose": "geese",
    "mouse": "mice",
    "die": "dice",
    "menu": "menus",
    "emu": "emus",
    **{f"{stem}f": f"{stem}ves" for stem in ("cal", "hal", "lea", "loa", "scar", "shea", "shel", "thie", "wol")},
    **{f"{stem}fe": f"{stem}ves" for stem in ("kni", "li", "wi")},
    **{name: f"{name}es" for name in ("potato", "tomato", "hero", "echo", "mango", "mosquito", "torpedo", "volcano")},
}
_PLURALS = frozenset(_IRREGULAR.values())
_UNCHANGED = """
fish deer sheep moose shrimp salmon squid aircraft traffic money cash luggage baggage furniture clothing equipment
police medicine water milk tea coffee juice wine beer bread rice pasta cheese ham meat beef pork oil salt pepper sugar
flour honey jam cereal corn garlic cabbage lettuce soap shampoo paper grass wood sand mud soil snow rain fog smoke ice
hair music weather garbage rubbish trash food glue yarn wool string stuff butter
"""
_SAME = frozenset(_UNCHANGED.split())
"""Has no other plural, or is not counted."""
_SINGULAR_IN_S = frozenset({"lens", "gas", "patas", "triceratops", "atlas", "canvas", "christmas"})


def plural(noun: str) -> str:
    """ "boxes", "butterflies", "fire extinguishers"; what is plural already stays so: "keys", "glasses"."""
    before, space, last = noun.rpartition(" ")
    return before + space + _plural(last)


def _plural(word: str) -> str:
    if word in _SAME or is_plural(word):
        return word
    if word in _IRREGULAR:
        return _IRREGULAR[word]
    if word.endswith("man") and word != "human":
        return word.removesuffix("man") + "men"
    if word.endswith("y") and word[-2:-1] not in "aeiou":
        return word.removesuffix("y") + "ies"
    return word + ("es" if word.endswith(("s", "x", "z", "ch", "sh")) else "s")


def is_plural(noun: str) -> bool:
    """Whether the last word looks like a plural: "keys", "children"; not "glass", "bus", "tennis" or "lens"."""
    last = noun.rpartition(" ")[2]
    if last in _PLURALS or (last.endswith("men") and len(last) > len("omen")):
        return True
    return last.endswith("s") and not last.endswith(("ss", "us", "is")) and last not in _SINGULAR_IN_S


def singulars(word: str) -> Iterator[str]:
    """What `word` may be one or many of, itself first: "leave", "leav", "leaf" … of "leaves", whichever exists."""
    yield from (word.removesuffix(many) + one for many, one in _ENDINGS if word.endswith(many))
    yield word.removesuffix("men") + "man" if word.endswith("men") else word
    yield from (one for one, many in _IRREGULAR.items() if many == word)


_ENDINGS = (("", ""), ("s", ""), ("es", ""), ("ies", "y"), ("ves", "f"), ("ves", "fe"))
