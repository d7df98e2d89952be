"""Speech recognition: the sound of a turn in, its text out, with a chance to stop at every step of the work."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from contextlib import closing
from typing import Literal, Protocol

from edgemm.media import Samples
from runtime.items import Item, Transcript, TurnAudio, Working


class Transcription(Protocol):
    """A finished piece of recognition."""

    @property
    def text(self) -> str: ...

    @property
    def mean_log_probability(self) -> float: ...


class Recogniser(Protocol):
    """Recognises in steps (`edgemm.tasks.speech_recognition`)."""

    def steps(
        self, samples: Samples, *, context: Literal["short", "full"]
    ) -> Generator[Transcription | None, None, None]:
        """None after each piece of work (< 100 ms), last the transcription. `samples: (sample,)` at 16 kHz."""


class SpeechRecognition:
    """Ports `guess` (lossless, first) and `partial` (latest): TurnAudio → Working…, Transcript.

    An empty text is passed on too: the turn was noise, which the router drops.
    """

    def __init__(self, recogniser: Recogniser) -> None:
        self._recogniser = recogniser

    def step(self, port: str, item: Item, now_ns: int) -> Iterator[Item]:
        if not isinstance(item, TurnAudio):
            return
        steps = self._recogniser.steps(item.samples, context="short")
        with closing(steps):
            for progress in steps:
                if progress is None:
                    yield Working()
                else:
                    yield Transcript(
                        item.turn,
                        progress.text.strip(),
                        item.purpose,
                        progress.mean_log_probability,
                        item.end_time_ns,
                        item.woken,
                    )
