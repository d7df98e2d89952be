"""Tones: short, told apart, without a click."""

from __future__ import annotations

import numpy as np
import pytest

from runtime.sound.tones import TONES, tone


@pytest.mark.parametrize("name", TONES)
@pytest.mark.parametrize("rate_hz", [16_000, 22_050])
def test_a_tone_begins_and_ends_in_silence_and_never_jumps(name: str, rate_hz: int) -> None:
    samples = tone(name, rate_hz)  # type: ignore[arg-type]
    highest_hz = max(note.frequency_hz for note in TONES[name])  # type: ignore[index]
    loudest = max(note.level for note in TONES[name])  # type: ignore[index]
    steepest = loudest * 2 * np.pi * highest_hz / rate_hz
    steps = np.abs(np.diff(np.concatenate([[0], samples, [0]])))
    assert samples.dtype == np.float32
    assert abs(samples[0]) < 1e-6 and abs(samples[-1]) < 0.01
    assert steps.max() <= steepest * 1.05


def test_tones_are_short_and_differ() -> None:
    sounds = [tone(name, 16_000) for name in TONES]
    assert max(map(len, sounds)) < 16_000 // 2
    assert len({sound.tobytes() for sound in sounds}) == len(TONES)


def test_only_the_alert_is_loud() -> None:
    peaks = {name: float(np.abs(tone(name, 16_000)).max()) for name in TONES}
    assert max(peaks, key=lambda name: peaks[name]) == "alert"
    assert peaks["alert"] > 2 * max(peak for name, peak in peaks.items() if name != "alert")
