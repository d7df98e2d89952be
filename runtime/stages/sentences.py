"""Sentences that wait for the floor: in the order in which they came, in pieces that may still be arriving."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

from runtime.items import Say, SpeechAudio, Tone


@dataclass(eq=False)
class Sentence:
    """A sentence and the pieces of its sound that have not been released."""

    say: Say
    utterance_id: int
    pieces: list[SpeechAudio] = field(default_factory=list)
    complete: bool = False
    """Its last piece has come."""


class WaitingSentences:
    """Collects pieces into sentences; knows which still arrive, and which are not wanted any more."""

    def __init__(self) -> None:
        self._waiting: list[Sentence] = []
        self._cut: list[Say] = []

    def add(self, piece: SpeechAudio, current: Sentence | None, new_id: Callable[[], int]) -> None:
        """Put a piece to its sentence: `current`, the one that has the floor, or one that waits."""
        if piece.say in self._cut:
            if piece.last:
                self._cut.remove(piece.say)
            return
        candidates = [current, *self._waiting] if current is not None else self._waiting
        sentence = next((s for s in candidates if s is not None and not s.complete and s.say == piece.say), None)
        if sentence is None:
            sentence = Sentence(piece.say, new_id())
            self._waiting.append(sentence)
        sentence.pieces.append(piece)
        sentence.complete = piece.last

    def take(self, allowed: Callable[[Sentence], bool]) -> Sentence | None:
        """The first allowed sentence; within its turn the one that comes first in the answer."""
        first = next((s for s in self._waiting if allowed(s)), None)
        if first is None:
            return None
        same = [s for s in self._waiting if allowed(s) and (s.say.turn, s.say.kind) == (first.say.turn, first.say.kind)]
        chosen = min(same, key=lambda sentence: sentence.say.sequence)
        self._waiting.remove(chosen)
        return chosen

    def holds(self, say: Say) -> bool:
        return any(sentence.say == say for sentence in self._waiting)

    def drop(self, unwanted: Callable[[Say], bool]) -> None:
        for sentence in [s for s in self._waiting if unwanted(s.say)]:
            self._waiting.remove(sentence)
            self.cut(sentence)

    def cut(self, sentence: Sentence) -> None:
        """What is still to come of this sentence is not wanted. (The drivers drop the rest of a cancelled turn's.)"""
        if not sentence.complete and sentence.say.turn is None:
            self._cut.append(sentence.say)


def kind_of(sounding: Say | Tone) -> Literal["answer", "filler", "notice", "alert", "tone"]:
    """What it is to the listener: the tone of an alert is part of the alert."""
    if isinstance(sounding, Say):
        return sounding.kind
    return "alert" if sounding.name == "alert" else "tone"
