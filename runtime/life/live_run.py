"""One run of the live assistant: the table built from the configuration, the taps on it, and the daemon."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from edgemm import __version__
from edgemm.media import NS_PER_S
from runtime.drivers.table import Tap
from runtime.items import Effect, Item
from runtime.life.allocator import frugal
from runtime.life.daemon import Daemon
from runtime.sessions.session import SessionInfo
from runtime.sessions.session_writer import SessionWriter
from runtime.settings.config import RuntimeConfig
from runtime.settings.kept_state import load_state, save_state
from runtime.sinks.event_log import EventLog, RotatingFile
from runtime.sinks.recorder import Recorder
from runtime.sources import Source
from runtime.stages import Stage
from runtime.stages.answer import WallClock
from runtime.table.assembly import assemble, models_of, warm_up
from runtime.table.pipeline import pipeline
from runtime.telling.console import Console


class StateKeeper:
    """A tap: what was set by voice is kept for the next start."""

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder
        self._state = load_state(folder)

    def __call__(self, time_ns: int, producer: str, item: Item) -> None:
        if isinstance(item, Effect) and producer == "floor" and item.name in ("volume", "rate"):
            self._state = replace(self._state, **{item.name: item.value})
            if self._folder is not None:
                save_state(self._folder, self._state)


class LiveRun:
    """One run: the table, the taps, the daemon; at the end, a summary."""

    def __init__(self, config: RuntimeConfig, speaker: Stage, greeting: str, session: Path | None = None) -> None:
        """`session` is a file to record into."""
        self._config, self._greeting, self._session = config, greeting, session
        self._start_ns = time.monotonic_ns()
        frugal()
        clock = WallClock(datetime.now().astimezone(), self._start_ns)
        self._parts = assemble(config, models_of(config), speaker, clock, load_state(config.state_folder))
        self._stop = threading.Event()

    def __call__(self, sources: Sequence[Source], more_taps: Sequence[Tap] = ()) -> int:
        warm_up(self._parts)
        console = Console(sys.stderr, self._start_ns)
        with ExitStack() as stack:
            taps: list[Tap] = [console, StateKeeper(self._config.state_folder), *self._files(stack), *more_taps]
            Daemon(pipeline(self._parts), sources, taps, self._greeting, self._stop).run(sys.stderr)
        ran_s = (time.monotonic_ns() - self._start_ns) / NS_PER_S
        sys.stderr.write(f"{console.summary()}; ran {ran_s:.0f} s\n")
        return 0

    def stop(self) -> None:
        """End the run, from any thread."""
        self._stop.set()

    def stop_after(self, duration_s: float) -> None:
        timer = threading.Timer(duration_s, self.stop)
        timer.daemon = True
        timer.start()

    def _files(self, stack: ExitStack) -> list[Tap]:
        """The event log and the recording, where they are wanted."""
        config, taps = self._config, list[Tap]()
        if config.log.events is not None:
            log = RotatingFile(config.log.events, int(config.log.max_mb * 1e6))
            stack.callback(log.close)
            taps.append(EventLog(log, self._start_ns))
        if self._session is not None:
            recorder = Recorder(SessionWriter(self._session, self._info()), self._start_ns)
            stack.callback(recorder.close)
            taps.append(recorder)
        return taps

    def _info(self) -> SessionInfo:
        config = self._config
        return SessionInfo(
            start_unix_ns=time.time_ns() - (time.monotonic_ns() - self._start_ns),
            horizontal_fov_deg=config.camera.horizontal_fov_deg,
            listen=config.listen_mode,
            duplex=config.audio.duplex,
            version=__version__,
        )
