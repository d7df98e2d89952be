"""Results of the tasks that listen."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import Protocol

from edgemm.commands.inferences import Inference
from edgemm.media import SAMPLE_RATE_HZ, Samples
from edgemm.sound.sound_files import read_sound
from edgemm.tasks.speech_recognition import SpeechRecogniser
from edgemm.tasks.voice_activity import WINDOW_SAMPLES, VoiceActivityDetector

_SPEECH = 0.5
"""A window above it is shown as speech."""


class _TurnDetector(Protocol):
    def probability(self, samples: Samples) -> float: ...


def transcripts(recogniser: SpeechRecogniser, inputs: Sequence[str]) -> list[Inference]:
    """The text of each clip."""
    return [_transcript(recogniser, read_sound(name).samples) for name in inputs]


def _transcript(recogniser: SpeechRecogniser, samples: Samples) -> Inference:
    found = recogniser.transcribe(samples)
    segments = [asdict(segment) for segment in found.segments]
    return Inference(found.text, {"text": found.text, "language": found.language, "segments": segments})


def voices(detector: VoiceActivityDetector, inputs: Sequence[str]) -> list[Inference]:
    """Where in each clip somebody speaks, and the probability of each window."""
    return [_voice(detector, read_sound(name).samples) for name in inputs]


def _voice(detector: VoiceActivityDetector, samples: Samples) -> Inference:
    detector.reset()
    whole = samples[: len(samples) // WINDOW_SAMPLES * WINDOW_SAMPLES].reshape(-1, WINDOW_SAMPLES)
    probabilities = [detector.push(window) for window in whole]
    stretches = list(speech_stretches(probabilities))
    lines = [f"{start_s:7.2f} s to {end_s:7.2f} s" for start_s, end_s in stretches]
    data = {
        "speech_s": [list(stretch) for stretch in stretches],
        "window_s": WINDOW_SAMPLES / SAMPLE_RATE_HZ,
        "probabilities": [round(probability, 4) for probability in probabilities],
    }
    return Inference("\n".join(lines) or "no speech", data)


def speech_stretches(probabilities: Sequence[float]) -> Iterator[tuple[float, float]]:
    """Start and end in seconds of each run of windows above one half."""
    window_s = WINDOW_SAMPLES / SAMPLE_RATE_HZ
    start: int | None = None
    for index, probability in enumerate([*probabilities, 0.0]):
        if probability >= _SPEECH and start is None:
            start = index
        elif probability < _SPEECH and start is not None:
            yield round(start * window_s, 3), round(index * window_s, 3)
            start = None


def turns(detector: _TurnDetector, inputs: Sequence[str]) -> list[Inference]:
    """Probability that the speaker of each clip has finished."""
    found = [float(detector.probability(read_sound(name).samples)) for name in inputs]
    return [Inference(f"finished: {value:.2f}", {"probability": round(value, 4)}) for value in found]
