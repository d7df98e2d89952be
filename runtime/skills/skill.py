"""What a skill is: a name, the phrases that ask for it, its slots, and one function that answers."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from runtime.evidence import Evidence, EvidenceKind
from runtime.items import Alert, Effect, Scene, SourceState, TurnRef, ViewState, Working
from runtime.language.wording import Names

Slots = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Request:
    """What was asked."""

    turn: TurnRef
    text: str
    slots: Slots = ()

    def slot(self, name: str) -> str | None:
        return dict(self.slots).get(name)


@dataclass(frozen=True)
class Sentence:
    """A sentence to speak and what it rests on. A `refused` one says why there is no answer."""

    text: str
    evidence: tuple[Evidence, ...] = ()
    refused: bool = False


class Look(Protocol):
    """What a skill may see of the world: the newest scene, its state, and ways to look closer."""

    @property
    def now_ns(self) -> int:
        """Stream time."""

    @property
    def wall_time(self) -> datetime:
        """Local time of day; a session has a fixed one."""

    @property
    def scene(self) -> Scene | None:
        """The newest analysed frame."""

    @property
    def view(self) -> ViewState | None:
        """Whether the newest frame can support an answer."""

    @property
    def horizontal_fov_deg(self) -> float | None:
        """None when unknown: directions are then left, ahead, right."""

    @property
    def spoken(self) -> tuple[str, ...]:
        """Sentences of the last answer that was heard, in order."""

    @property
    def alert(self) -> tuple[int, Alert] | None:
        """The last alert and the stream time (ns) at which it was raised."""

    @property
    def unwatched(self) -> str | None:
        """Why something that comes closer might go unannounced now; None while it would be announced."""

    @property
    def faults_ns(self) -> Mapping[str, int]:
        """When each stage that ever failed did so last, by its name."""

    @property
    def sources(self) -> Mapping[str, SourceState]:
        """Last reported state of camera, microphone and speaker."""

    @property
    def max_age_ns(self) -> int:
        """Age above which a picture no longer supports an answer."""

    @property
    def label_names(self) -> frozenset[str]:
        """What the classifier can name beyond the detector's classes, and groups of that, in lower case."""

    @property
    def animal_names(self) -> frozenset[str]:
        """Those of them that are animals."""

    def gather(self, kind: EvidenceKind) -> Generator[Working, None, tuple[Evidence, ...]]:
        """Look closer: `found = yield from look.gather("label")`. Kept for the frame once complete."""
        ...

    def watch(self, kind: EvidenceKind) -> Iterator[tuple[Evidence, ...]]:
        """The same while it grows: what has been found so far, for skills that speak before the end."""
        ...


Step = Working | Sentence | Effect
"""What an answer yields: work in between, sentences in speaking order, and changes it asks for."""


def takes_none(text: str) -> bool:
    """For skills that are found by their phrases alone."""
    return False


def no_slots(text: str) -> Slots:
    """For skills that need nothing but to be asked."""
    return ()


@dataclass(frozen=True)
class Skill:
    """One thing that the assistant can do. `phrases` are examples for the router: adding one is one line."""

    name: str
    phrases: tuple[str, ...]
    answer: Callable[[Request, Look], Iterator[Step]]
    slots: Callable[[str], Slots] = no_slots
    """Reads what the text names: `(("thing", "cup"),)`."""
    names: Names = "nothing"
    """What a request may name."""
    words: str = ""
    """Words beside those of its phrases in which it may be asked for. Any other word means another question ..."""
    words_after: str = ""
    """... and so does one after a thing that is named, but for these and those of its phrases."""
    takes: Callable[[str], bool] = takes_none
    """Texts that are its own whatever phrase they are nearest to."""
    help: str = ""
    """How `help` offers it: "what do you see?"."""
    in_part: bool = False
    """Whether it is done too when only a part of what was said has been heard."""
    looks: bool = True
    """False for skills whose answers do not rest on the picture: they have no frame age."""
