"""The daemon as a process under test: started as a user starts it, watched through its event log and /proc."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from edgemm.errors import EdgemmError

POLL_S = 0.01
KB_PER_MB = 1024


class RunningDaemon:
    """`edgemm run` with a configuration, as a context manager."""

    def __init__(self, config: Path, events: Path, arguments: Sequence[str] = (), environment: Mapping[str, str] = {}):
        events.unlink(missing_ok=True)
        self._events = events
        self.started = time.monotonic()
        self._process = subprocess.Popen(
            [sys.executable, "-m", "edgemm", "run", str(config), *arguments],
            env={**os.environ, **environment},
            stdin=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            start_new_session=True,
        )

    def __enter__(self) -> RunningDaemon:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.send_signal(signal.SIGINT)
        try:
            self._process.wait(5)
        except subprocess.TimeoutExpired:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()

    @property
    def ended(self) -> bool:
        return self._process.poll() is not None

    def events(self) -> list[dict[str, Any]]:
        """What the event log holds so far."""
        return read_events(self._events)

    def wait_for(self, condition: Callable[[list[dict[str, Any]]], bool], timeout_s: float) -> float:
        """Seconds from process start until `condition` holds of the event log. Raises EdgemmError."""
        while not condition(self.events()):
            elapsed_s = time.monotonic() - self.started
            if self.ended or elapsed_s > timeout_s:
                assert self._process.stderr is not None
                self._process.kill()
                raise EdgemmError("the daemon did not get there", found=self._process.stderr.read().decode()[-500:])
            time.sleep(POLL_S)
        return time.monotonic() - self.started

    def pss_mb(self) -> dict[str, float]:
        """Proportional set size by owner (file, or kind of memory) of the daemon and its children."""
        owners: dict[str, float] = defaultdict(float)
        for pid in _family(self._process.pid):
            for owner, size_kb in _mappings(pid):
                owners[owner] += size_kb / KB_PER_MB
        return dict(owners)


def read_events(path: Path) -> list[dict[str, Any]]:
    """The complete lines of an event log that may still be written to."""
    lines = path.read_text(encoding="utf-8").split("\n") if path.exists() else [""]
    return [json.loads(line) for line in lines[:-1]]


def _family(pid: int) -> list[int]:
    threads = Path(f"/proc/{pid}/task").glob("*/children")
    children = [child for path in threads for child in _read(path).split()]
    return [pid, *(grandchild for child in children for grandchild in _family(int(child)))]


def _mappings(pid: int) -> list[tuple[str, int]]:
    """Owner and PSS in kB of each mapping in /proc/PID/smaps."""
    found: list[tuple[str, int]] = []
    owner = ""
    for line in _read(Path(f"/proc/{pid}/smaps")).splitlines():
        fields = line.split(maxsplit=5)
        if "-" in fields[0] and not fields[0].endswith(":"):
            owner = Path(fields[5]).name if len(fields) > 5 else "anonymous memory"
        elif fields[0] == "Pss:":
            found.append((owner, int(fields[1])))
    return found


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except OSError:  # the process has ended meanwhile
        return ""
