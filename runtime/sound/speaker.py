"""The speaker: a stage that sends sound to the child process, and a source of its position."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from edgemm.media import Samples
from runtime.items import Item, Playback, SpeakerAudio, SpeakerClear, SpeakerPosition
from runtime.sound import frames
from runtime.sound.process import SoundProcess


class SpeakerDevice:
    """The source half: opens the device, reports how far it has played."""

    name = "speaker_device"

    def __init__(self, device: str | None = None) -> None:
        self._device = device
        self._process: SoundProcess | None = None
        self._lock = threading.Lock()

    def open(self) -> None:
        self.close()
        process = SoundProcess("speaker", self._device)
        with self._lock:
            self._process = process

    def read(self) -> SpeakerPosition | None:
        process = self._process
        assert process is not None, "read before open"
        frame = process.read()
        if frame.kind not in (frames.POSITION, frames.CLEAR):
            return None
        return SpeakerPosition(frames.unpack_count(frame.payload), process.pid, frame.kind == frames.CLEAR)

    def close(self) -> None:
        with self._lock:
            process, self._process = self._process, None
        if process is not None:
            process.close()

    def play(self, samples: Samples, sample_rate_hz: int) -> tuple[int, int] | None:
        """Send sound; (device id, samples at the device's rate), or None where there is no device now."""
        with self._lock:
            process = self._process
            if process is None:
                return None
            if process.sample_rate_hz != sample_rate_hz:
                import soxr

                samples = soxr.resample(samples, sample_rate_hz, process.sample_rate_hz).astype(np.float32)
            process.send(frames.pack(frames.SOUND, payload=(np.clip(samples, -1, 1) * 32767).astype("<i2").tobytes()))
            return process.pid, len(samples)

    def clear(self) -> bool:
        """Drop what has not been played; False where there is no device now."""
        with self._lock:
            if self._process is None:
                return False
            self._process.send(frames.pack(frames.CLEAR))
            return True


@dataclass
class _Piece:
    audio: SpeakerAudio
    first: bool
    samples: int


class Speaker:
    """The stage half: SpeakerAudio and SpeakerClear in, Playback out.

    Ports: `clear` (SpeakerClear), `audio` (SpeakerAudio), `position` (SpeakerPosition).
    """

    def __init__(self, device: SpeakerDevice) -> None:
        self._device = device
        self._pieces: deque[_Piece] = deque()
        self._playing: SpeakerAudio | None = None
        self._device_id = 0
        self._taken = 0
        self._clears_awaited = 0

    def step(self, port: str, item: Item, now_ns: int) -> Iterator[Item]:
        if isinstance(item, SpeakerAudio):
            yield from self._play(item)
        elif isinstance(item, SpeakerClear):
            self._clears_awaited += self._device.clear()
            yield from self._cut()
        elif isinstance(item, SpeakerPosition):
            yield from self._advance(item)

    def _play(self, audio: SpeakerAudio) -> Iterator[Item]:
        sent = self._device.play(audio.samples, audio.sample_rate_hz)
        if sent is None:
            yield _playback(audio, "cut")
            return
        _, samples = sent
        last = self._pieces[-1].audio if self._pieces else self._playing
        first = last is None or last.utterance_id != audio.utterance_id
        self._pieces.append(_Piece(audio, first, samples))

    def _advance(self, position: SpeakerPosition) -> Iterator[Item]:
        if position.device_id != self._device_id:  # a new child counts from zero; what the old one held is lost
            fresh = self._device_id == 0
            self._device_id, self._taken, self._clears_awaited = position.device_id, 0, 0
            if not fresh:
                yield from self._cut()
        played, self._taken = position.samples - self._taken, position.samples
        if self._clears_awaited:  # until the child confirms, what it takes belongs to what was cut
            self._clears_awaited -= position.cleared
            return
        while self._pieces and played > 0:
            piece = self._pieces[0]
            if piece.first:
                piece.first = False
                self._playing = piece.audio
                yield _playback(piece.audio, "started")
            step = min(played, piece.samples)
            piece.samples -= step
            played -= step
            if piece.samples == 0:
                self._pieces.popleft()
                if piece.audio.last:
                    self._playing = None
                    yield _playback(piece.audio, "finished")

    def _cut(self) -> Iterator[Item]:
        waiting = [piece.audio for piece in self._pieces] or ([self._playing] if self._playing else [])
        self._pieces.clear()
        self._playing = None
        for audio in {audio.utterance_id: audio for audio in waiting}.values():
            yield _playback(audio, "cut")


def _playback(audio: SpeakerAudio, state: str) -> Playback:
    return Playback(audio.utterance_id, state, audio.text, audio.turn)  # type: ignore[arg-type]
