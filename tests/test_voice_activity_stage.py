"""Windows of 512 samples, timed by their samples, whatever the pieces in which the sound arrives."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from edgemm.errors import DeviceError
from edgemm.media import NS_PER_MS, AudioChunk, Samples
from runtime.items import Overrun, VoicedChunk
from runtime.stages.voice_activity import WINDOW_SAMPLES, VoiceActivity
from tests.exported import exported
from tests.stage_harness import Arrival, chunk, ns, only, run_stage


class Loudness:
    """A small real detector: speech is what is loud."""

    def __init__(self) -> None:
        self.resets = 0

    def push(self, window: Samples) -> float:
        return min(1.0, float(np.abs(window).mean()) * 4)

    def reset(self) -> None:
        self.resets += 1


def arrivals(samples: Samples, sizes: list[int], start_ms: float = 0.0) -> list[Arrival]:
    pieces = np.split(samples, np.cumsum(sizes))
    starts = np.cumsum([0, *map(len, pieces[:-1])])
    return [
        ("audio", chunk(piece, start_ms + start / 16), start_ms + start / 16)
        for piece, start in zip(pieces, starts, strict=True)
    ]


@given(st.lists(st.integers(0, 2000), max_size=20))
def test_no_sample_is_lost_or_moved_however_the_sound_is_cut(sizes: list[int]) -> None:
    samples = np.arange(8000, dtype=np.float32) / 8000
    windows = only(VoicedChunk, run_stage(VoiceActivity(Loudness()), arrivals(samples, sizes, start_ms=5)))
    assert len(windows) == len(samples) // WINDOW_SAMPLES
    joined = np.concatenate([window.chunk.samples for window in windows])
    assert np.array_equal(joined, samples[: len(joined)])
    for number, window in enumerate(windows):
        assert window.chunk.capture_time_ns == pytest.approx(ns(5 + number * 32), abs=NS_PER_MS)


def test_a_gap_is_told_and_starts_a_fresh_stream() -> None:
    detector = Loudness()
    sound = np.ones(800, np.float32)
    items = run_stage(VoiceActivity(detector), [("audio", chunk(sound, 0), 50), ("audio", chunk(sound, 250), 300)])
    assert [type(item) for item in items] == [VoicedChunk, Overrun, VoicedChunk]
    assert items[1] == Overrun("microphone", 3200)
    assert items[2].chunk.capture_time_ns == ns(250)
    assert detector.resets == 1


def test_jitter_is_no_gap() -> None:
    sound = np.ones(512, np.float32)
    jittered: list[Arrival] = [("audio", chunk(sound, n * 32 + 20 * (n % 2)), n * 32) for n in range(50)]
    items = run_stage(VoiceActivity(Loudness()), jittered)
    assert len(only(VoicedChunk, items)) == len(items) == 50


def test_a_slow_sound_clock_is_followed_without_a_gap() -> None:
    sound = np.ones(512, np.float32)
    slow: list[Arrival] = [("audio", chunk(sound, n * 32.1), n * 32.1) for n in range(2000)]
    items = run_stage(VoiceActivity(Loudness()), slow)
    assert not only(Overrun, items)
    assert items[-1].chunk.capture_time_ns == pytest.approx(ns(1999 * 32.1), abs=5 * NS_PER_MS)


def test_sound_at_another_rate_is_refused() -> None:
    with pytest.raises(DeviceError, match="16000 Hz"):
        run_stage(VoiceActivity(Loudness()), [("audio", AudioChunk(np.zeros(10, np.float32), 48_000, 0), 0)])


def test_silero_hears_no_speech_in_noise() -> None:
    from edgemm.tasks.voice_activity import VoiceActivityDetector

    noise = np.random.default_rng(0).normal(0, 0.02, 16_000).astype(np.float32)
    stage = VoiceActivity(VoiceActivityDetector(exported("silero-vad")))
    assert max(item.speech_probability for item in run_stage(stage, arrivals(noise, [480] * 30))) < 0.5
