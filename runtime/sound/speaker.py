"""The speaker: a stage that sends sound to the child process, and a source of its position."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from edgemm.media import Samples, playable
from runtime.items import Item, Overrun, SpeakerAudio, SpeakerClear, SpeakerPosition
from runtime.sound import frames
from runtime.sound.process import SoundProcess


class SpeakerDevice:
    """The source half: opens the device, reports how much of what it was sent has been heard."""

    name = "speaker_device"

    def __init__(self, device: str | None = None) -> None:
        self._device = device
        self._process: SoundProcess | None = None
        self._lock = threading.Lock()
        self._streams: dict[tuple[int, int], Any] = {}
        """Resamplers of the sentences that are being sent, by sentence and rate."""

    def open(self) -> None:
        self.close()
        process = SoundProcess("speaker", self._device)
        with self._lock:
            self._process = process

    def read(self) -> SpeakerPosition | Overrun | None:
        process = self._process
        assert process is not None, "read before open"
        frame = process.read()
        if frame.kind == frames.LOST:
            return Overrun("speaker.underflow", frames.unpack_count(frame.payload))
        if frame.kind not in (frames.POSITION, frames.CLEAR):
            return None
        return SpeakerPosition(frames.unpack_count(frame.payload), process.pid, frame.kind == frames.CLEAR)

    def close(self) -> None:
        with self._lock:
            process, self._process = self._process, None
            self._streams.clear()
        if process is not None:
            process.close()

    def play(self, audio: SpeakerAudio) -> int | None:
        """Send sound; its samples at the device's rate, or None where there is no device now."""
        with self._lock:
            process = self._process
            if process is None:
                return None
            samples = playable(self._converted(audio, process.sample_rate_hz))
            sent = process.send(frames.pack(frames.SOUND, payload=(samples * 32767).astype("<i2").tobytes()))
            return len(samples) if sent else None

    def _converted(self, audio: SpeakerAudio, rate_hz: int) -> Samples:
        """At the device's rate. A sentence's pieces go through one stream, or each border would be a click."""
        if audio.sample_rate_hz == rate_hz:
            return audio.samples
        import soxr

        key = (audio.utterance_id, audio.sample_rate_hz)
        stream = self._streams.pop(key, None)
        if stream is None:
            stream = soxr.ResampleStream(audio.sample_rate_hz, rate_hz, 1, dtype="float32")
        if not audio.last:
            self._streams[key] = stream
        samples: Samples = stream.resample_chunk(playable(audio.samples), last=audio.last)
        return samples

    def clear(self) -> bool:
        """Drop what has not been played; False where there is no device now."""
        with self._lock:
            self._streams.clear()
            return self._process is not None and self._process.send(frames.pack(frames.CLEAR))


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
        self._heard = 0
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
        samples = self._device.play(audio)
        if samples is None:
            yield audio.playback("cut")
        elif samples or audio.last:
            last = self._pieces[-1].audio if self._pieces else self._playing
            first = last is None or last.utterance_id != audio.utterance_id
            self._pieces.append(_Piece(audio, first, samples))

    def _advance(self, position: SpeakerPosition) -> Iterator[Item]:
        if position.device_id != self._device_id:  # a new child counts from zero; what the old one held is lost
            fresh = self._device_id == 0
            self._device_id, self._heard, self._clears_awaited = position.device_id, 0, 0
            if not fresh:
                yield from self._cut()
        if self._clears_awaited:  # until the child confirms, what is heard belongs to what was cut
            self._clears_awaited -= position.cleared
            self._heard = position.samples
            return
        heard = max(0, position.samples - self._heard)
        self._heard += heard
        yield from self._tell(heard)

    def _tell(self, heard: int) -> Iterator[Item]:
        """What has begun and ended now that so many more samples have been heard."""
        while self._pieces and (heard or not self._pieces[0].samples):
            piece = self._pieces[0]
            if piece.first:
                piece.first = False
                self._playing = piece.audio
                yield piece.audio.playback("started")
            step = min(heard, piece.samples)
            piece.samples -= step
            heard -= step
            if piece.samples == 0:
                self._pieces.popleft()
                if piece.audio.last:
                    self._playing = None
                    yield piece.audio.playback("finished")

    def _cut(self) -> Iterator[Item]:
        waiting = [piece.audio for piece in self._pieces] or ([self._playing] if self._playing else [])
        self._pieces.clear()
        self._playing = None
        for audio in {audio.utterance_id: audio for audio in waiting}.values():
            yield audio.playback("cut")
