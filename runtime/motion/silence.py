"""Which things have been announced a moment ago, so that each is announced once and no other is kept back for it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from runtime.evidence import Evidence
from runtime.evidence.contest import iou
from runtime.motion.tracking import kind

SAME_PLACE_IOU = 0.3
"""A new track of the same kind, where an announced one was lost, is that thing found again."""


@dataclass
class _Announced:
    until_s: float
    last: Evidence


@dataclass
class Silence:
    """Per track, for `lasts_s` after its announcement."""

    lasts_s: float
    _announced: dict[int, _Announced] = field(default_factory=dict)
    _newest_track: int = 0

    def follow(self, seen: Iterable[Evidence], time_s: float) -> None:
        """What is in view now: silence goes with its thing, also into the track in which a lost one is found again."""
        in_view = {e.track_id: e for e in seen if e.track_id is not None}
        new = [e for track, e in in_view.items() if track > self._newest_track]
        self._newest_track = max([self._newest_track, *in_view])
        for track, announced in list(self._announced.items()):
            if time_s >= announced.until_s:
                del self._announced[track]
            elif track in in_view:
                announced.last = in_view[track]
            else:
                again = next((e for e in new if _same_thing(e, announced.last)), None)
                if again is not None and again.track_id is not None:
                    del self._announced[track]
                    self._announced[again.track_id] = _Announced(announced.until_s, again)

    def may_announce(self, seen: Evidence, time_s: float) -> bool:
        """True once for a track in `lasts_s`."""
        if seen.track_id is None or seen.track_id in self._announced:
            return False
        self._announced[seen.track_id] = _Announced(time_s + self.lasts_s, seen)
        return True


def _same_thing(one: Evidence, other: Evidence) -> bool:
    if one.region is None or other.region is None or kind(one.label) != kind(other.label):
        return False
    return iou(one.region, other.region) >= SAME_PLACE_IOU
