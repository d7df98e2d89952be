"""What must come of a moment in a session: the `/truth` channel, one `Expectation` per question or hazard."""

from __future__ import annotations

import re
from typing import Literal

from pydantic import BaseModel, ConfigDict, field_validator, model_validator


class Expectation(BaseModel):
    """Between `from_s` and `to_s` of the session's time, this must happen.

    Texts are searched for with regular expressions, ignoring case.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    """Short name, unique in its session."""
    from_s: float
    to_s: float
    kind: Literal["speech", "answer", "refusal", "interruption", "alert", "silence"]
    """`speech`: something is said unasked (ready). `interruption`: what is being said is cut because of the user.
    `alert`: a hazard is told, and cuts what is being said if `pre_empts`. `silence`: nothing is answered."""
    asked: str = ""
    """The words that are spoken to the microphone."""
    in_view: str = ""
    """What the camera shows, for a reader."""
    heard_any: tuple[str, ...] = ()
    """One of these must be in the transcript of the turn that is answered."""
    skill: str | None = None
    """The skill that must answer."""
    said_any: tuple[str, ...] = ()
    """One of these must be in what is said."""
    said_all: tuple[str, ...] = ()
    """All of these must be in what is said."""
    said_none: tuple[str, ...] = ()
    """None of these may be in what is said."""
    pre_empts: bool = False
    """For an alert: other speech must be cut by it."""

    @field_validator("heard_any", "said_any", "said_all", "said_none")
    @classmethod
    def _patterns_compile(cls, patterns: tuple[str, ...]) -> tuple[str, ...]:
        for pattern in patterns:
            try:
                re.compile(pattern)
            except (re.error, RecursionError, OverflowError) as error:
                raise ValueError(f"expected a regular expression, found {pattern[:40]!r}: {error}") from error
        return patterns

    @model_validator(mode="after")
    def _window_is_open(self) -> Expectation:
        if not 0 <= self.from_s < self.to_s:
            raise ValueError(f"expected 0 <= from_s < to_s, found {self.from_s} and {self.to_s}")
        return self

    def wrong_in(self, said: str) -> str | None:
        """Why `said` is not what must be said; None when it is."""
        if self.said_any and not any(_found(pattern, said) for pattern in self.said_any):
            return f"none of {list(self.said_any)} in {said!r}"
        for pattern in self.said_all:
            if not _found(pattern, said):
                return f"no {pattern!r} in {said!r}"
        for pattern in self.said_none:
            if _found(pattern, said):
                return f"{pattern!r} in {said!r}"
        return None

    def wrong_in_heard(self, heard: str) -> str | None:
        """Why the transcript is not what was asked; None when it is."""
        if self.heard_any and not any(_found(pattern, heard) for pattern in self.heard_any):
            return f"heard {heard!r}, expected one of {list(self.heard_any)}"
        return None


def _found(pattern: str, text: str) -> bool:
    return re.search(pattern, text, re.IGNORECASE) is not None
