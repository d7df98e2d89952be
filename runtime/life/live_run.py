"""One run of the live assistant: the table built from the configuration, the taps on it, and the daemon."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TextIO

from edgemm import __version__
from edgemm.cli import INTERRUPTED
from edgemm.errors import StorageError
from edgemm.media import NS_PER_S
from edgemm.process_start import asked_to_end
from runtime.drivers.table import Tap
from runtime.items import Effect, Item
from runtime.language.phrasing import sentence
from runtime.life.allocator import frugal
from runtime.life.daemon import Daemon
from runtime.life.local_clock import LocalClock
from runtime.sessions.session import SessionInfo
from runtime.sessions.session_writer import SessionWriter
from runtime.settings.config import RuntimeConfig
from runtime.settings.kept_state import load_state, save_state
from runtime.sinks.event_log import EventLog, RotatingFile
from runtime.sinks.recorder import Recorder
from runtime.sinks.recordings import Recording
from runtime.skills.watching import ALERTS_OFF
from runtime.sources import Source
from runtime.stages import Stage
from runtime.table.assembly import assemble, models_of, warm_up
from runtime.table.pipeline import pipeline
from runtime.telling.console import Console
from runtime.telling.lines import Teller


class StateKeeper:
    """A tap: what was set by voice is kept for the next start. That it cannot be kept is told once, to `log`."""

    def __init__(self, folder: Path | None, log: TextIO) -> None:
        self._folder = folder
        self._log = log
        self._state = load_state(folder)

    def __call__(self, time_ns: int, producer: str, item: Item) -> None:
        if isinstance(item, Effect) and producer == "floor" and item.name in ("volume", "rate"):
            self._state = replace(self._state, **{item.name: item.value})
            self._save()

    def _save(self) -> None:
        if self._folder is None:
            return
        try:
            save_state(self._folder, self._state)
        except StorageError as error:
            self._folder = None
            self._log.write(f"warning: {error}\n")


class LiveRun:
    """One run: the table, the taps, the daemon; at the end, a summary."""

    def __init__(
        self, config: RuntimeConfig, speaker: Stage, greeting: str, place: Path, recording: Recording | None = None
    ) -> None:
        """`place` is claimed (`runtime.control.place`), before any model is loaded."""
        self._config, self._place, self._recording = config, place, recording
        self._greeting = greeting if config.alerts else f"{greeting} {sentence(ALERTS_OFF)}"
        self._start_ns = time.monotonic_ns()
        self._daemon: Daemon | None = None
        self._stop = threading.Event()
        frugal()
        self._parts = assemble(config, models_of(config), speaker, LocalClock(), load_state(config.state_folder))

    def __call__(
        self, sources: Sequence[Source], more_taps: Sequence[Tap] = (), duration_s: float | None = None
    ) -> int:
        """Run until it is stopped, or for `duration_s` from when it is ready.

        Raises StorageError when a recording that was asked for is not whole.
        """
        warm_up(self._parts)
        if asked_to_end():  # by a signal whose exception some library has swallowed
            return INTERRUPTED
        private = self._config.log.overheard or sys.stderr.isatty()  # else what a service writes is kept in a journal
        console = Console(sys.stderr, Teller(self._start_ns, overheard=private))
        log, recorder = self._event_log(), self._recorder()
        files: list[Tap] = [tap for tap in (log, recorder) if tap is not None]
        taps: list[Tap] = [console, StateKeeper(self._config.state_folder, sys.stderr), *files, *more_taps]
        daemon = Daemon(pipeline(self._parts), sources, taps, self._greeting, self._stop, self._place, duration_s)
        self._daemon = daemon
        try:
            daemon.run(sys.stderr)
        finally:
            if daemon.telling:
                sys.stderr.write("warning: what was still to be written is lost: the disk or the terminal hangs\n")
            elif recorder is not None:
                recorder.close()
        ran_s = (time.monotonic_ns() - self._start_ns) / NS_PER_S
        sys.stderr.write(f"{console.summary()}; ran {ran_s:.0f} s\n")
        if recorder is not None and recorder.ended is not None and self._recording and self._recording.is_the_task:
            raise recorder.ended
        return 0

    def stop(self) -> None:
        """End the run, from any thread."""
        self._stop.set()

    def _tell(self, item: Item) -> None:
        if self._daemon is not None:
            self._daemon.deliver(item)

    def _event_log(self) -> EventLog | None:
        config = self._config.log
        if config.events is None:
            return None
        file = RotatingFile(config.events, int(config.max_mb * 1e6))
        return EventLog(file, Teller(self._start_ns, overheard=config.overheard), self._tell)

    def _recorder(self) -> Recorder | None:
        if self._recording is None:
            return None
        writer = SessionWriter(self._recording.path, self._info())
        return Recorder(writer, self._start_ns, room=self._recording.room, tell=self._tell)

    def _info(self) -> SessionInfo:
        config = self._config
        return SessionInfo(
            start_unix_ns=time.time_ns() - (time.monotonic_ns() - self._start_ns),
            horizontal_fov_deg=config.camera.horizontal_fov_deg,
            listen=config.listen_mode,
            duplex=config.audio.duplex,
            version=__version__,
        )
