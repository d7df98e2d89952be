"""The assistant on the live driver, with a microphone and a camera made of recordings, asked aloud and timed.

No sound server stands between: a chunk of sound arrives when its last sample would have been heard.
"""

from __future__ import annotations

import queue
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Lock
from types import TracebackType

import numpy as np

from bench.paused import PausedSentence
from bench.voices import speech_bounds
from edgemm.media import NS_PER_S, SAMPLE_RATE_HZ, AudioChunk, Pixels, Samples, VideoFrame
from runtime.drivers.live_driver import LiveDriver
from runtime.items import (
    Item,
    Playback,
    Press,
    Routed,
    Scene,
    SpeakerAudio,
    SpeechAudio,
    TurnAudio,
    TurnConfirmed,
    TurnRef,
)
from runtime.table.parts import Parts
from runtime.table.pipeline import pipeline

WINDOW = 512
TIMEOUT_S = 5.0
CLOSED_EAR_S = 0.6
"""The microphone is ignored for a moment after we spoke."""
NOISE_FRAMES = 16
AFTER_CUT_S = 4.0


class LiveMicrophone:
    """A source: silence, with clips in it as they are asked for."""

    name = "microphone"

    def __init__(self) -> None:
        self._lock = Lock()
        self._waiting: deque[Samples] = deque()
        self._next_ns = 0
        self.started: queue.SimpleQueue[int] = queue.SimpleQueue()
        """When the first sample of each clip was heard, in ns."""

    def say(self, samples: Samples) -> None:
        """Put a clip into the sound."""
        padded = np.pad(samples, (0, -len(samples) % WINDOW))
        with self._lock:
            self._waiting.extend(padded.reshape(-1, WINDOW))
            self._opening = True

    _opening = False

    def open(self) -> None:
        self._next_ns = time.monotonic_ns()

    def read(self) -> Item:
        end_ns = self._next_ns + WINDOW * NS_PER_S // SAMPLE_RATE_HZ
        time.sleep(max(0, end_ns - time.monotonic_ns()) / NS_PER_S)
        with self._lock:
            samples = self._waiting.popleft() if self._waiting else np.zeros(WINDOW, np.float32)
            if self._opening:
                self._opening = False
                self.started.put(self._next_ns)
        chunk = AudioChunk(samples, SAMPLE_RATE_HZ, self._next_ns)
        self._next_ns = end_ns
        return chunk

    def close(self) -> None: ...


class StillCamera:
    """A source: a photograph with a sensor's noise."""

    name = "camera"

    def __init__(self, pixels: Pixels, frames_per_s: float) -> None:
        self._frames = [noisy(pixels, seed) for seed in range(NOISE_FRAMES)]
        self._period_ns = int(NS_PER_S / frames_per_s)
        self._number, self._next_ns = 0, 0

    def open(self) -> None:
        self._next_ns = time.monotonic_ns()

    def read(self) -> Item:
        self._next_ns += self._period_ns
        time.sleep(max(0, self._next_ns - time.monotonic_ns()) / NS_PER_S)
        self._number += 1
        return VideoFrame(self._frames[self._number % NOISE_FRAMES], time.monotonic_ns(), self._number)

    def close(self) -> None: ...


def noisy(pixels: Pixels, seed: int) -> Pixels:
    """As a sensor delivers it: never twice the same."""
    noise = np.random.default_rng(seed).integers(-6, 7, pixels.shape, np.int16)
    noised: Pixels = np.clip(pixels + noise, 0, 255).astype(np.uint8)
    return noised


