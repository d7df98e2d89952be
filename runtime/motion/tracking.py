"""Tracks: the same thing from frame to frame, by greedy overlap."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from edgemm.media import NS_PER_S
from runtime.evidence import Evidence
from runtime.evidence.contest import iou


@dataclass(frozen=True)
class TrackingSettings:
    least_iou: float = 0.3
    """Overlap that a detection needs with a track's last box; SORT (Bewley et al. 2016) uses 0.3."""
    same_thing_iou: float = 0.7
    """Boxes of one kind that overlap more are one thing with two names."""
    lost_after_s: float = 0.6
    """A track that is not seen for longer ends."""


@dataclass
class Track:
    """One thing; `last` is its newest observation."""

    track_id: int
    last: Evidence


@dataclass
class Tracker:
    """Gives evidence its `track_id`. Time is the evidence's capture time."""

    settings: TrackingSettings = field(default_factory=TrackingSettings)
    _tracks: list[Track] = field(default_factory=list)
    _next_id: int = 1

    def update(self, seen: Iterable[Evidence]) -> tuple[Evidence, ...]:
        """`seen` of one frame with track ids: the pair with the largest overlap first, of one kind only.

        Two names for one thing have one track.
        """
        seen = tuple(seen)
        if seen:
            self._drop_lost(seen[0].capture_time_ns)
        thing_of = self._things(seen)
        things = sorted(set(thing_of))
        followed = self._followed(tuple(seen[i] for i in things))
        ids = {i: e.track_id for i, e in zip(things, followed, strict=True)}
        return tuple(replace(e, track_id=ids[thing]) for e, thing in zip(seen, thing_of, strict=True))

    def _things(self, seen: tuple[Evidence, ...]) -> list[int]:
        """For each the index of the surest observation of the same thing: mostly its own."""
        thing_of = list(range(len(seen)))
        things: list[int] = []
        for i in sorted(range(len(seen)), key=lambda i: -seen[i].score):
            same = (t for t in things if kind(seen[t].label) == kind(seen[i].label))
            thing_of[i] = next((t for t in same if _overlap(seen[t], seen[i]) >= self.settings.same_thing_iou), i)
            if thing_of[i] == i:
                things.append(i)
        return thing_of

    def _followed(self, seen: tuple[Evidence, ...]) -> tuple[Evidence, ...]:
        pairs = sorted(
            (
                (_overlap(track.last, e), i, track)
                for i, e in enumerate(seen)
                for track in self._tracks
                if kind(track.last.label) == kind(e.label)
            ),
            key=lambda pair: (-pair[0], pair[1], pair[2].track_id),
        )
        chosen: dict[int, Track] = {}
        taken: set[int] = set()
        for overlap, i, track in pairs:
            if overlap >= self.settings.least_iou and i not in chosen and track.track_id not in taken:
                chosen[i] = track
                taken.add(track.track_id)
        return tuple(self._follow(chosen.get(i), e) for i, e in enumerate(seen))

    def reset(self) -> None:
        """Forget all tracks: the picture was cut."""
        self._tracks.clear()

    def _follow(self, track: Track | None, seen: Evidence) -> Evidence:
        if track is None:
            track = Track(self._next_id, seen)
            self._next_id += 1
            self._tracks.append(track)
        track.last = replace(seen, track_id=track.track_id)
        return track.last

    def _drop_lost(self, now_ns: int) -> None:
        limit_ns = int(self.settings.lost_after_s * NS_PER_S)
        self._tracks = [track for track in self._tracks if now_ns - track.last.capture_time_ns <= limit_ns]


_KINDS = {
    **dict.fromkeys(("car", "truck", "bus", "train"), "vehicle"),
    **dict.fromkeys(("cat", "dog", "horse", "sheep", "cow", "elephant", "bear", "zebra", "giraffe"), "animal"),
}


def kind(label: str) -> str:
    """Detectors change their mind between vehicles, or animals, from frame to frame; the thing stays the same."""
    return _KINDS.get(label, label)


def _overlap(one: Evidence, other: Evidence) -> float:
    return 0.0 if one.region is None or other.region is None else iou(one.region, other.region)
