"""Voice activity: sound in pieces of any length in, windows of 512 samples with their speech probability out."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

import numpy as np

from edgemm.errors import DeviceError
from edgemm.media import NS_PER_MS, NS_PER_S, SAMPLE_RATE_HZ, AudioChunk, Samples
from runtime.items import Item, Overrun, VoicedChunk

WINDOW_SAMPLES = 512
MAX_DRIFT_NS = 50 * NS_PER_MS
"""A capture time further than this from the one that the samples say is a gap, not jitter."""
DRIFT_SHARE = 16
"""One part in so many of a smaller difference is followed at each chunk: smooths jitter, keeps up with a slow clock."""


class SpeechDetector(Protocol):
    """A stream of windows (`edgemm.tasks.voice_activity`)."""

    def push(self, window: Samples) -> float:
        """Probability of speech in `window: (512,)`, given those before."""

    def reset(self) -> None:
        """Forget the stream."""


class VoiceActivity:
    """Port `audio`: AudioChunk → VoicedChunk; after a gap, `Overrun("microphone", samples lost)` and a fresh stream."""

    def __init__(self, detector: SpeechDetector) -> None:
        self._detector = detector
        self._waiting: Samples = np.zeros(0, np.float32)
        self._next_ns: int | None = None
        """Time of the sample after the last waiting one, counted by samples."""

    def step(self, port: str, item: Item, now_ns: int) -> Iterator[Item]:
        if not isinstance(item, AudioChunk):
            return
        if item.sample_rate_hz != SAMPLE_RATE_HZ:
            raise DeviceError("microphone", expected=f"{SAMPLE_RATE_HZ} Hz", found=f"{item.sample_rate_hz} Hz")
        yield from self._follow_clock(item)
        assert self._next_ns is not None
        self._waiting = np.concatenate([self._waiting, item.samples])
        self._next_ns += item.duration_ns
        while len(self._waiting) >= WINDOW_SAMPLES:
            start_ns = self._next_ns - len(self._waiting) * NS_PER_S // SAMPLE_RATE_HZ
            window, self._waiting = self._waiting[:WINDOW_SAMPLES], self._waiting[WINDOW_SAMPLES:]
            yield VoicedChunk(AudioChunk(window, SAMPLE_RATE_HZ, start_ns), self._detector.push(window))

    def _follow_clock(self, chunk: AudioChunk) -> Iterator[Item]:
        if self._next_ns is None:
            self._next_ns = chunk.capture_time_ns
            return
        difference_ns = chunk.capture_time_ns - self._next_ns
        if abs(difference_ns) <= MAX_DRIFT_NS:
            self._next_ns += difference_ns // DRIFT_SHARE
            return
        self._detector.reset()
        self._waiting = np.zeros(0, np.float32)
        self._next_ns = chunk.capture_time_ns
        if difference_ns > 0:
            yield Overrun("microphone", difference_ns * SAMPLE_RATE_HZ // NS_PER_S)
