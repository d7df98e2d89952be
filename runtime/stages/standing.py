"""What stands between the person and one thing that should work, and what they were last told of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

from edgemm.media import NS_PER_S

SETTLED_S = 2.0
"""What has lasted so long is no flicker: a hand before the lens, a shadow, a loose cable."""


class Trouble(NamedTuple):
    """What is told while it lasts, once it has lasted `settle_s`, and when it is over."""

    text: str
    over: str
    settle_s: float = 0.0


@dataclass
class Standing:
    """Holds off what repeats, and always ends with what is so: lost, back, lost is told to its last word.

    A trouble that was told within `repeat_s` is told again once it has lasted `SETTLED_S`. That it is over once more,
    or has changed its cause, waits for the rest of `repeat_s`. So there is no chatter, and nobody goes on believing
    that what is lost works.
    """

    repeat_s: float
    _trouble: Trouble | None = None
    _since_ns: int = 0
    _told: Trouble | None = None
    _said_ns: dict[str, int] = field(default_factory=dict)
    _last_ns: int = 0

    def is_now(self, trouble: Trouble | None, now_ns: int) -> None:
        if trouble != self._trouble:
            self._trouble, self._since_ns = trouble, now_ns

    def due(self, now_ns: int) -> str | None:
        """What is to be told now."""
        if self._trouble == self._told:
            return None
        text = self._told.over if self._trouble is None and self._told is not None else ""
        text = self._trouble.text if self._trouble is not None else text
        if now_ns < self._from_ns(text):
            return None
        self._told = self._trouble
        self._said_ns[text] = self._last_ns = now_ns
        return text

    def _from_ns(self, text: str) -> int:
        """From when on it may be told."""
        said_ns = self._said_ns.get(text)
        repeat_ns = int(self.repeat_s * NS_PER_S)
        if self._trouble is None:
            return self._since_ns if said_ns is None else said_ns + repeat_ns
        again = said_ns is not None and self._since_ns - said_ns < repeat_ns
        if self._told is not None and (again or self._trouble.settle_s):
            return self._last_ns + repeat_ns
        settle_s = max(self._trouble.settle_s, SETTLED_S if again else 0.0)
        return self._since_ns + int(settle_s * NS_PER_S)
