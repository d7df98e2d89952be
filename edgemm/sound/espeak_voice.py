"""The light voice: espeak-ng's own sound, by the separate program (it is GPL; nothing of it is linked).

A program waits, already loaded, for one text; closing its input makes it speak and end, so that the end of its output
is the end of the speech, and killing it is the interruption. The next one is started at once.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import suppress
from xml.sax.saxutils import escape

import numpy as np

from edgemm.errors import HostError, InputError, MissingExtraError
from edgemm.media import Samples
from edgemm.sound.espeak_program import PROGRAM, EspeakProcess, after_s, espeak_program
from edgemm.sound.speakable import speakable

_WAV_HEADER_BYTES = 44
_PIECE_BYTES = 2 * 4096
_FIRST_PATIENCE_S = 0.1
"""For the first sound of the program that waits; it takes a millisecond. One that has hung is replaced."""
_PATIENCE_S = 3.0
"""For a fresh program, and between two pieces."""
RATES = (0.3, 4.0)


class EspeakVoice:
    """Speaks like `edgemm.tasks.speech_synthesis.SpeechSynthesiser`, without a model. Safe to call from several
    threads: each text has a program of its own."""

    sample_rate_hz = 22_050

    def __init__(self, voice: str = "en-us") -> None:
        """Raises MissingExtraError without espeak-ng."""
        espeak_program()
        self._arguments = ("--stdin", "--stdout", "-m", "-b", "1", "-v", voice)
        self._lock = threading.Lock()
        self._waiting: EspeakProcess | None = None

    def start(self) -> None:
        """Load a program now, so that the first sentence does not wait for it. Raises MissingExtraError."""
        with self._lock:
            if self._waiting is None:
                self._waiting = EspeakProcess(*self._arguments)

    def synthesise(self, text: str, rate: float = 1.0, noise: float = 0.0) -> Iterator[Samples]:
        """Pieces `(sample,)` float32 in -1..1. `noise` has no effect: this voice is always the same.

        Raises InputError, and HostError if espeak-ng gives no sound.
        """
        if not RATES[0] <= rate <= RATES[1]:
            raise InputError("speech rate", expected=f"{RATES[0]} to {RATES[1]}", found=rate)
        spoken = speakable(text)
        if spoken:
            yield from self._sound(f'<speak><prosody rate="{round(100 * rate)}%">{escape(spoken)}</prosody></speak>')

    def close(self) -> None:
        """End the waiting program."""
        with self._lock:
            process, self._waiting = self._waiting, None
        if process is not None:
            process.end()

    def _sound(self, markup: str) -> Iterator[Samples]:
        process, first = self._begin(markup)
        try:
            with suppress(MissingExtraError):  # the next sentence will say so
                self.start()
            yield from _pieces(process, first)
        finally:
            process.end()

    def _begin(self, markup: str) -> tuple[EspeakProcess, bytes]:
        """A program that speaks, and the beginning of its sound."""
        with self._lock:
            waiting, self._waiting = self._waiting, None
        if waiting is not None:
            if first := _asked(waiting, markup, _FIRST_PATIENCE_S):
                return waiting, first
            waiting.end()
        fresh = EspeakProcess(*self._arguments)
        if first := _asked(fresh, markup, _PATIENCE_S):
            return fresh, first
        fresh.end()
        raise HostError(f"{PROGRAM} gives no sound", remedy=f"Try `{PROGRAM} hello`.")


def _asked(process: EspeakProcess, markup: str, patience_s: float) -> bytes:
    """The beginning of the program's sound; nothing if it has died, hangs or gives none."""
    deadline_s = after_s(patience_s)
    sound = b""
    try:
        process.write(markup.encode("utf-8"), deadline_s)
        process.end_of_input()
        while len(sound) < _WAV_HEADER_BYTES + 2:
            block = process.read(deadline_s)
            if not block:
                return b""
            sound += block
    except OSError:
        return b""
    return sound if sound.startswith(b"RIFF") else b""


def _pieces(process: EspeakProcess, sound: bytes) -> Iterator[Samples]:
    """The sound that began with `sound`. Raises HostError if it stops in the middle."""
    unread = sound[_WAV_HEADER_BYTES:]
    try:
        while block := process.read(after_s(_PATIENCE_S)):
            unread += block
            while len(unread) >= _PIECE_BYTES:
                yield _samples(unread[:_PIECE_BYTES])
                unread = unread[_PIECE_BYTES:]
    except TimeoutError as error:
        raise HostError(f"{PROGRAM} stopped in the middle", expected=f"sound within {_PATIENCE_S} s") from error
    if len(unread) >= 2:
        yield _samples(unread[: len(unread) // 2 * 2])


def _samples(pcm: bytes) -> Samples:
    """16-bit little-endian PCM as float32."""
    return (np.frombuffer(pcm, dtype="<i2") / np.float32(32768)).astype(np.float32)
