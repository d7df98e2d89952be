"""Observers: what gathers evidence from the newest picture while somebody asks about it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from runtime.evidence import Evidence, EvidenceKind, Observer
from runtime.items import Scene

ObserverFactory = Callable[[], Observer]
"""Opens an observer on first use: a reader is large and often not needed."""


@dataclass
class Observers:
    """Observers by kind, opened on first use, and what they have found on the newest frame.

    Work that an interrupted answer began is kept: the next answer about the frame goes on with it.
    """

    factories: Mapping[EvidenceKind, ObserverFactory]
    _open: dict[EvidenceKind, Observer] = field(default_factory=dict)
    _found: dict[EvidenceKind, tuple[Evidence, ...]] = field(default_factory=dict)
    _running: dict[EvidenceKind, Iterator[tuple[Evidence, ...]]] = field(default_factory=dict)
    _frame_id: int | None = None

    def watch(self, kind: EvidenceKind, scene: Scene) -> Iterator[tuple[Evidence, ...]]:
        """What has been found so far, again and again; the last is the whole."""
        if kind == "object" or kind not in self.factories:
            yield scene.evidence if kind == "object" else ()
            return
        if scene.frame.frame_id != self._frame_id:
            self._found, self._running, self._frame_id = {}, {}, scene.frame.frame_id
        if kind not in self._running:
            self._running[kind] = self._observer(kind).gather(scene.frame, scene.evidence)
        yield self._found.get(kind, ())
        for found in self._running[kind]:
            self._found[kind] = found
            yield found

    def _observer(self, kind: EvidenceKind) -> Observer:
        if kind not in self._open:
            self._open[kind] = self.factories[kind]()
        return self._open[kind]
