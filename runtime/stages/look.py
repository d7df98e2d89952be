"""Look: the newest frame → Scene: what the detector sees, tracked.

frame  VideoFrame (latest) → Scene
view   ViewState           kept; stands in the scenes that follow
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from edgemm.media import VideoFrame
from runtime.evidence import Observer
from runtime.items import Item, Scene, ViewState
from runtime.tracking import Tracker

State = Literal["ok", "dark", "bright", "blurred", "covered", "frozen", "stale", "missing"]


class Look:
    """One detector pass for each frame that it has time for."""

    def __init__(self, objects: Observer, tracker: Tracker | None = None) -> None:
        self._objects = objects
        self._tracker = tracker or Tracker()
        self._state: State = "ok"

    def step(self, port: str, item: Item, now_ns: int) -> Iterator[Item]:
        if isinstance(item, ViewState):
            self._state = item.state
        elif isinstance(item, VideoFrame):
            yield self._scene(item)

    def _scene(self, frame: VideoFrame) -> Scene:
        *_, seen = self._objects.gather(frame, ())
        view = ViewState(frame.frame_id, frame.capture_time_ns, self._state)
        return Scene(frame=frame, evidence=self._tracker.update(seen), view=view)
