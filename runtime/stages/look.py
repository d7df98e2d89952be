"""Look: the newest frame → Scene: what the detector sees, tracked.

frame  VideoFrame (latest) → Scene, or nothing for a frame that comes too early
view   ViewState           kept; stands in the scenes that follow
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from edgemm.media import NS_PER_S, VideoFrame
from runtime.evidence import Observer
from runtime.items import Item, Scene, ViewState
from runtime.motion.tracking import Tracker

State = Literal["ok", "dark", "bright", "blurred", "covered", "frozen", "stale", "missing"]


EARLY = 0.25
"""Part of the period by which a frame may come too early: a camera is not exact, and need not divide the rate."""


class Look:
    """One detector pass for each frame that it has time for, at most `frames_per_s`: speech shares the cores."""

    def __init__(self, objects: Observer, tracker: Tracker | None = None, frames_per_s: float | None = None) -> None:
        self._objects = objects
        self._tracker = tracker or Tracker()
        self._period_ns = 0 if frames_per_s is None else int(NS_PER_S / frames_per_s)
        self._due_ns: int | None = None
        self._state: State = "ok"

    def step(self, port: str, item: Item, now_ns: int) -> Iterator[Item]:
        if isinstance(item, ViewState):
            self._state = item.state
        elif isinstance(item, VideoFrame) and self._is_due(item.capture_time_ns):
            yield self._scene(item)

    def _is_due(self, time_ns: int) -> bool:
        """By capture times, so that a replay takes the same frames."""
        due_ns = time_ns if self._due_ns is None else self._due_ns
        if time_ns < due_ns - EARLY * self._period_ns:
            return False
        behind = time_ns >= due_ns + self._period_ns
        self._due_ns = (time_ns if behind else due_ns) + self._period_ns
        return True

    def _scene(self, frame: VideoFrame) -> Scene:
        *_, seen = self._objects.gather(frame, ())
        view = ViewState(frame.frame_id, frame.capture_time_ns, self._state)
        return Scene(frame=frame, evidence=self._tracker.update(seen), view=view)
