"""Words that are true of a thing besides its own: a palace is a building, whatever the truth calls it."""

from __future__ import annotations

# the word: what goes by it too
_TABLE = """
ape: gibbon, gorilla
building: castle, church, house, opera house, pagoda, palace, temple
clownfish: anemone fish
fish: anemone fish, clownfish, goldfish
fruit: apple, banana, lemon, lime, kiwi, orange
lizard: chameleon, komodo dragon
monkey: macaque, proboscis monkey
musical instrument: didgeridoo, drum, guitar, lute, string instrument
rubber eraser: eraser
scale: weighing scale
seashore: beach
"""

_KINDS = {
    word: frozenset(kind.strip() for kind in kinds.split(","))
    for word, _, kinds in (line.partition(":") for line in _TABLE.strip().splitlines())
}


def goes_by(word: str, true: str) -> bool:
    """Whether people may say `word` of what is `true`: itself or a kind of it, singular or plural."""
    word, true = word.lower(), true.lower()
    return _singular(word) == _singular(true) or _singular(true) in _KINDS.get(word, frozenset())


def _singular(noun: str) -> str:
    return noun.rstrip("s")
