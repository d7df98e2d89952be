"""A sounddevice module without hardware: a thread calls back as PortAudio does. For the sound child's own process."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

WORKS = """
import threading, time
from types import SimpleNamespace

OVERFLOW, UNDERFLOW, DELAY_S, CHANNELS = {overflow}, {underflow}, {delay_s}, 1

class PortAudioError(Exception):
    pass

def query_devices(name, kind):
    return {{"max_input_channels": 1, "max_output_channels": 1, "default_samplerate": 48000.0}}

class _Stream:
    def __init__(self, device, samplerate, channels, dtype, blocksize, latency, callback, finished_callback):
        self.samplerate, self.channels, self.latency, self._size = samplerate, channels, 0.15, blocksize
        self._callback, self._finished = callback, finished_callback

    def start(self):
        threading.Thread(target=self._run, daemon=True).start()

    def _run(self):
        while True:
            time.sleep(self._size / self.samplerate)
            now = time.monotonic()
            clock = SimpleNamespace(currentTime=now, inputBufferAdcTime=now, outputBufferDacTime=now + DELAY_S)
            status = SimpleNamespace(input_overflow=OVERFLOW, output_underflow=UNDERFLOW)
            self._callback(bytearray(2 * self._size), self._size, clock, status)

RawInputStream = RawOutputStream = _Stream
"""


def works(*, overflow: bool = False, underflow: bool = False, delay_s: float = 0.01) -> str:
    return WORKS.format(overflow=overflow, underflow=underflow, delay_s=delay_s)


BROKEN = {
    "no library": ("raise OSError('PortAudio library not found')", "OSError: PortAudio library not found"),
    "an unknown error": ("raise LookupError('no card')", "LookupError: no card"),
    "an end with last words": (
        "import os, sys; print('x'); os.write(2, b'ALSA lib: noise\\nPortAudio: no such device\\n'); os._exit(3)",
        "PortAudio: no such device",
    ),
    "a crash without a word": ("import os, signal; os.kill(os.getpid(), signal.SIGSEGV)", "without a word"),
    "an orderly end": ("raise SystemExit(0)", "SystemExit"),
}
HANGS = "import time; time.sleep(600)"


def install(folder: Path, monkeypatch: pytest.MonkeyPatch, source: str) -> None:
    """What `import sounddevice` finds in processes that are started from now on."""
    (folder / "sounddevice.py").write_text(source)
    root = Path(__file__).parents[1]
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join((str(folder), str(root))))
