"""Voice activity on clips of speech: how much is called speech, and agreement of two bundles window by window."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from edgemm.bundles.bundle import Bundle
from edgemm.bundles.figures import Figure
from edgemm.evaluation.clips import clips
from edgemm.media import Samples
from edgemm.tasks.examples import Example
from edgemm.tasks.voice_activity import WINDOW_SAMPLES, VoiceActivityDetector

SPEECH_PROBABILITY = 0.5


def evaluate(bundle: Bundle, examples: Sequence[Example]) -> tuple[Figure, ...]:
    """Every clip holds speech: the share of clips in which some window is called speech, and of windows."""
    detector = VoiceActivityDetector(bundle)
    found = [np.array(list(_probabilities(detector, clip))) >= SPEECH_PROBABILITY for clip in clips(examples)]
    heard = sum(bool(windows.any()) for windows in found)
    every = np.concatenate(found)
    return (
        Figure(name="clips_with_speech_found", value=heard / len(found), samples=len(found)),
        Figure(name="speech_windows", value=float(every.mean()), samples=len(every)),
    )


def compare(reference: Bundle, candidate: Bundle, examples: Sequence[Example]) -> tuple[Figure, ...]:
    """Largest difference in probability, and the share of windows with the same decision."""
    detectors = VoiceActivityDetector(reference), VoiceActivityDetector(candidate)
    pairs = np.array(
        [pair for clip in clips(examples) for pair in zip(*(_probabilities(d, clip) for d in detectors), strict=True)]
    )
    decisions = pairs >= SPEECH_PROBABILITY
    same = float((decisions[:, 0] == decisions[:, 1]).mean())
    return (
        Figure(name="probability_difference_max", value=float(np.ptp(pairs, axis=1).max()), samples=len(pairs)),
        Figure(name="decision_agreement", value=same, samples=len(pairs)),
    )


def _probabilities(detector: VoiceActivityDetector, clip: Samples) -> Iterator[float]:
    detector.reset()
    for start in range(0, len(clip) - WINDOW_SAMPLES + 1, WINDOW_SAMPLES):
        yield detector.push(clip[start : start + WINDOW_SAMPLES])
