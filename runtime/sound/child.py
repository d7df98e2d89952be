"""The program that owns one sound device: `python -m runtime.sound.child microphone|speaker [NAME]`.

Imports sounddevice only (its raw streams need no NumPy), so it starts quickly and stays small. It ends when its
standard input closes, so it never outlives the daemon; and always at once, because a wedged device would block the
interpreter's orderly end for ever.
"""

from __future__ import annotations

import json
import os
import queue
import sys
import threading
import time
import traceback
from typing import Any

from runtime.sound import frames
from runtime.sound.play_buffer import PlayBuffer

MICROPHONE_RATE_HZ = 16_000
SPEAKER_RATE_HZ = 22_050
BLOCK_SAMPLES = 512
SPEAKER_LATENCY_S = 0.15
"""Below this PortAudio over PulseAudio dropped out in measurements."""
LONGEST_DELAY_S = 2.0
"""No device plays later than this what it has taken: a clock that says so is wrong (some have none)."""
OUTBOX_MESSAGES = 256
"""About eight seconds of sound: a daemon that does not read for longer loses some, and is told so."""


class Outbox:
    """Messages that wait for the daemon to read."""

    def __init__(self) -> None:
        self._waiting: queue.Queue[bytes] = queue.Queue(OUTBOX_MESSAGES)
        self._lost = 0

    def insist(self, kind: bytes, payload: bytes) -> None:
        """Put a message that must not be lost; waits for room."""
        self._waiting.put(frames.pack(kind, time.monotonic_ns(), payload))

    def offer(self, kind: bytes, payload: bytes, time_ns: int | None = None) -> bool:
        """Put a message without waiting, as callbacks must; False where there is no room and it is dropped."""
        try:
            self._waiting.put_nowait(frames.pack(kind, time.monotonic_ns() if time_ns is None else time_ns, payload))
        except queue.Full:
            return False
        return True

    def lose(self, blocks: int) -> None:
        """Count blocks that were lost, and tell the daemon as soon as there is room."""
        self._lost += blocks
        if self._lost and self.offer(frames.LOST, frames.pack_count(self._lost)):
            self._lost = 0

    def get(self) -> bytes:
        return self._waiting.get()


def main(arguments: list[str]) -> None:
    """Open the device, shovel until standard input closes or the stream ends. Does not return."""
    try:
        _shovel(*arguments)
    except BaseException:
        traceback.print_exc()  # the daemon tells the last line
        raise
    finally:
        os._exit(1)


def _shovel(role: str, name: str | None = None) -> None:
    buffer, outbox = PlayBuffer(), Outbox()
    threading.excepthook = lambda failed: outbox.insist(
        frames.ERROR, f"{failed.exc_type.__name__}: {failed.exc_value}".encode()
    )
    serve = {
        "microphone": lambda: _run_microphone(name, outbox),
        "speaker": lambda: _run_speaker(name, buffer, outbox),
    }[role]
    threading.Thread(target=_obey, args=(buffer, outbox), daemon=True).start()
    threading.Thread(target=serve, daemon=True).start()
    message = b""
    while not message.startswith(frames.ERROR):
        message = outbox.get()
        sys.stdout.buffer.write(message)
        sys.stdout.buffer.flush()


def _obey(buffer: PlayBuffer, outbox: Outbox) -> None:
    """Do what the daemon says; leave when it has gone, whatever the device is doing."""
    try:
        while (frame := frames.read_frame(sys.stdin.buffer)) is not None:
            if frame.kind == frames.SOUND:
                buffer.add(frame.payload)
            elif frame.kind == frames.CLEAR:
                outbox.insist(frames.CLEAR, frames.pack_count(buffer.clear()))
    finally:
        os._exit(0)


def _open(kind: str, name: str | None, rate_hz: int, **options: Any) -> Any:
    """A stream at `rate_hz`, or at the device's own rate where it refuses that (bare hardware does)."""
    import sounddevice  # here, because a wedged sound server can hold it for ever

    stream = {"input": sounddevice.RawInputStream, "output": sounddevice.RawOutputStream}[kind]
    try:
        return stream(device=name, samplerate=rate_hz, channels=1, dtype="int16", **options)
    except sounddevice.PortAudioError:
        found = sounddevice.query_devices(name, kind)
        channels = min(2, int(found[f"max_{kind}_channels"]))
        return stream(device=name, samplerate=found["default_samplerate"], channels=channels, dtype="int16", **options)


def _run(stream: Any, name: str | None, outbox: Outbox, ended: threading.Event) -> None:
    stream.start()
    facts = {"device": name or "default", "sample_rate_hz": int(stream.samplerate), "channels": stream.channels}
    outbox.insist(frames.READY, json.dumps(facts).encode())
    ended.wait()
    raise RuntimeError("the stream ended")


def _run_microphone(name: str | None, outbox: Outbox) -> None:
    ended = threading.Event()

    def captured(data: Any, count: int, clock: Any, status: Any) -> None:
        age_ns = max(0, int((clock.currentTime - clock.inputBufferAdcTime) * 1e9))
        kept = outbox.offer(frames.SOUND, bytes(data), time.monotonic_ns() - age_ns)
        outbox.lose(bool(status.input_overflow) + (not kept))

    stream = _open(
        "input",
        name,
        MICROPHONE_RATE_HZ,
        blocksize=BLOCK_SAMPLES,
        latency="low",
        callback=captured,
        finished_callback=ended.set,
    )
    _run(stream, name, outbox, ended)


def _run_speaker(name: str | None, buffer: PlayBuffer, outbox: Outbox) -> None:
    ended = threading.Event()

    def wanted(data: Any, count: int, clock: Any, status: Any) -> None:
        now_ns, delay_s = time.monotonic_ns(), clock.outputBufferDacTime - clock.currentTime
        if not 0.0 < delay_s < LONGEST_DELAY_S:
            delay_s = stream.latency
        piece = buffer.take(count, now_ns + int(delay_s * 1e9), int(stream.samplerate))
        channels = len(data) // (2 * count)
        sound = piece + bytes(2 * count - len(piece))
        data[:] = sound if channels == 1 else b"".join(sound[i : i + 2] * channels for i in range(0, len(sound), 2))
        outbox.offer(frames.POSITION, frames.pack_count(buffer.heard(now_ns)), now_ns)
        outbox.lose(bool(status.output_underflow and piece))

    stream = _open(
        "output",
        name,
        SPEAKER_RATE_HZ,
        blocksize=BLOCK_SAMPLES,
        latency=SPEAKER_LATENCY_S,
        callback=wanted,
        finished_callback=ended.set,
    )
    _run(stream, name, outbox, ended)


if __name__ == "__main__":
    main(sys.argv[1:])
