"""The light voice: espeak-ng's own sound, by the separate program (it is GPL; nothing of it is linked).

A program waits, already loaded, for one text; closing its input makes it speak and end, so that the end of its output
is the end of the speech, and killing it is the interruption. The next one is started at once.
"""

from __future__ import annotations

import select
import subprocess
from collections.abc import Iterator
from xml.sax.saxutils import escape

import numpy as np

from edgemm.errors import HostError, InputError
from edgemm.media import Samples
from edgemm.sound.phonemes import PROGRAM, espeak_program

_WAV_HEADER_BYTES = 44
_PIECE_SAMPLES = 4096
_DEADLINE_S = 3.0
RATES = (0.3, 4.0)


class EspeakVoice:
    """Speaks like `edgemm.tasks.speech_synthesis.SpeechSynthesiser`, without a model. Not reentrant."""

    sample_rate_hz = 22_050

    def __init__(self, voice: str = "en-us") -> None:
        self._command = [espeak_program(), "--stdin", "--stdout", "-m", "-b", "1", "-v", voice]
        self._waiting = self._spawn()

    def synthesise(self, text: str, rate: float = 1.0, noise: float = 0.0) -> Iterator[Samples]:
        """Pieces `(sample,)` float32 in -1..1. `noise` has no effect: this voice is always the same."""
        if not RATES[0] <= rate <= RATES[1]:
            raise InputError("speech rate", expected=f"{RATES[0]} to {RATES[1]}", found=rate)
        spoken = "".join(character for character in text if character.isprintable())
        if not spoken.strip():
            return
        process, self._waiting = self._waiting, self._spawn()
        if process.poll() is not None:  # it was killed while it waited
            process = self._spawn()
        try:
            yield from _sound(
                process, f'<speak><prosody rate="{round(100 * rate)}%">{escape(spoken)}</prosody></speak>'
            )
        finally:
            _end(process)

    def close(self) -> None:
        """End the waiting program."""
        _end(self._waiting)

    def _spawn(self) -> subprocess.Popen[bytes]:
        return subprocess.Popen(self._command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0)


def _sound(process: subprocess.Popen[bytes], markup: str) -> Iterator[Samples]:
    assert process.stdin is not None and process.stdout is not None
    try:
        process.stdin.write(markup.encode("utf-8"))
        process.stdin.close()
    except BrokenPipeError as error:
        raise HostError(f"{PROGRAM} does not take text", found=error, remedy=f"Try `{PROGRAM} hello`.") from error
    unread = b""
    skip = _WAV_HEADER_BYTES
    while block := _read(process):
        unread += block
        if skip:
            if len(unread) < skip:
                continue
            unread, skip = unread[skip:], 0
        while len(unread) >= 2 * _PIECE_SAMPLES:
            yield _samples(unread[: 2 * _PIECE_SAMPLES])
            unread = unread[2 * _PIECE_SAMPLES :]
    if skip:
        raise HostError(f"{PROGRAM} gave no sound", found=f"exit code {process.wait()}")
    if len(unread) >= 2:
        yield _samples(unread[: len(unread) // 2 * 2])


def _read(process: subprocess.Popen[bytes]) -> bytes:
    assert process.stdout is not None
    ready, _, _ = select.select([process.stdout], [], [], _DEADLINE_S)
    if not ready:
        raise HostError(f"{PROGRAM} does not answer", expected=f"sound within {_DEADLINE_S} s")
    return process.stdout.read(1 << 16)


def _end(process: subprocess.Popen[bytes]) -> None:
    process.kill()
    for pipe in (process.stdin, process.stdout):
        if pipe is not None:
            pipe.close()
    process.wait()


def _samples(pcm: bytes) -> Samples:
    """16-bit little-endian PCM as float32."""
    return (np.frombuffer(pcm, dtype="<i2") / np.float32(32768)).astype(np.float32)
