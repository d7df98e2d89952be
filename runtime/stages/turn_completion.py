"""Turn completion: whether a pause sounds like the end of what somebody wanted to say."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

from edgemm.media import Samples
from runtime.items import Item, TurnAudio, TurnCompletion


class CompletionDetector(Protocol):
    """Reads the end of a turn's sound (`edgemm.tasks.end_of_turn`)."""

    def probability(self, samples: Samples) -> float:
        """Probability that the speaker has finished; `samples: (sample,)` at 16 kHz."""


class TurnCompletionStage:
    """Port `audio`: TurnAudio (guess) → TurnCompletion. One call, about 70 ms, beside the recognition."""

    def __init__(self, detector: CompletionDetector) -> None:
        self._detector = detector

    def step(self, port: str, item: Item, now_ns: int) -> Iterator[Item]:
        if isinstance(item, TurnAudio) and item.purpose == "guess":
            yield TurnCompletion(item.turn, self._detector.probability(item.samples))
