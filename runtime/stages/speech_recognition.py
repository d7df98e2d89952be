"""Speech recognition: the sound of a turn in, its text out, with a chance to stop at every step of the work."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal, Protocol, runtime_checkable

from edgemm.media import Samples
from runtime.items import Item, Transcript, TurnAudio, Working


@runtime_checkable
class Transcription(Protocol):
    """The result of recognition."""

    @property
    def text(self) -> str: ...

    @property
    def mean_log_probability(self) -> float: ...

    @property
    def complete(self) -> bool: ...


class Recogniser(Protocol):
    """Recognises in steps (`edgemm.tasks.speech_recognition`)."""

    def steps(self, samples: Samples, *, context: Literal["short", "full"]) -> Iterator[object]:
        """Anything after each piece of work (< 100 ms), last the Transcription. `samples: (sample,)` at 16 kHz."""


class SpeechRecognition:
    """Ports `guess` (lossless, first) and `partial` (latest): TurnAudio → Working…, Transcript.

    An empty text is passed on too: the turn was noise, which the router drops.
    """

    def __init__(self, recogniser: Recogniser) -> None:
        self._recogniser = recogniser

    def step(self, port: str, item: Item, now_ns: int) -> Iterator[Item]:
        if not isinstance(item, TurnAudio):
            return
        for progress in self._recogniser.steps(item.samples, context="short"):
            if isinstance(progress, Transcription):
                yield _transcript(item, progress)
            else:
                yield Working()


def _transcript(audio: TurnAudio, heard: Transcription) -> Transcript:
    return Transcript(
        turn=audio.turn,
        text=heard.text.strip(),
        purpose=audio.purpose,
        mean_log_probability=heard.mean_log_probability,
        end_time_ns=audio.end_time_ns,
        woken=audio.woken,
        complete=heard.complete,
    )
