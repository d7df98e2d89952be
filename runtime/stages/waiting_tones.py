"""Tones while the person waits for an answer: that the question was heard, and that the answer takes long."""

from __future__ import annotations

from collections.abc import Iterator

from edgemm.media import NS_PER_MS
from runtime.items import Tone, TurnRef


class WaitingTones:
    """From a turn's confirmation until it is answered, cancelled, or silence is asked for."""

    def __init__(self, heard_ms: float, thinking_ms: float) -> None:
        self._after_ms = ((heard_ms, Tone("heard")), (thinking_ms, Tone("thinking")))
        self._waiting: TurnRef | None = None
        self._void: TurnRef | None = None
        """The last cancelled turn: its confirmation may come after, and promises no answer."""
        self._since_ns = 0
        self._due: list[tuple[float, Tone]] = []

    def confirmed(self, turn: TurnRef, now_ns: int) -> None:
        if turn != self._void:
            self._waiting, self._since_ns, self._due = turn, now_ns, list(self._after_ms)

    def cancelled(self, turn: TurnRef) -> None:
        self._void = turn
        self.answered(turn)

    def answered(self, turn: TurnRef) -> None:
        if self._waiting is not None and turn.turn_id == self._waiting.turn_id:
            self._waiting = None

    def silence(self) -> None:
        """The person wants to hear nothing more."""
        self._waiting = None

    def sound(self, now_ns: int) -> Iterator[Tone]:
        """The tones that are due."""
        while self._waiting is not None and self._due:
            after_ms, tone = self._due[0]
            if now_ns - self._since_ns < after_ms * NS_PER_MS:
                return
            self._due.pop(0)
            yield tone
