"""Speak: sentences to sound, one after another, in pieces that leave as soon as they are made."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator, Sequence
from typing import Protocol

import numpy as np

from edgemm.media import Samples
from runtime.items import Effect, Item, Say, SpeechAudio

GAP_MS = 80
"""Silence that ends each sentence and carries the mark `last`: a piece leaves before it is known if one follows."""
KEPT_SENTENCES = 64
KEPT_CHARACTERS = 60
"""Short sentences come again (fillers, notices, "Louder."): their sound is kept."""


class Synthesiser(Protocol):
    """Text to sound (`edgemm.tasks.speech_synthesis`)."""

    @property
    def sample_rate_hz(self) -> int: ...

    def synthesise(self, text: str, rate: float, noise: float) -> Iterator[Samples]:
        """Pieces `(sample,)` float32. `rate` 1 is normal, 2 twice as fast; `noise` 0 always gives the same sound."""


class Voice:
    """Ports: `say` (Say), `effect` (Effect `rate`, absolute, from the floor). Yields SpeechAudio.

    Alerts have a row and a `Voice` of their own, so that they never wait for a sentence that is being made.
    """

    def __init__(self, synthesiser: Synthesiser, *, rate: float = 1.0, noise: float = 0.667) -> None:
        self._synthesiser = synthesiser
        self._rate = rate
        self._noise = noise
        self._prepared: dict[str, Samples] = {}
        self._kept: OrderedDict[tuple[str, float], Samples] = OrderedDict()
        self._gap = np.zeros(GAP_MS * synthesiser.sample_rate_hz // 1000, np.float32)

    def prepare(self, texts: Sequence[str]) -> None:
        """Make sentences at start, at normal rate, so that they can be said at once."""
        for text in texts:
            self._prepared[text] = np.concatenate(list(self._synthesiser.synthesise(text, 1.0, self._noise)))

    def step(self, port: str, item: Item, now_ns: int) -> Iterator[Item]:
        if isinstance(item, Effect) and item.name == "rate":
            self._rate = item.value
        elif isinstance(item, Say):
            yield from self._say(item)

    def _say(self, say: Say) -> Iterator[Item]:
        rate = self._rate * say.rate
        ready = self._prepared.get(say.text)
        if ready is None:
            ready = self._kept.get((say.text, rate))
        if ready is not None:
            yield self._audio(say, ready, last=False)
        else:
            yield from self._make(say, rate)
        yield self._audio(say, self._gap, last=True)

    def _make(self, say: Say, rate: float) -> Iterator[Item]:
        pieces: list[Samples] = []
        try:
            for piece in self._synthesiser.synthesise(say.text, rate, self._noise):
                pieces.append(piece)
                yield self._audio(say, piece, last=False)
        except Exception:
            yield self._audio(say, self._gap, last=True)  # nobody may wait for the rest of a sentence that broke
            raise
        if pieces and len(say.text) <= KEPT_CHARACTERS:
            self._kept[say.text, rate] = np.concatenate(pieces)
            while len(self._kept) > KEPT_SENTENCES:
                self._kept.popitem(last=False)

    def _audio(self, say: Say, samples: Samples, *, last: bool) -> SpeechAudio:
        return SpeechAudio(say, samples, self._synthesiser.sample_rate_hz, last)
