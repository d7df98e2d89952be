"""The log-mel spectrogram is Whisper's."""

from __future__ import annotations

import numpy as np
import pytest

from edgemm.bundles.manifest import LogMel
from edgemm.sound.log_mel import log_mel, max_frame_count
from tests.needed import module


def reference(samples: np.ndarray, max_s: float) -> np.ndarray:
    transformers = module("transformers")
    extractor = transformers.WhisperFeatureExtractor(chunk_length=int(max_s))
    return extractor(samples, sampling_rate=16_000, return_tensors="np").input_features[0]


def sound(seconds: float) -> np.ndarray:
    """A chirp in noise with a silent middle."""
    time_s = np.arange(round(seconds * 16_000)) / 16_000
    chirp = np.sin(2 * np.pi * (200 * time_s + 150 * time_s**2)) * 0.3
    noise = np.random.default_rng(3).normal(scale=0.01, size=len(time_s))
    return ((chirp + noise) * (np.sin(time_s * 3) > -0.5)).astype(np.float32)


@pytest.mark.parametrize("seconds", [0.005, 0.0125, 0.013, 0.5, 3.21, 7.9])
def test_it_agrees_with_transformers_on_sound_shorter_than_the_window(seconds: float) -> None:
    samples = sound(seconds)
    assert np.abs(log_mel(samples, LogMel()) - reference(samples, 30)).max() < 1e-3


@pytest.mark.parametrize("seconds", [29.99, 29.995, 30.0, 31.7])
def test_it_agrees_with_transformers_where_sound_reaches_the_end(seconds: float) -> None:
    samples = sound(seconds)
    assert np.abs(log_mel(samples, LogMel()) - reference(samples[: 30 * 16_000], 30)).max() < 1e-3


def test_it_agrees_with_transformers_on_another_length() -> None:
    samples = sound(8.0)
    assert np.abs(log_mel(samples, LogMel(max_s=8.0)) - reference(samples, 8)).max() < 1e-3


def test_a_short_context_is_the_beginning_of_the_full_one() -> None:
    samples = sound(2.0)
    full = log_mel(samples, LogMel())
    assert full.shape == (80, 3000) == (80, max_frame_count(LogMel()))
    np.testing.assert_array_equal(log_mel(samples, LogMel(), frames=800), full[:, :800])


def test_no_sound_and_silence_give_the_same_padding() -> None:
    nothing = log_mel(np.zeros(0, dtype=np.float32), LogMel())
    silence = log_mel(np.zeros(16_000, dtype=np.float32), LogMel())
    assert np.all(nothing == np.float32(-1.5))
    np.testing.assert_array_equal(nothing, silence)
