"""Speak: sentences to sound, one after another, in pieces that leave as soon as they are made."""

from __future__ import annotations

import logging
from collections import OrderedDict, deque
from collections.abc import Generator, Iterator, Sequence
from itertools import repeat
from typing import Protocol

import numpy as np

from edgemm.errors import EdgemmError, HostError
from edgemm.media import Samples
from runtime.items import Effect, Item, Say, SpeechAudio, Tick

log = logging.getLogger(__name__)

GAP_MS = 80
"""Silence that ends each sentence and carries the mark `last`: a piece leaves before it is known if one follows."""
KEPT_SENTENCES = 64
KEPT_CHARACTERS = 60
"""Short sentences come again (fillers, notices, "Louder."): their sound is kept."""

PAUSE_TICKS = 50
"""Between attempts to make a sentence beforehand with a voice that has failed."""


class Synthesiser(Protocol):
    """Text to sound (`edgemm.tasks.speech_synthesis`)."""

    @property
    def sample_rate_hz(self) -> int: ...

    def synthesise(self, text: str, rate: float, noise: float) -> Iterator[Samples]:
        """Pieces `(sample,)` float32. `rate` 1 is normal, 2 twice as fast; `noise` 0 always gives the same sound."""


class Voice:
    """Ports: `say` (Say), `effect` (Effect `rate`, absolute, from the floor), `tick`. Yields SpeechAudio.

    Alerts have a row and a `Voice` of their own, so that they never wait for a sentence that is being made. Theirs
    makes what it may have to say beforehand, a piece at each tick, and says that whatever has failed since.
    """

    def __init__(
        self,
        synthesiser: Synthesiser,
        *,
        second: Synthesiser | None = None,
        rate: float = 1.0,
        noise: float = 0.667,
        beforehand: Sequence[str] = (),
    ) -> None:
        """`second` says what the first cannot; `beforehand` are sentences to make at normal rate while idle."""
        self._synthesiser = synthesiser
        self._second = second
        self._rate = rate
        self._noise = noise
        self._prepared: dict[str, Samples] = {}
        self._preparing = self._prepare(beforehand)
        self._kept: OrderedDict[tuple[str, float], Samples] = OrderedDict()

    def step(self, port: str, item: Item, now_ns: int) -> Iterator[Item]:
        if isinstance(item, Effect) and item.name == "rate":
            self._rate = item.value
        elif isinstance(item, Say):
            yield from self._say(item)
        elif isinstance(item, Tick):
            next(self._preparing, None)

    def _prepare(self, texts: Sequence[str]) -> Iterator[None]:
        """Make the sentences, a piece at a time; one that fails comes again after the others and a pause."""
        missing = deque(texts)
        while missing:
            text = missing.popleft()
            pieces: list[Samples] = []
            try:
                for piece in self._synthesiser.synthesise(text, 1.0, self._noise):
                    pieces.append(piece)
                    yield
            except HostError:
                pieces.clear()
            if pieces:
                self._prepared[text] = np.concatenate(pieces)
            else:
                missing.append(text)
                yield from repeat(None, PAUSE_TICKS)

    def _say(self, say: Say) -> Iterator[Item]:
        rate = self._rate * say.rate
        ready = self._prepared.get(say.text)
        if ready is None:
            ready = self._kept.get((say.text, rate))
        if ready is not None:
            yield _audio(say, ready, self._synthesiser)
        else:
            yield from self._make(say, rate)
        yield _end(say, self._synthesiser)

    def _make(self, say: Say, rate: float) -> Iterator[Item]:
        """The sentence, by the second voice where the first fails or has no sound; it fails when neither can say it."""
        pieces: list[Samples] = []
        try:
            for piece in self._synthesiser.synthesise(say.text, rate, self._noise):
                pieces.append(piece)
                yield _audio(say, piece, self._synthesiser)
        except Exception as error:
            if (yield from self._said_by_second(say, rate)):
                log.warning("the second voice said %r: %s", say.text, error)
                return
            yield _end(say, self._synthesiser)  # nobody may wait for the rest of a sentence that broke
            raise
        if not pieces:
            yield from self._said_by_second(say, rate)
        elif len(say.text) <= KEPT_CHARACTERS:
            self._kept[say.text, rate] = np.concatenate(pieces)
            while len(self._kept) > KEPT_SENTENCES:
                self._kept.popitem(last=False)

    def _said_by_second(self, say: Say, rate: float) -> Generator[Item, None, bool]:
        """The sentence by the second voice; whether it said it to the end."""
        spoken = False
        if self._second is not None:
            try:
                for piece in self._second.synthesise(say.text, rate, self._noise):
                    yield _audio(say, piece, self._second)
                    spoken = True
            except EdgemmError:
                return False
        return spoken


def _audio(say: Say, samples: Samples, by: Synthesiser) -> SpeechAudio:
    return SpeechAudio(say, samples, by.sample_rate_hz, last=False)


def _end(say: Say, by: Synthesiser) -> SpeechAudio:
    """The gap after a sentence."""
    return SpeechAudio(say, np.zeros(GAP_MS * by.sample_rate_hz // 1000, np.float32), by.sample_rate_hz, last=True)
