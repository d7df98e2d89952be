"""What the person must know without seeing it: faults with their remedy, recoveries, and tones while they wait."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from edgemm.media import NS_PER_MS, NS_PER_S
from runtime.items import (
    Cancel,
    Fault,
    Item,
    Playback,
    Say,
    SourceState,
    Tick,
    Tone,
    TurnConfirmed,
    TurnRef,
    Wake,
)


@dataclass(frozen=True)
class NoticeSettings:
    """When to speak up, and which tones sound."""

    repeat_s: float = 30.0
    """The same notice is not said again for so long: a flapping cable must not become chatter."""
    heard_ms: float = 250.0
    """Silence after a confirmed turn before the `heard` tone."""
    thinking_ms: float = 1200.0
    """Silence after a confirmed turn before the `thinking` tone."""
    tones: frozenset[str] = frozenset({"listening", "heard", "thinking"})


class Notices:
    """Ports: `source` (SourceState), `fault` (Fault), `wake` (Wake), `confirmed` (TurnConfirmed), `cancel` (Cancel),
    `playback` (Playback), `tick`. Yields Say of kind `notice`, and Tone."""

    def __init__(self, settings: NoticeSettings | None = None) -> None:
        self._settings = settings or NoticeSettings()
        self._said_ns: dict[str, int] = {}
        self._states: dict[str, str] = {}
        self._waiting: TurnRef | None = None
        self._void: TurnRef | None = None
        """The last cancelled turn: its confirmation may come after, and promises no answer."""
        self._waiting_since_ns = 0
        self._tones_due: list[tuple[float, Tone]] = []

    def step(self, port: str, item: Item, now_ns: int) -> Iterator[Item]:
        if isinstance(item, SourceState):
            yield from self._source(item, now_ns)
        elif isinstance(item, Fault):
            yield from self._fault(item, now_ns)
        elif isinstance(item, Wake) and item.by != "follow_up":
            yield from self._tone(Tone("listening"))
        elif isinstance(item, TurnConfirmed) and item.turn != self._void:
            self._waiting, self._waiting_since_ns = item.turn, now_ns
            self._tones_due = [
                (self._settings.heard_ms, Tone("heard")),
                (self._settings.thinking_ms, Tone("thinking")),
            ]
        elif isinstance(item, (Playback, Cancel)):
            if isinstance(item, Cancel):
                self._void = item.turn
            if self._waiting is not None and item.turn is not None and item.turn.turn_id == self._waiting.turn_id:
                self._waiting = None
        elif isinstance(item, Tick):
            yield from self._waited(now_ns)

    def _source(self, item: SourceState, now_ns: int) -> Iterator[Item]:
        before = self._states.get(item.source)
        self._states[item.source] = item.state
        if item.state == before:
            return
        if item.state != "ok":
            yield from self._say(f"The {item.source} is {item.state}. {item.remedy}".strip(), now_ns)
        elif before is not None:
            yield from self._say(f"The {item.source} works again.", now_ns)

    def _fault(self, item: Fault, now_ns: int) -> Iterator[Item]:
        if item.stage in ("voice", "floor"):  # speech itself fails: only a tone can say so
            yield Tone("fault")
        else:
            name = item.stage.replace("_", " ")
            yield from self._say(f"Something went wrong with {name}. I go on without it.", now_ns)

    def _say(self, text: str, now_ns: int) -> Iterator[Item]:
        last_ns = self._said_ns.get(text)
        if last_ns is not None and now_ns - last_ns < self._settings.repeat_s * NS_PER_S:
            return
        self._said_ns[text] = now_ns
        yield Say(text, "notice")

    def _waited(self, now_ns: int) -> Iterator[Item]:
        while self._waiting is not None and self._tones_due:
            after_ms, tone = self._tones_due[0]
            if now_ns - self._waiting_since_ns < after_ms * NS_PER_MS:
                return
            self._tones_due.pop(0)
            yield from self._tone(tone)

    def _tone(self, tone: Tone) -> Iterator[Item]:
        if tone.name in self._settings.tones:
            yield tone
