"""The built-in session at live speed, for a terminal with neither camera nor microphone."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from runtime.items import Item, SpeakerAudio, SpeakerClear
from runtime.sessions.session_reader import Session
from runtime.sinks.virtual_speaker import VirtualSpeaker
from runtime.sinks.wav_file import WavTrack
from runtime.sources.pace import Pace
from runtime.sources.session import SessionSource

TAIL_S = 3.0
"""Time after the session's end for what is still being said."""
GREETING = "No devices: this is a demonstration."


class Demonstration:
    """The session's two lanes as sources, and a watch that ends the run when both have ended."""

    def __init__(self, session: Session) -> None:
        pace = Pace()
        self.sources = (SessionSource(session, "camera", pace), SessionSource(session, "microphone", pace))

    def when_over(self, stop: Callable[[], None]) -> None:
        """Call `stop` after the end, from a thread of its own."""

        def watch() -> None:
            while not all(source.ended for source in self.sources):
                time.sleep(0.1)
            time.sleep(TAIL_S)
            stop()

        threading.Thread(target=watch, name="demonstration", daemon=True).start()


class SoundFile:
    """A tap: what is said, as a WAV file, whether or not there is a speaker to say it."""

    def __init__(self, track: WavTrack) -> None:
        self._speaker = VirtualSpeaker(track)

    def __call__(self, time_ns: int, producer: str, item: Item) -> None:
        if isinstance(item, (SpeakerAudio, SpeakerClear)) and producer == "floor":
            for _ in self._speaker.step("sound", item, time_ns):
                pass  # when it was played is the real speaker's to tell
