"""Everyday English to be spoken: commands and questions that people ask this assistant, and varied sentences.

The texts lie in speech_texts/: commands.txt (each said in under 2 s), templates.txt with {slots}, words.txt with the
words for each slot.
"""

from __future__ import annotations

import string
from collections.abc import Iterator
from pathlib import Path

import numpy as np

_TEXTS = Path(__file__).parent / "speech_texts"


def commands() -> tuple[str, ...]:
    """Short commands and questions."""
    return _lines("commands.txt")


def sentences(seed: int) -> Iterator[str]:
    """An endless, seeded stream of different sentences, each template as often as any other."""
    templates, words = _lines("templates.txt"), _words()
    random = np.random.default_rng(seed)
    seen: set[str] = set()
    while True:
        for index in random.permutation(len(templates)):
            sentence = _filled(templates[index], words, random)
            if sentence not in seen:
                seen.add(sentence)
                yield sentence


def _filled(template: str, words: dict[str, list[str]], random: np.random.Generator) -> str:
    slots = [name for _, name, _, _ in string.Formatter().parse(template) if name]
    return template.format(**{name: words[name][random.integers(len(words[name]))] for name in slots})


def _words() -> dict[str, list[str]]:
    slots = (line.partition(": ") for line in _lines("words.txt"))
    return {name: choices.split(", ") for name, _, choices in slots}


def _lines(name: str) -> tuple[str, ...]:
    return tuple((_TEXTS / name).read_text(encoding="utf-8").splitlines())
