"""The line itself: time, devices, and what was lost on the way."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Tick:
    """Time passes, whether or not a device delivers. Sent at the period that a stage's row declares."""


@dataclass(frozen=True)
class Working:
    """Nothing yet: a stage in a long piece of work lets the driver interrupt it here. Goes nowhere."""


@dataclass(frozen=True)
class SourceState:
    """A source's health. `remedy` is spoken when the state is not ok; `ended`: a recording is over, nothing is broken.

    The `detail` of a source that is ok says what it passed over.
    """

    source: Literal["camera", "microphone", "speaker", "button", "event log", "recording"]
    state: Literal["ok", "missing", "stalled", "ended"]
    detail: str = ""
    remedy: str = ""


@dataclass(frozen=True)
class Overrun:
    """A lossless link lost something after all, a latest-wins link dropped frames, or a sound device lost blocks."""

    link: str
    count: int


@dataclass(frozen=True)
class Fault:
    """A stage failed on an item; its lane goes on with the next."""

    stage: str
    message: str


LineItem = Tick | Working | SourceState | Overrun | Fault
