"""How like its sound a text must be to one that we know, to be taken for it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Nearest:
    """The text in known words that sounds most like what was heard.

    `cost` says how far its sound is, `rival` how far that of the nearest text that asks for something else.
    """

    text: str
    skill: str
    thing: str
    """The detector's label; empty for a phrase that names none."""
    cost: float
    rival: float
    phonemes: int
    """Of the thing's name, or of the whole phrase that names none."""

    @property
    def likeness(self) -> float:
        """1 for the same sound."""
        return 1.0 - self.cost / max(self.phonemes, 1)


@dataclass(frozen=True)
class LikenessRule:
    """What is near enough to have been meant: least likeness, and the cost by which another meaning must be dearer.

    Chosen on 621 questions and commands by seven synthetic voices that no benchmark has. Against too much: 740 names
    of things that no detector knows, 1,700 longer sentences to others and 210 short ones, many of them near a phrase.
    """

    name: float = 0.88
    """A thing's name of up to `short_name` phonemes; longer ones less, by `longer` a phoneme, down to `least_name`."""
    short_name: int = 5
    longer: float = 0.02
    least_name: float = 0.78
    name_margin: float = 0.15
    phrase: float = 0.9
    """A phrase of several words that names no thing ..."""
    doubtful_phrase: float = 0.76
    """... when the recogniser was not sure of it, ..."""
    doubtful_below: float = -0.5
    """... with a mean log probability under this. Most sentences that were heard right are above it."""
    word: float = 0.95
    """A single word: too many are near "stop" or "louder"."""
    phrase_margin: float = 0.3

    def holds(self, nearest: Nearest, log_probability: float) -> bool:
        if nearest.thing:
            enough = max(self.least_name, self.name - self.longer * max(0, nearest.phonemes - self.short_name))
            return nearest.likeness >= enough and nearest.rival - nearest.cost >= self.name_margin
        enough = self.doubtful_phrase if log_probability < self.doubtful_below else self.phrase
        enough = enough if " " in nearest.text else self.word
        return nearest.likeness >= enough and nearest.rival - nearest.cost >= self.phrase_margin
