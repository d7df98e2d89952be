"""What the person must know without seeing it: what is lost or back, what makes alerts blind, tones while they wait."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from edgemm.media import NS_PER_S
from runtime.items import (
    Cancel,
    Effect,
    Fault,
    Item,
    Playback,
    Press,
    Say,
    SourceState,
    SpeakerClear,
    Tick,
    Tone,
    TurnConfirmed,
    ViewState,
    Wake,
    Watched,
)
from runtime.language.phrasing import sentence
from runtime.skills.troubles import WATCHERS, fails_now
from runtime.skills.unseen import UNUSABLE_VIEWS, VIEW_REASONS, source_reason
from runtime.stages.standing import SETTLED_S, Standing, Trouble
from runtime.stages.waiting_tones import WaitingTones

OPENING_S = 8.0
"""A camera that has not shown a picture yet may take so long to open."""

ASLEEP_NS = 3 * NS_PER_S
"""Good pictures for so long of which none was watched: alerts have stopped."""

AWAKE = "I watch again for things that come closer."

MUTE = frozenset({"voice", "floor", "speaker", "speaker_device"})
"""While one of them fails, only a tone can say so."""


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
    on_duty: bool = True
    """Somebody relies on alerts: what makes them blind is told unasked."""


class Notices:
    """Ports: `source` (SourceState), `fault` (Fault), `view` (ViewState), `watched` (Watched), `wake` (Wake),
    `confirmed` (TurnConfirmed), `cancel` (Cancel), `silence` (Effect, SpeakerClear, Press), `playback`
    (Playback), `tick`.

    Yields Say of kind `notice`, and Tone.
    """

    def __init__(self, settings: NoticeSettings | None = None) -> None:
        self._settings = settings or NoticeSettings()
        self._tones = WaitingTones(self._settings.heard_ms, self._settings.thinking_ms)
        self._standings: dict[str, Standing] = {}
        self._events_ns: dict[str, int] = {}
        self._sources: dict[str, SourceState] = {}
        self._view: ViewState | None = None
        self._has_seen = False
        """There was a picture, whatever it showed."""
        self._awake_ns: int | None = None
        """When a frame was last watched, or the view became good after that; None before there was a good view."""
        self._blind_by: Trouble | None = None
        """A fault of the eyes since the last frame that was watched."""

    def step(self, port: str, item: Item, now_ns: int) -> Iterator[Item]:
        if isinstance(item, (SourceState, ViewState, Watched, Fault)):
            yield from self._learn(item, now_ns)
        elif isinstance(item, Wake) and item.by != "follow_up":
            yield from self._sound(Tone("listening"))
        elif isinstance(item, TurnConfirmed):
            self._tones.confirmed(item.turn, now_ns)
        elif isinstance(item, Cancel):
            self._tones.cancelled(item.turn)
        elif isinstance(item, Playback) and item.turn is not None:
            self._tones.answered(item.turn)
        elif isinstance(item, (SpeakerClear, Press)) or (isinstance(item, Effect) and item.name == "stop"):
            self._tones.silence()
        elif isinstance(item, Tick):
            yield from self._due(now_ns)
            for tone in self._tones.sound(now_ns):
                yield from self._sound(tone)

    def _learn(self, item: SourceState | ViewState | Watched | Fault, now_ns: int) -> Iterator[Item]:
        if isinstance(item, SourceState):
            self._sources[item.source] = item
            if item.source != "camera":
                self._standing(item.source).is_now(_lost(item), now_ns)
        elif isinstance(item, ViewState):
            self._view = item
            self._has_seen |= item.state != "missing"
            self._awake_ns = now_ns if item.state == "ok" else None
        elif isinstance(item, Watched):
            self._blind_by = None
            self._awake_ns = now_ns if self._awake_ns is not None else None
        elif item.stage in MUTE:
            yield Tone("fault")
        elif item.stage in WATCHERS and self._settings.on_duty:
            self._blind_by = Trouble(fails_now(item.stage), AWAKE)
        else:
            yield from self._event(fails_now(item.stage), now_ns)
        yield from self._due(now_ns)

    def _due(self, now_ns: int) -> Iterator[Item]:
        """What is to be told of all that stands, after its last word was taken in."""
        self._standing("sight").is_now(self._unseen(), now_ns)
        self._standing("alerts").is_now(self._blind(now_ns), now_ns)
        for standing in self._standings.values():
            text = standing.due(now_ns)
            if text is not None:
                yield Say(text, "notice")

    def _unseen(self) -> Trouble | None:
        """The camera's fault, or else the picture's, as far as alerts would miss something for it."""
        camera = self._sources.get("camera")
        lost = None if camera is None else _lost(camera)
        if lost is not None or self._view is None or self._view.state == "ok" or not self._settings.on_duty:
            return lost
        blind = self._view.state in UNUSABLE_VIEWS
        misses = "I can't warn you of what comes closer now" if blind else "I may miss what comes closer"
        settle_s = SETTLED_S if self._has_seen else OPENING_S
        return Trouble(f"{misses}: {VIEW_REASONS[self._view.state]}", "The picture is clear again.", settle_s)

    def _blind(self, now_ns: int) -> Trouble | None:
        """Alerts that have stopped although the picture is good."""
        asleep = self._awake_ns is not None and now_ns - self._awake_ns > ASLEEP_NS
        if self._blind_by is None and asleep and self._settings.on_duty:
            self._blind_by = Trouble(fails_now("hazard"), AWAKE)
        return self._blind_by

    def _event(self, text: str, now_ns: int) -> Iterator[Item]:
        """What happens rather than stands: told again after `repeat_s` at the earliest."""
        last_ns = self._events_ns.get(text)
        if last_ns is None or now_ns - last_ns >= self._settings.repeat_s * NS_PER_S:
            self._events_ns[text] = now_ns
            yield Say(text, "notice")

    def _standing(self, name: str) -> Standing:
        return self._standings.setdefault(name, Standing(self._settings.repeat_s))

    def _sound(self, tone: Tone) -> Iterator[Item]:
        if tone.name in self._settings.tones:
            yield tone


def _lost(source: SourceState) -> Trouble | None:
    """A source that does not work, with its remedy."""
    reason = source_reason(source)
    return None if reason is None else Trouble(sentence(reason), f"The {source.source} works again.")
