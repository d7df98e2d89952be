"""The program that owns one sound device: `python -m runtime.sound.child microphone|speaker [NAME]`.

Imports sounddevice only (its raw streams need no NumPy), so it starts quickly and stays small. It ends when its
standard input closes, so it never outlives the daemon.
"""

from __future__ import annotations

import json
import os
import queue
import sys
import threading
import time
from typing import Any

import sounddevice

from runtime.sound import frames

MICROPHONE_RATE_HZ = 16_000
SPEAKER_RATE_HZ = 22_050
BLOCK_SAMPLES = 512
SPEAKER_LATENCY_S = 0.15
"""Below this PortAudio over PulseAudio dropped out in measurements."""
CLOSED = b""

Outbox = queue.SimpleQueue[bytes]


def main(arguments: list[str]) -> int:
    """Open the device, shovel until standard input closes or the stream ends."""
    role, name = arguments[0], arguments[1] if len(arguments) > 1 else None
    outbox: Outbox = queue.SimpleQueue()
    run = {"microphone": _run_microphone, "speaker": _run_speaker}[role]
    threading.Thread(target=_serve, args=(run, name, outbox), daemon=True).start()
    while message := outbox.get():
        sys.stdout.buffer.write(message)
        sys.stdout.buffer.flush()
    # A wedged device would block the interpreter's orderly end for ever.
    os._exit(0)


def _serve(run: Any, name: str | None, outbox: Outbox) -> None:
    try:
        run(name, outbox)
    except (sounddevice.PortAudioError, ValueError) as error:
        outbox.put(frames.pack(frames.ERROR, time.monotonic_ns(), str(error).encode()))
    outbox.put(CLOSED)


def _open(kind: Any, name: str | None, rate_hz: int, **options: Any) -> Any:
    """A stream at `rate_hz`, or at the device's own rate where it refuses that (bare hardware does)."""
    try:
        return kind(device=name, samplerate=rate_hz, channels=1, dtype="int16", **options)
    except sounddevice.PortAudioError:
        side = "input" if kind is sounddevice.RawInputStream else "output"
        found = sounddevice.query_devices(name, side)
        channels = min(2, int(found[f"max_{side}_channels"]))
        return kind(device=name, samplerate=found["default_samplerate"], channels=channels, dtype="int16", **options)


def _ready(stream: Any, name: str | None, outbox: Outbox) -> None:
    facts = {"device": name or "default", "sample_rate_hz": int(stream.samplerate), "channels": stream.channels}
    outbox.put(frames.pack(frames.READY, time.monotonic_ns(), json.dumps(facts).encode()))


def _run_microphone(name: str | None, outbox: Outbox) -> None:
    ended = threading.Event()

    def captured(data: Any, count: int, clock: Any, status: Any) -> None:
        age_ns = max(0, int((clock.currentTime - clock.inputBufferAdcTime) * 1e9))
        outbox.put(frames.pack(frames.SOUND, time.monotonic_ns() - age_ns, bytes(data)))

    stream = _open(
        sounddevice.RawInputStream,
        name,
        MICROPHONE_RATE_HZ,
        blocksize=BLOCK_SAMPLES,
        latency="low",
        callback=captured,
        finished_callback=ended.set,
    )
    stream.start()
    _ready(stream, name, outbox)
    threading.Thread(target=_wait_for_end_of_input, args=(outbox,), daemon=True).start()
    ended.wait()
    raise ValueError("the microphone stopped delivering")


def _wait_for_end_of_input(outbox: Outbox) -> None:
    while frames.read_frame(sys.stdin.buffer) is not None:
        pass
    outbox.put(CLOSED)


class _Buffer:
    """Samples that wait for the device, and the count of those that it has taken."""

    def __init__(self) -> None:
        self._bytes = bytearray()
        self._lock = threading.Lock()
        self.taken = 0

    def add(self, payload: bytes) -> None:
        with self._lock:
            self._bytes += payload

    def take(self, size: int) -> bytes:
        with self._lock:
            piece = bytes(self._bytes[:size])
            del self._bytes[:size]
            self.taken += len(piece) // 2
        return piece

    def clear(self) -> None:
        with self._lock:
            self._bytes.clear()


def _run_speaker(name: str | None, outbox: Outbox) -> None:
    buffer, ended = _Buffer(), threading.Event()

    def wanted(data: Any, count: int, clock: Any, status: Any) -> None:
        channels = len(data) // (2 * count)
        piece = buffer.take(2 * count)
        sound = piece + bytes(2 * count - len(piece))
        data[:] = sound if channels == 1 else b"".join(sound[i : i + 2] * channels for i in range(0, len(sound), 2))
        delay_ns = max(0, int((clock.outputBufferDacTime - clock.currentTime) * 1e9))
        audible_ns = time.monotonic_ns() + delay_ns + len(piece) // 2 * 1_000_000_000 // int(stream.samplerate)
        outbox.put(frames.pack(frames.POSITION, audible_ns, frames.pack_count(buffer.taken)))

    stream = _open(
        sounddevice.RawOutputStream,
        name,
        SPEAKER_RATE_HZ,
        blocksize=BLOCK_SAMPLES,
        latency=SPEAKER_LATENCY_S,
        callback=wanted,
        finished_callback=ended.set,
    )
    stream.start()
    _ready(stream, name, outbox)
    threading.Thread(target=_obey, args=(buffer, outbox), daemon=True).start()
    ended.wait()
    raise ValueError("the speaker stopped taking sound")


def _obey(buffer: _Buffer, outbox: Outbox) -> None:
    while (frame := frames.read_frame(sys.stdin.buffer)) is not None:
        if frame.kind == frames.SOUND:
            buffer.add(frame.payload)
        elif frame.kind == frames.CLEAR:
            buffer.clear()
            outbox.put(frames.pack(frames.CLEAR, time.monotonic_ns(), frames.pack_count(buffer.taken)))
    outbox.put(CLOSED)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
