"""An espeak-ng on the PATH that works until a test breaks it."""

from __future__ import annotations

import os
import shutil
import signal
from contextlib import suppress
from pathlib import Path

import pytest

from tests.needed import programs

BROKEN = {
    "hangs": "exec sleep 60",
    "dies": "exit 1",
    "answers in words": "yes this is no phoneme",
    "answers in bytes": "exec cat /dev/urandom",
    "answers without a line end": "exec tr '\\n' 'x' < /dev/zero",
    "answers half a second late": 'while read -r line; do sleep 0.5; echo "$line"; done | exec {real} "$@"',
}
"""Ways to be broken, as the shell says them."""


class BreakableEspeak:
    """The real program behind a script that notes the process id of each start."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        programs("espeak-ng")
        self._real = shutil.which("espeak-ng")
        self._script = folder / "espeak-ng"
        self._pids = folder / "pids"
        monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")
        self._monkeypatch = monkeypatch
        self.mend()

    def mend(self) -> None:
        self._write('exec {real} "$@"')

    def start_broken(self, how: str) -> None:
        """Every program that is started from now on is broken, and those that run are gone."""
        self._write(BROKEN[how])
        self.signal(signal.SIGKILL)

    def uninstall(self) -> None:
        self._monkeypatch.setenv("PATH", "/nowhere")
        self.signal(signal.SIGKILL)

    def signal(self, number: signal.Signals) -> None:
        """To every program that was started and still runs."""
        for pid in map(int, self._pids.read_text().split()):
            with suppress(ProcessLookupError):
                os.kill(pid, number)

    def _write(self, body: str) -> None:
        self._pids.touch()
        fresh = self._script.with_suffix(".new")
        fresh.write_text(f"#!/bin/sh\necho $$ >> {self._pids}\n{body.replace('{real}', str(self._real))}\n")
        fresh.chmod(0o755)
        fresh.replace(self._script)
