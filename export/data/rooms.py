"""Noise and reverberation for speech, seeded."""

from __future__ import annotations

import numpy as np

from edgemm.media import SAMPLE_RATE_HZ, Samples


def reverberated(speech: Samples, decay_s: float, random: np.random.Generator) -> Samples:
    """`speech` in a room whose echo falls by 60 dB in `decay_s`: direct sound and decaying noise 12 dB below it."""
    length = round(decay_s * SAMPLE_RATE_HZ)
    tail = random.normal(size=length) * 10.0 ** (-3.0 * np.arange(length) / length)
    response = tail * (10.0 ** (-12 / 20) / np.sqrt(np.sum(tail**2)))
    response[0] = 1.0
    size = len(speech) + length
    wet = np.fft.irfft(np.fft.rfft(speech, size) * np.fft.rfft(response, size), size)
    return np.asarray(wet[: len(speech)] / max(1.0, np.abs(wet).max()), dtype=np.float32)


def with_noise(speech: Samples, snr_db: float, random: np.random.Generator) -> Samples:
    """`speech` in pink noise (3 dB an octave, like rooms and streets), SNR over the whole clip."""
    spectrum = np.fft.rfft(random.normal(size=len(speech)))
    pink = np.fft.irfft(spectrum / np.sqrt(np.arange(1, len(spectrum) + 1)), len(speech))
    level = np.sqrt(np.mean(speech**2) / np.mean(pink**2)) * 10.0 ** (-snr_db / 20)
    noisy = speech + level * pink
    return np.asarray(noisy / max(1.0, np.abs(noisy).max()), dtype=np.float32)


def padded(speech: Samples, before_s: float, after_s: float) -> Samples:
    """`speech` with silence around it, as voice activity detection leaves it."""
    before, after = (round(seconds * SAMPLE_RATE_HZ) for seconds in (before_s, after_s))
    return np.pad(speech, (before, after))
