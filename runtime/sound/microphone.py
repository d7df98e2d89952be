"""The microphone as a source of 16 kHz mono chunks."""

from __future__ import annotations

from collections import deque

import numpy as np
import numpy.typing as npt

from edgemm.media import NS_PER_S, SAMPLE_RATE_HZ, AudioChunk, Samples
from edgemm.sound.channels import mixing_weights
from runtime.items import Overrun
from runtime.sound import frames
from runtime.sound.process import SoundProcess

RECENT_BLOCKS = 8
"""By what was heard for so long it is told how the channels are wired."""


class Microphone:
    """A source (`runtime.sources`): chunks stamped with the monotonic time of their first sample."""

    name = "microphone"

    def __init__(self, device: str | None = None) -> None:
        self._device = device
        self._process: SoundProcess | None = None
        self._resampler: _Resampler | None = None
        self._recent: deque[npt.NDArray[np.float32]] = deque(maxlen=RECENT_BLOCKS)

    def open(self) -> None:
        self.close()
        self._recent.clear()
        self._process = SoundProcess("microphone", self._device)
        rate_hz = self._process.sample_rate_hz
        self._resampler = _Resampler(rate_hz) if rate_hz != SAMPLE_RATE_HZ else None

    def read(self) -> AudioChunk | Overrun | None:
        assert self._process is not None, "read before open"
        frame = self._process.read()
        if frame.kind == frames.LOST:
            return Overrun("microphone.overflow", frames.unpack_count(frame.payload))
        if frame.kind != frames.SOUND:
            return None
        mono = self._mixed(np.frombuffer(frame.payload, "<i2").reshape(-1, self._process.channels))
        if self._resampler is None:
            return AudioChunk(mono, SAMPLE_RATE_HZ, frame.time_ns)
        return self._resampler.convert(mono, frame.time_ns)

    def _mixed(self, samples: npt.NDArray[np.int16]) -> Samples:
        """One channel of several; see `mixing_weights`."""
        block = samples.astype(np.float32) / np.float32(32768)
        if block.shape[1] == 1:
            return block[:, 0]
        self._recent.append(block)
        return np.asarray(block @ mixing_weights(self._recent), np.float32)

    def close(self) -> None:
        if self._process is not None:
            self._process.close()
            self._process = None


class _Resampler:
    """Continuous conversion to 16 kHz; output times are counted back from the input's, by samples held inside."""

    def __init__(self, rate_hz: int) -> None:
        import soxr

        self._rate_hz = rate_hz
        self._stream = soxr.ResampleStream(rate_hz, SAMPLE_RATE_HZ, 1, dtype="float32")
        self._samples_in = 0
        self._samples_out = 0

    def convert(self, samples: Samples, time_ns: int) -> AudioChunk | None:
        lag_s = self._samples_in / self._rate_hz - self._samples_out / SAMPLE_RATE_HZ
        converted: Samples = self._stream.resample_chunk(samples)
        self._samples_in += len(samples)
        self._samples_out += len(converted)
        if not len(converted):
            return None
        return AudioChunk(converted, SAMPLE_RATE_HZ, time_ns - int(lag_s * NS_PER_S))
