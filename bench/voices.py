"""The voices that ask in the benchmarks: speakers that no data set, test or threshold was made with."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from edgemm.media import SAMPLE_RATE_HZ, Samples
from export.data.voices import Voice, speak

QUIET_DB = 40.0
"""Speech ends with the last 10 ms window whose peak is within so much of the clip's peak."""
_WINDOW = SAMPLE_RATE_HZ // 100


@dataclass(frozen=True)
class ScaledVoice:
    """A voice with another vocal tract, pitch and speed: played `scale` times as fast.

    What Kaldi's recipes call speed perturbation, where each factor counts as a speaker of its own.
    """

    voice: Voice
    scale: float

    @property
    def name(self) -> str:
        return f"{self.voice.name} x{self.scale:g}"

    def say(self, text: str) -> Samples:
        """Speech at 16 kHz, without the silence that the engine puts before and after it."""
        import soxr

        samples = soxr.resample(speak(self.voice, text), SAMPLE_RATE_HZ * self.scale, SAMPLE_RATE_HZ)
        start, end = speech_bounds(samples)
        return np.asarray(samples[start:end], dtype=np.float32)


VOICES = (
    ScaledVoice(Voice("flite", "slt"), 0.88),
    ScaledVoice(Voice("flite", "awb"), 1.04),
    ScaledVoice(Voice("flite", "slt"), 1.12),
    ScaledVoice(Voice("flite", "rms"), 1.06),
)
"""Those that Whisper tiny.en in float32 hears with at most 10 % of the words wrong in 11 other sentences (espeak-ng's
variants: 7-33 %): of a voice that is hardly understood, chance decides how a question ends."""


def speech_bounds(samples: Samples) -> tuple[int, int]:
    """First and one past the last sample of the windows that are within `QUIET_DB` of the peak."""
    peaks = np.abs(samples[: len(samples) // _WINDOW * _WINDOW].reshape(-1, _WINDOW)).max(axis=1)
    loud = np.flatnonzero(peaks >= peaks.max() * 10 ** (-QUIET_DB / 20))
    return int(loud[0]) * _WINDOW, (int(loud[-1]) + 1) * _WINDOW
