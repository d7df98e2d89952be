"""Hand-made scenes for tests of skills: things with boxes, and a look at them."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

import numpy as np

from edgemm.media import NS_PER_S, VideoFrame
from runtime.evidence import Evidence, EvidenceKind, Region
from runtime.items import Alert, Effect, Scene, SourceState, TurnRef, ViewState, Working
from runtime.skills import SKILLS, Request, Sentence

NOW_NS = 10 * NS_PER_S
TURN = TurnRef(1, 0)
AHEAD: Region = (0.4, 0.3, 0.6, 0.7)
LEFT: Region = (0.02, 0.3, 0.2, 0.7)
RIGHT: Region = (0.8, 0.3, 0.98, 0.7)


def thing(label: str, region: Region = AHEAD, score: float = 0.8, kind: EvidenceKind = "object") -> Evidence:
    return Evidence(kind, label, score, region, "test", NOW_NS, 7)


def label(name: str, score: float, region: Region | None = None) -> Evidence:
    return Evidence("label", name, score, region, "test", NOW_NS, 7)


def scene(*seen: Evidence, time_ns: int = NOW_NS, state: str = "ok") -> Scene:
    frame = VideoFrame(np.zeros((72, 128, 3), np.uint8), time_ns, 7)
    return Scene(frame, seen, ViewState(7, time_ns, state))  # type: ignore[arg-type]


@dataclass
class HandMadeLook:
    """A `Look` whose every part is given."""

    scene: Scene | None = field(default_factory=scene)
    view: ViewState | None = None
    found: Mapping[str, tuple[Evidence, ...]] = field(default_factory=dict)
    now_ns: int = NOW_NS
    wall_time: datetime = datetime(2026, 11, 24, 17, 7)
    horizontal_fov_deg: float | None = 60.0
    spoken: tuple[str, ...] = ()
    alert: tuple[int, Alert] | None = None
    unwatched: str | None = None
    faults_ns: Mapping[str, int] = field(default_factory=dict)
    sources: Mapping[str, SourceState] = field(default_factory=dict)
    max_age_ns: int = NS_PER_S
    label_names: frozenset[str] = frozenset({"daisy", "gibbon", "butterfly"})
    animal_names: frozenset[str] = frozenset({"gibbon"})

    def gather(self, kind: EvidenceKind) -> Generator[Working, None, tuple[Evidence, ...]]:
        yield Working()
        return self.found.get(kind, ())

    def watch(self, kind: EvidenceKind) -> Iterator[tuple[Evidence, ...]]:
        found = self.found.get(kind, ())
        yield from (found[:count] for count in range(len(found) + 1))


def ask(skill: str, text: str, look: HandMadeLook) -> list[Sentence | Effect]:
    """The sentences and effects of a skill for a question."""
    chosen = SKILLS[skill]
    request = Request(TURN, text, chosen.slots(text))
    return [step for step in chosen.answer(request, look) if not isinstance(step, Working)]


def spoken(skill: str, text: str, look: HandMadeLook) -> str:
    return " ".join(step.text for step in ask(skill, text, look) if isinstance(step, Sentence))


def refused(skill: str, text: str, look: HandMadeLook) -> bool:
    return any(step.refused for step in ask(skill, text, look) if isinstance(step, Sentence))
