"""Record a run as a session: what came in, and the events that came of it."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress

from edgemm.errors import StorageError
from edgemm.media import NS_PER_S, AudioChunk, VideoFrame
from runtime.items import Item, Scene, SourceState
from runtime.sessions.session_writer import SessionWriter
from runtime.sinks.recordings import Room
from runtime.telling.lines import Teller

FRAMES_PER_S = 10.0
"""Encoding every frame of a fast camera would cost a core; ten a second show what happened."""


class Recorder:
    """A tap. `start_ns` is the run's time 0. It ends for good when the disk refuses or `room` has none left.

    With `tell`, that end is told as a SourceState, once; without it the StorageError is raised.
    """

    def __init__(
        self,
        writer: SessionWriter,
        start_ns: int = 0,
        frames_per_s: float = FRAMES_PER_S,
        *,
        room: Room | None = None,
        tell: Callable[[Item], None] | None = None,
    ) -> None:
        self._writer = writer
        self._start_ns = start_ns
        self._period_ns = int(NS_PER_S / frames_per_s)
        self._next_frame_ns = start_ns
        self._teller = Teller(start_ns)
        self._room = room
        self._tell = tell
        self._closed = False
        self.ended: StorageError | None = None
        """Why it ended before it was closed."""

    def __call__(self, time_ns: int, producer: str, item: Item) -> None:
        if self._closed:
            return
        try:
            self._record(time_ns, producer, item)
            if self._room is not None:
                self._room.keep(self._writer.size_bytes)
        except StorageError as error:
            self._end(error)

    def close(self) -> None:
        """Finish the session. Raises StorageError."""
        if not self._closed:
            self._closed = True
            self._writer.close()

    def _end(self, error: StorageError) -> None:
        self._closed = True
        self.ended = error
        with suppress(StorageError):  # a full disk may hold no index either; it is read with --recover
            self._writer.close()
        if self._tell is None:
            raise error
        remedy = error.remedy or "Free some space."
        self._tell(SourceState("recording", "stalled", str(error), f"{remedy} What is recorded so far is kept."))

    def _record(self, time_ns: int, producer: str, item: Item) -> None:
        arrival_ns = time_ns - self._start_ns
        if isinstance(item, VideoFrame):
            self._frame(time_ns, item)
        elif isinstance(item, AudioChunk):
            shifted = AudioChunk(item.samples, item.sample_rate_hz, max(0, item.capture_time_ns - self._start_ns))
            self._writer.sound(arrival_ns, shifted)
        else:
            event = self._teller.event_of(time_ns, producer, item)
            if event is not None:
                self._writer.event(arrival_ns, event)
                if isinstance(item, Scene):
                    self._writer.boxes(arrival_ns, item.evidence, item.frame.width, item.frame.height)

    def _frame(self, time_ns: int, frame: VideoFrame) -> None:
        if time_ns < self._next_frame_ns:
            return
        self._next_frame_ns = max(self._next_frame_ns + self._period_ns, time_ns - self._period_ns)
        captured_ns = max(0, frame.capture_time_ns - self._start_ns)
        self._writer.frame(
            time_ns - self._start_ns, VideoFrame(frame.pixels, captured_ns, frame.frame_id, frame.colour_order)
        )
