"""The terminal as a source: a typed line is a question, an empty one a press of the button."""

from __future__ import annotations

import select
import sys
from collections import deque
from typing import TextIO

from runtime.items import Item, Press, TurnConfirmed, TurnRef, TurnText

READ_TIMEOUT_S = 0.2


class Keyboard:
    """Yields TurnText and its TurnConfirmed, or Press. Typed turns count downwards: they never meet those heard."""

    name = "keyboard"

    def __init__(self, stream: TextIO | None = None) -> None:
        self._stream = stream or sys.stdin
        self._waiting: deque[Item] = deque()
        self._turn_id = 0
        self._ended = False

    def open(self) -> None:
        """Nothing to open: the terminal is there."""

    def read(self) -> Item | None:
        if self._waiting:
            return self._waiting.popleft()
        ready, _, _ = select.select([] if self._ended else [self._stream], [], [], READ_TIMEOUT_S)
        line = self._stream.readline() if ready else None
        if line is None:
            return None
        self._ended = not line
        if self._ended:
            return None
        if not line.strip():
            return Press("key")
        return self.ask(line.strip())

    def ask(self, text: str) -> TurnText:
        """The items of a typed question: the first is returned, the rest wait for `read`."""
        self._turn_id -= 1
        turn = TurnRef(self._turn_id, 0)
        self._waiting.append(TurnConfirmed(turn, 0))
        return TurnText(turn, text)

    def close(self) -> None:
        """The terminal is not ours to close."""
