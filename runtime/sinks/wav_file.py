"""What is said, as a WAV file whose time is the run's: silence stands where nothing is said."""

from __future__ import annotations

from collections import deque
from pathlib import Path
from typing import Any

import numpy as np

from edgemm.errors import StorageError
from edgemm.media import NS_PER_S, Samples, playable
from edgemm.sound.sound_files import resample

SAMPLE_RATE_HZ = 22_050
"""Rate of the voices, so that speech need not be resampled."""

_SNAP_SAMPLES = 4
"""Pieces this close together follow each other without a gap: times in ns round to samples."""


class WavTrack:
    """A `Track` of the virtual speaker. Written as time passes, so that a long run needs little memory.

    `start_ns` is the run's time 0. Pieces of another rate are resampled one by one.
    """

    def __init__(self, path: str | Path, start_ns: int = 0, sample_rate_hz: int = SAMPLE_RATE_HZ) -> None:
        import soundfile

        self.path = Path(path)
        self._start_ns = start_ns
        self._rate_hz = sample_rate_hz
        self._written = 0
        self._pending: deque[tuple[int, Samples]] = deque()
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self._file: Any = soundfile.SoundFile(
                self.path, "w", samplerate=sample_rate_hz, channels=1, subtype="PCM_16", format="WAV"
            )
        except (OSError, soundfile.SoundFileError) as error:
            raise StorageError(f"cannot write the sound file {path}", found=error) from error

    def place(self, start_ns: int, samples: Samples, sample_rate_hz: int) -> None:
        converted = resample(samples, sample_rate_hz, self._rate_hz)
        first = max(self._index(start_ns), self._written)
        if self._pending:
            end = self._pending[-1][0] + len(self._pending[-1][1])
            first = end if first - end <= _SNAP_SAMPLES else first
        self._pending.append((first, converted))

    def cut(self, now_ns: int) -> None:
        self.advance(now_ns)
        self._pending.clear()

    def advance(self, now_ns: int) -> None:
        """Write what lies before `now_ns`."""
        now = self._index(now_ns)
        while self._pending and self._pending[0][0] < now:
            first, samples = self._pending.popleft()
            self._fill(first)
            due = samples[: now - first]
            self._write(due)
            if len(due) < len(samples):
                self._pending.appendleft((first + len(due), samples[len(due) :]))
                return

    def close(self, end_ns: int | None = None) -> None:
        """Write what is pending, up to `end_ns` (default: all of it), and close."""
        if self._file.closed:
            return
        if end_ns is not None:
            self.cut(end_ns)
            self._fill(self._index(end_ns))
        for first, samples in self._pending:
            self._fill(first)
            self._write(samples)
        self._pending.clear()
        self._file.close()

    def _index(self, time_ns: int) -> int:
        return max(0, time_ns - self._start_ns) * self._rate_hz // NS_PER_S

    def _fill(self, first: int) -> None:
        if first > self._written:
            self._write(np.zeros(first - self._written, np.float32))

    def _write(self, samples: Samples) -> None:
        import soundfile

        try:
            self._file.write(playable(samples))
        except (OSError, soundfile.SoundFileError) as error:
            raise StorageError(f"cannot go on writing {self.path}", found=error) from error
        self._written += len(samples)
