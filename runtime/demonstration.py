"""The built-in session at live speed, for a terminal with neither camera nor microphone."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from runtime.session_reader import Session
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
