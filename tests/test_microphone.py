"""The microphone around a child that is only played: channels, rate and times of what it hears."""

from __future__ import annotations

import numpy as np
import pytest
import soxr

from edgemm.media import NS_PER_S, SAMPLE_RATE_HZ, AudioChunk
from runtime.sound import frames
from runtime.sound import microphone as microphone_module
from runtime.sound.microphone import Microphone

BLOCK = 512


def heard(monkeypatch: pytest.MonkeyPatch, sound: np.ndarray, rate_hz: int = SAMPLE_RATE_HZ) -> list[AudioChunk]:
    """What a microphone gives whose device delivers `sound` `(sample, channel)` in blocks."""

    class Played:
        sample_rate_hz, channels = rate_hz, sound.shape[1]

        def __init__(self, role: str, device: str | None) -> None:
            self._next = 0

        def read(self) -> frames.Frame:
            start, self._next = self._next, self._next + BLOCK
            pcm = np.round(sound[start : self._next] * 32767).astype("<i2").tobytes()
            return frames.Frame(frames.SOUND, start * NS_PER_S // rate_hz, pcm)

        def close(self) -> None: ...

    monkeypatch.setattr(microphone_module, "SoundProcess", Played)
    microphone = Microphone()
    microphone.open()
    found = [microphone.read() for _ in range(len(sound) // BLOCK)]
    return [chunk for chunk in found if isinstance(chunk, AudioChunk)]


def voice(rate_hz: int, duration_s: float = 1.0) -> np.ndarray:
    time_s = np.arange(int(rate_hz * duration_s)) / rate_hz
    return (0.4 * np.sin(2 * np.pi * (200 + 500 * time_s) * time_s)).astype(np.float32)


@pytest.mark.parametrize("weights", [(1, 1), (1, -1), (-1, 1), (1, 0), (0, 1), (1, -0.5)])
def test_two_channels_never_cancel(monkeypatch: pytest.MonkeyPatch, weights: tuple[float, float]) -> None:
    spoken = voice(SAMPLE_RATE_HZ)
    mono = np.concatenate([chunk.samples for chunk in heard(monkeypatch, np.outer(spoken, weights))])
    assert abs(np.corrcoef(mono, spoken[: len(mono)])[0, 1]) > 0.99
    assert np.std(mono) > 0.6 * np.std(spoken)


def test_another_rate_is_converted_as_one_stream_whose_times_go_on(monkeypatch: pytest.MonkeyPatch) -> None:
    spoken = voice(48_000)
    chunks = heard(monkeypatch, spoken[:, None], 48_000)
    mono = np.concatenate([chunk.samples for chunk in chunks])
    np.testing.assert_allclose(mono, soxr.resample(spoken, 48_000, SAMPLE_RATE_HZ)[: len(mono)], atol=1e-3)
    ends = [chunk.capture_time_ns + chunk.duration_ns for chunk in chunks]
    starts = [chunk.capture_time_ns for chunk in chunks]
    assert np.abs(np.subtract(starts[1:], ends[:-1])).max() < 100_000
    assert abs(starts[0]) < 100_000
