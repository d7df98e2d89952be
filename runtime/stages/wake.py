"""Wake: listens for the wake word, and keeps listening for a while after an answer has been spoken."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

from edgemm.media import NS_PER_S, AudioChunk, Samples
from runtime.items import Item, Playback, Wake

REST_S = 1.0
"""After a wake word none is reported for so long: its end would be heard as a second one."""


class WakeWordDetector(Protocol):
    """A stream of sound (`edgemm.sound.wake_word`)."""

    def push(self, samples: Samples) -> bool:
        """Whether the wake word ends in `samples: (sample,)` at 16 kHz, of any length."""

    def reset(self) -> None:
        """Forget the stream."""


class WakeStage:
    """Ports: `audio` (AudioChunk), `playback` (Playback). Yields Wake(word), and Wake(follow_up) after an answer."""

    def __init__(self, detector: WakeWordDetector) -> None:
        self._detector = detector
        self._rest_until_ns = -1

    def step(self, port: str, item: Item, now_ns: int) -> Iterator[Item]:
        if isinstance(item, Playback):
            if item.state == "finished" and item.turn is not None:
                yield Wake("follow_up")
        elif isinstance(item, AudioChunk) and self._detector.push(item.samples) and now_ns >= self._rest_until_ns:
            self._rest_until_ns = now_ns + int(REST_S * NS_PER_S)
            self._detector.reset()
            yield Wake("word")
