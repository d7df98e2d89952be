"""Results of the tasks that listen."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import Any, Protocol

from edgemm.commands.inferences import Inference
from edgemm.media import SAMPLE_RATE_HZ, Samples
from edgemm.sound.sound_files import SoundClip, read_sound
from edgemm.tasks.speech_recognition import SpeechRecogniser
from edgemm.tasks.transcription import Transcription
from edgemm.tasks.voice_activity import WINDOW_SAMPLES, VoiceActivityDetector

_SPEECH = 0.5
"""A window above it is shown as speech."""


class _TurnDetector(Protocol):
    def probability(self, samples: Samples) -> float: ...


def transcripts(recogniser: SpeechRecogniser, inputs: Sequence[str]) -> list[Inference]:
    """The text of each clip."""
    found = [recogniser.transcribe(_samples(name)) for name in inputs]
    return [Inference(transcription.text, transcription_json(transcription)) for transcription in found]


def transcription_json(found: Transcription) -> dict[str, Any]:
    """What `--json` says of a transcription."""
    segments = [asdict(segment) for segment in found.segments]
    return {"text": found.text, "language": found.language, "segments": segments, "complete": found.complete}


def tell_of_a_missing_end(name: str, clip: SoundClip) -> None:
    """One line on standard error if the file breaks off."""
    if clip.missing_part:
        sys.stderr.write(f"{name}: the file breaks off, the last {clip.missing_part:.0%} of it are missing\n")


def _samples(name: str) -> Samples:
    clip = read_sound(name)
    tell_of_a_missing_end(name, clip)
    return clip.samples


def voices(detector: VoiceActivityDetector, inputs: Sequence[str]) -> list[Inference]:
    """Where in each clip somebody speaks, and the probability of each window."""
    return [_voice(detector, _samples(name)) for name in inputs]


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
    found = [float(detector.probability(_samples(name))) for name in inputs]
    return [Inference(f"finished: {value:.2f}", {"probability": round(value, 4)}) for value in found]