@dataclass
class Asked:
    """What became of one question. Times are monotonic ns, of the revision that counted."""

    speech_end_ns: int
    guess_ns: dict[TurnRef, int] = field(default_factory=dict)
    ready_ns: dict[TurnRef, int] = field(default_factory=dict)
    routed: dict[TurnRef, tuple[Routed, int]] = field(default_factory=dict)
    confirmed: list[tuple[TurnRef, int]] = field(default_factory=list)
    sound_ns: int | None = None
    turn: TurnRef | None = None

    def take(self, time_ns: int, item: Item) -> None:
        if isinstance(item, TurnAudio) and item.purpose == "guess":
            self.guess_ns[item.turn] = time_ns
        elif isinstance(item, Routed):
            self.routed[item.turn] = (item, time_ns)
        elif isinstance(item, SpeechAudio) and item.say.turn is not None:
            self.ready_ns.setdefault(item.say.turn, time_ns)
        elif isinstance(item, TurnConfirmed):
            self.confirmed.append((item.turn, time_ns))
        elif isinstance(item, SpeakerAudio) and item.kind == "answer" and self.sound_ns is None:
            self.sound_ns, self.turn = time_ns, item.turn


class LiveLine:
    """The running assistant: `ask` aloud, one question at a time."""

    def __init__(self, parts: Parts, pixels: Pixels, frames_per_s: float = 10.0) -> None:
        self._microphone = LiveMicrophone()
        self._told: queue.SimpleQueue[tuple[int, Item]] = queue.SimpleQueue()
        self._driver = LiveDriver(
            pipeline(parts), [self._microphone, StillCamera(pixels, frames_per_s)], [self._watch], ["daemon"]
        )

    def __enter__(self) -> LiveLine:
        self._driver.start()
        self._until(lambda item: isinstance(item, Scene), 60.0)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._driver.stop()

    def ask(self, samples: Samples) -> Asked:
        """Say the clip, wait for the first sound of an answer, silence it."""
        self._empty()
        self._microphone.say(samples)
        start_ns = self._microphone.started.get()
        asked = Asked(start_ns + speech_bounds(samples)[1] * NS_PER_S // SAMPLE_RATE_HZ)
        give_up_ns = asked.speech_end_ns + int(TIMEOUT_S * NS_PER_S)
        while time.monotonic_ns() < give_up_ns and asked.sound_ns is None:
            try:
                asked.take(*self._told.get(timeout=0.1))
            except queue.Empty:
                continue
        if asked.sound_ns is not None:
            self._silence()
        time.sleep(CLOSED_EAR_S)
        return asked

    def cuts(self, sentence: PausedSentence) -> bool:
        """Say a sentence with a pause inside: whether a turn ended before its second half had begun."""
        asked = self.ask(sentence.samples)
        start_ns = asked.speech_end_ns - speech_bounds(sentence.samples)[1] * NS_PER_S // SAMPLE_RATE_HZ
        second_ns = start_ns + sentence.pause_end * NS_PER_S // SAMPLE_RATE_HZ
        is_cut = any(time_ns < second_ns for _, time_ns in asked.confirmed)
        if is_cut:  # what follows is heard as another question
            time.sleep(AFTER_CUT_S)
            self._driver.deliver("daemon", Press("command"))
            time.sleep(CLOSED_EAR_S)
        return is_cut

    def _silence(self) -> None:
        """As `edgemm stop`, once the answer is heard: before that a press has nothing to silence."""
        self._until(lambda item: isinstance(item, Playback) and item.state == "started", TIMEOUT_S)
        self._driver.deliver("daemon", Press("command"))
        self._until(lambda item: isinstance(item, Playback) and item.state != "started", TIMEOUT_S)

    def _empty(self) -> None:
        while not self._told.empty():
            self._told.get()

    def _until(self, wanted: Callable[[Item], bool], timeout_s: float) -> None:
        deadline = time.monotonic() + timeout_s
        while not wanted(self._told.get(timeout=max(0.01, deadline - time.monotonic()))[1]):
            pass

    def _watch(self, time_ns: int, producer: str, item: Item) -> None:
        if isinstance(item, (TurnAudio, Routed, SpeechAudio, TurnConfirmed, SpeakerAudio, Playback, Scene)):
            self._told.put((time_ns, item))
