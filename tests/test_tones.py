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


WORDS = {
    "listening": [(660, 60), (880, 90)],
    "heard": [(880, 60)],
    "thinking": [(520, 50), (0, 70), (520, 50)],
    "fault": [(330, 140), (220, 220)],
    "alert": [(1760, 90), (0, 40), (1760, 90), (0, 40), (1760, 90)],
}
"""Pitch in Hz and length in ms of each note: people learn them, so they stay."""


@pytest.mark.parametrize("name", WORDS)
@pytest.mark.parametrize("rate_hz", [16_000, 22_050, 48_000])
def test_each_tone_has_its_notes(name: str, rate_hz: int) -> None:
    samples, start = tone(name, rate_hz), 0  # type: ignore[arg-type]
    for pitch_hz, length_ms in WORDS[name]:
        note = samples[start : start + length_ms * rate_hz // 1000]
        start += len(note)
        if pitch_hz == 0:
            assert not note.any()
        else:
            spectrum = np.abs(np.fft.rfft(note, rate_hz))
            assert abs(int(spectrum.argmax()) - pitch_hz) <= 4
    assert start == len(samples)


@pytest.mark.parametrize(("name", "peak"), [("listening", 0.25), ("thinking", 0.12), ("fault", 0.25), ("alert", 0.7)])
def test_tones_are_as_loud_as_they_say_and_none_is_clipped(name: str, peak: float) -> None:
    assert float(np.abs(tone(name, 48_000)).max()) == pytest.approx(peak, rel=0.01)  # type: ignore[arg-type]


@pytest.mark.parametrize("rate_hz", [16_000, 48_000])
def test_a_note_rises_and_falls_over_eight_milliseconds(rate_hz: int) -> None:
    samples = np.abs(tone("heard", rate_hz))
    edge, period = 8 * rate_hz // 1000, rate_hz // 880 + 1
    for sound in (samples, samples[::-1]):
        swells = [float(sound[at : at + period].max()) for at in range(0, edge, period)]
        assert swells == sorted(swells) and swells[0] < 0.05
        assert float(sound[edge : edge + period].max()) == pytest.approx(0.25, rel=0.02)


def test_tones_are_short_and_differ() -> None:
    sounds = [tone(name, 16_000) for name in TONES]
    assert max(map(len, sounds)) < 16_000 // 2
    assert len({sound.tobytes() for sound in sounds}) == len(TONES)


def test_only_the_alert_is_loud() -> None:
    peaks = {name: float(np.abs(tone(name, 16_000)).max()) for name in TONES}
    assert max(peaks, key=lambda name: peaks[name]) == "alert"
    assert peaks["alert"] > 2 * max(peak for name, peak in peaks.items() if name != "alert")
