"""Answer: the skill that a turn asks for, run over the newest scene, sentence by sentence.

routed    Routed       → Say…, Effect…, Answer  (and Working in between)
scene     Scene        kept, the newest
view      ViewState    kept
source    SourceState  kept, by source
playback  Playback     kept: what was heard of the last answer
alert     Alert        kept, the newest
watched   Watched      kept, the newest
fault     Fault        kept: when, by stage
"""

from __future__ import annotations

from collections.abc import Generator, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from edgemm.media import NS_PER_MS
from runtime.evidence import Evidence, EvidenceKind
from runtime.items import (
    Alert,
    Answer,
    Fault,
    Item,
    Playback,
    Routed,
    Say,
    Scene,
    SourceState,
    TurnRef,
    ViewState,
    Watched,
    Working,
)
from runtime.skills import FALLBACK, SKILLS
from runtime.skills.skill import Request, Sentence, Skill
from runtime.skills.watching import why_unwatched
from runtime.stages.clock import Clock
from runtime.stages.observers import ObserverFactory, Observers


@dataclass(frozen=True)
class AnswerSettings:
    """`max_frame_age_s`: a picture that is older no longer supports an answer."""

    horizontal_fov_deg: float | None = None
    max_frame_age_s: float = 1.0
    alerts: bool = True
    """Whether things that come closer are watched for."""
    label_names: frozenset[str] = frozenset()
    """What the classifier can name, in lower case: its classes and groups of them."""
    animal_names: frozenset[str] = frozenset()
    """Those of them that are animals: names that it gives reliably."""


@dataclass(frozen=True)
class View:
    """`runtime.skills.skill.Look`, frozen when the answer begins: one answer speaks of one moment."""

    now_ns: int
    wall_time: datetime
    scene: Scene | None
    view: ViewState | None
    horizontal_fov_deg: float | None
    spoken: tuple[str, ...]
    alert: tuple[int, Alert] | None
    unwatched: str | None
    faults_ns: Mapping[str, int]
    sources: Mapping[str, SourceState]
    max_age_ns: int
    label_names: frozenset[str]
    animal_names: frozenset[str]
    observers: Observers

    def gather(self, kind: EvidenceKind) -> Generator[Working, None, tuple[Evidence, ...]]:
        found: tuple[Evidence, ...] = ()
        for found in self.watch(kind):  # noqa: B007 - the last is the whole
            yield Working()
        return found

    def watch(self, kind: EvidenceKind) -> Iterator[tuple[Evidence, ...]]:
        if self.scene is not None:
            yield from self.observers.watch(kind, self.scene)


class AnswerStage:
    """Keeps the newest of everything and lets skills answer from it."""

    def __init__(
        self,
        observers: Mapping[EvidenceKind, ObserverFactory],
        clock: Clock,
        settings: AnswerSettings | None = None,
        skills: Mapping[str, Skill] = SKILLS,
    ) -> None:
        self._observers = Observers(observers)
        self._clock = clock
        self._settings = settings or AnswerSettings()
        self._skills = skills
        self._scene: Scene | None = None
        self._view: ViewState | None = None
        self._sources: dict[str, SourceState] = {}
        self._alert: tuple[int, Alert] | None = None
        self._watched: Watched | None = None
        self._faults_ns: dict[str, int] = {}
        self._spoken: tuple[str, ...] = ()
        self._spoken_turn: int | None = None

    def step(self, port: str, item: Item, now_ns: int) -> Iterator[Item]:
        if isinstance(item, Routed):
            if item.addressed:
                yield from self._answer(item, now_ns)
        elif isinstance(item, Scene):
            self._scene = item
        elif isinstance(item, ViewState):
            self._view = item
        elif isinstance(item, SourceState):
            self._sources[item.source] = item
        elif isinstance(item, Alert):
            self._alert = (now_ns, item)
        elif isinstance(item, Watched):
            self._watched = item
        elif isinstance(item, Fault):
            self._faults_ns[item.stage] = now_ns
        elif isinstance(item, Playback):
            self._keep_spoken(item)

    def _keep_spoken(self, playback: Playback) -> None:
        """Sentences of the newest turn whose playing has begun."""
        if playback.state != "started" or playback.turn is None or not playback.text:
            return
        same = playback.turn.turn_id == self._spoken_turn
        self._spoken = (*self._spoken, playback.text) if same else (playback.text,)
        self._spoken_turn = playback.turn.turn_id

    def _look(self, now_ns: int) -> View:
        return View(
            now_ns=now_ns,
            wall_time=self._clock.at(now_ns),
            scene=self._scene,
            view=self._view,
            horizontal_fov_deg=self._settings.horizontal_fov_deg,
            spoken=self._spoken,
            alert=self._alert,
            unwatched=why_unwatched(self._settings.alerts, self._watched, now_ns),
            faults_ns=dict(self._faults_ns),
            sources=dict(self._sources),
            max_age_ns=int(self._settings.max_frame_age_s * 1e9),
            label_names=self._settings.label_names,
            animal_names=self._settings.animal_names,
            observers=self._observers,
        )

    def _answer(self, routed: Routed, now_ns: int) -> Iterator[Item]:
        skill = self._skills.get(routed.skill, FALLBACK)
        look = self._look(now_ns)
        said: list[Sentence] = []
        for step in skill.answer(Request(routed.turn, routed.text, routed.slots), look):
            if isinstance(step, Sentence):
                said.append(step)
                yield _say(step, routed.turn, len(said) - 1)
            else:
                yield step
        yield _whole(routed, skill, said, look)


def _say(sentence: Sentence, turn: TurnRef, sequence: int) -> Say:
    return Say(sentence.text, kind="answer", turn=turn, sequence=sequence)


def _whole(routed: Routed, skill: Skill, said: list[Sentence], look: View) -> Answer:
    """Its age is that of its oldest evidence, else that of the scene in which nothing was seen."""
    evidence = tuple(dict.fromkeys(e for sentence in said for e in sentence.evidence))
    times = [e.capture_time_ns for e in evidence]
    if skill.looks and look.scene is not None:
        times.append(look.scene.frame.capture_time_ns)
    return Answer(
        turn=routed.turn,
        skill=skill.name,
        text=" ".join(sentence.text for sentence in said),
        refused=bool(said) and said[0].refused,
        evidence=evidence,
        frame_age_ms=(look.now_ns - min(times)) / NS_PER_MS if times else None,
        slots=routed.slots,
    )
