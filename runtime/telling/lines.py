"""What of a stream of items is told: changes of the view rather than each state, a scene at most once a second."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from edgemm.media import NS_PER_S
from runtime.items import Answer, Effect, Item, Routed, Scene, SourceState, Transcript, ViewState
from runtime.telling.events import event_of

SCENE_PERIOD_NS = NS_PER_S
CONFIRMING_STAGE = "floor"
"""Where answers and effects pass once their turn is confirmed."""


class Teller:
    """Turns items into events and leaves out what repeats. One per run; `start_ns` is the run's time 0.

    Without `overheard`, the words of those who may not have spoken to us are left out: of a transcript that nobody
    asked for by word or button, and of a turn that turned out to be meant for somebody else.
    """

    def __init__(self, start_ns: int = 0, *, overheard: bool = True) -> None:
        self._start_ns = start_ns
        self._overheard = overheard
        self._view: str | None = None
        self._sources: dict[str, SourceState] = {}
        self._labels: tuple[str, ...] | None = None
        self._scene_ns = 0

    def event_of(self, time_ns: int, producer: str, item: Item) -> dict[str, Any] | None:
        """The event to tell, or None."""
        if isinstance(item, (Answer, Effect)) and producer != CONFIRMING_STAGE:
            return None  # a guess until the floor lets it through
        if self._repeats(time_ns, item):
            return None
        if not self._overheard:
            item = _without_words(item)
        return event_of(time_ns, producer, item, self._start_ns)

    def _repeats(self, time_ns: int, item: Item) -> bool:
        if isinstance(item, ViewState):
            repeats, self._view = item.state == self._view, item.state
            return repeats
        if isinstance(item, SourceState):
            repeats = self._sources.get(item.source) == item
            self._sources[item.source] = item
            return repeats
        if isinstance(item, Scene):
            return self._scene_repeats(time_ns, item)
        return False

    def _scene_repeats(self, time_ns: int, scene: Scene) -> bool:
        """Told once a second while it changes; the same things once more are nothing new."""
        labels = tuple(sorted(evidence.label for evidence in scene.evidence))
        if labels == self._labels or (self._labels is not None and time_ns - self._scene_ns < SCENE_PERIOD_NS):
            return True
        self._labels, self._scene_ns = labels, time_ns
        return False


def _without_words(item: Item) -> Item:
    if isinstance(item, Transcript) and not item.woken:
        return replace(item, text="")
    if isinstance(item, Routed) and not item.addressed:
        return replace(item, text="", slots=())
    return item
