"""A speaker made of time: busy for samples / rate, in replay and wherever there is no sound device."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

from edgemm.media import NS_PER_S, Samples
from runtime.items import Item, SpeakerAudio, SpeakerClear


class Track(Protocol):
    """Where the sound goes: `runtime.sinks.wav_file`."""

    def place(self, start_ns: int, samples: Samples, sample_rate_hz: int) -> None:
        """Sound that begins at `start_ns`, not before anything placed earlier."""
        ...

    def cut(self, now_ns: int) -> None:
        """Forget what would sound from now on."""
        ...

    def advance(self, now_ns: int) -> None:
        """Time has come this far: what lies before will not change."""
        ...


@dataclass
class _Piece:
    audio: SpeakerAudio
    start_ns: int
    end_ns: int
    opens: bool
    """First piece of its sentence, not yet told as started."""


class VirtualSpeaker:
    """A stage. Ports: `clear` (SpeakerClear), `audio` (SpeakerAudio), `tick`. Yields Playback."""

    def __init__(self, track: Track | None = None) -> None:
        self._track = track
        self._pieces: deque[_Piece] = deque()
        self._open: SpeakerAudio | None = None
        """The sentence that has been started and neither finished nor cut."""
        self._free_ns = 0

    def step(self, port: str, item: Item, now_ns: int) -> Iterator[Item]:
        yield from self._pass(now_ns)
        if isinstance(item, SpeakerAudio):
            self._queue(item, now_ns)
            yield from self._pass(now_ns)
        elif isinstance(item, SpeakerClear):
            yield from self._clear(now_ns)

    def _queue(self, audio: SpeakerAudio, now_ns: int) -> None:
        start_ns = max(now_ns, self._free_ns)
        self._free_ns = start_ns + len(audio.samples) * NS_PER_S // audio.sample_rate_hz
        before = self._pieces[-1].audio if self._pieces else self._open
        opens = before is None or before.utterance_id != audio.utterance_id
        self._pieces.append(_Piece(audio, start_ns, self._free_ns, opens))
        if self._track is not None:
            self._track.place(start_ns, audio.samples, audio.sample_rate_hz)

    def _pass(self, now_ns: int) -> Iterator[Item]:
        """Tell what has begun and ended up to now."""
        if self._track is not None:
            self._track.advance(now_ns)
        while self._pieces and self._pieces[0].start_ns <= now_ns:
            piece = self._pieces[0]
            if piece.opens:
                piece.opens = False
                self._open = piece.audio
                yield piece.audio.playback("started")
            if piece.end_ns > now_ns:
                return
            self._pieces.popleft()
            if piece.audio.last:
                self._open = None
                yield piece.audio.playback("finished")

    def _clear(self, now_ns: int) -> Iterator[Item]:
        cut = {piece.audio.utterance_id: piece.audio for piece in self._pieces}
        if self._open is not None:
            cut.setdefault(self._open.utterance_id, self._open)
        self._pieces.clear()
        self._open = None
        self._free_ns = now_ns
        if self._track is not None:
            self._track.cut(now_ns)
        for audio in cut.values():
            yield audio.playback("cut")
