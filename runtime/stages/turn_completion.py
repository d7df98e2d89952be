"""Turn completion: whether a pause sounds like the end of what somebody wanted to say."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

from edgemm.media import Samples
from runtime.items import Item, Routed, TurnAudio, TurnCompletion
from runtime.stages.turn_rules import EndingRule


class CompletionDetector(Protocol):
    """Reads the end of a turn's sound (`edgemm.tasks.end_of_turn`)."""

    def probability(self, samples: Samples) -> float:
        """Probability that the speaker has finished; `samples: (sample,)` at 16 kHz."""


class TurnCompletionStage:
    """Ports: `audio` (TurnAudio), `routed` (Routed). Yields TurnCompletion of a guess that its text leaves open.

    One call costs as much as recognition; where the text decides, the cores are left to the answer.
    """

    def __init__(self, detector: CompletionDetector, rule: EndingRule | None = None) -> None:
        self._detector = detector
        self._rule = rule or EndingRule()
        self._guess: TurnAudio | None = None

    def step(self, port: str, item: Item, now_ns: int) -> Iterator[Item]:
        if isinstance(item, TurnAudio) and item.purpose == "guess":
            self._guess = item
        elif isinstance(item, Routed) and self._guess is not None and item.turn == self._guess.turn:
            guess, self._guess = self._guess, None
            if self._rule.asks_the_sound(item.unfinished, item.score):
                yield TurnCompletion(guess.turn, self._detector.probability(guess.samples))
