"""The daemon's line against a hand-written script with the same steps: guess in hand to first sound of the answer."""

from __future__ import annotations

import itertools
import queue
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

import numpy as np

from bench import Context, Measurement
from bench.live_line import NOISE_FRAMES, noisy
from bench.questions import SpokenQuestion, spoken_questions
from edgemm.bundles.figures import Figure
from edgemm.media import SAMPLE_RATE_HZ, VideoFrame
from runtime.drivers.live_driver import LiveDriver
from runtime.items import Item, Playback, Say, Scene, SpeakerAudio, Transcript, TurnAudio, TurnConfirmed, TurnRef
from runtime.sessions.session_reader import find_session, open_session
from runtime.settings.config import RuntimeConfig
from runtime.sinks.virtual_speaker import VirtualSpeaker
from runtime.stages.answer import AnswerStage
from runtime.stages.clock import WallClock
from runtime.stages.look import Look
from runtime.stages.route import Route
from runtime.stages.speak import Voice
from runtime.stages.turn_completion import TurnCompletionStage
from runtime.table.assembly import assemble, warm_up
from runtime.table.parts import Parts
from runtime.table.pipeline import pipeline

QUESTIONS = 32
AT_MOST = 1.05
TIMEOUT_S = 20.0
LEAD_S = 0.2


def measure(context: Context) -> Measurement:
    config = RuntimeConfig(pack=context.pack, bundles=context.bundles, target=context.target, listen="always")
    parts = assemble(config, context.models(), VirtualSpeaker(), WallClock(datetime.now().astimezone()), noise=0.0)
    warm_up(parts)
    frame = next(iter(open_session(find_session("demo")).arrivals("camera"))).item
    assert isinstance(frame, VideoFrame)
    questions = spoken_questions(QUESTIONS)
    line, daemon = _StraightLine(parts, _frames(frame)), _Daemon(parts, _frames(frame))
    ours: list[_Said] = []
    peers: list[_Said] = []
    try:
        for number, question in enumerate(questions):
            order = ((daemon.ask, ours), (line.ask, peers))
            for ask, said in order if number % 2 else order[::-1]:
                said.append(ask(question))
    finally:
        daemon.close()
    pairs = [(one, peer) for one, peer in zip(ours, peers, strict=True) if one.text == peer.text]
    ratio = float(np.median([one.after_ms / peer.after_ms for one, peer in pairs]))
    figure = Figure(name="time_to_first_sound", value=ratio, unit="x", at_most=AT_MOST, samples=len(pairs))
    note = f"median of the pairs that said the same: {len(pairs)} of {len(questions)}"
    series = {"daemon": [one.after_ms for one in ours], "straight line": [peer.after_ms for peer in peers]}
    return Measurement((figure,), note, series)


@dataclass(frozen=True)
class _Said:
    """The first sentence of an answer, and when its first sound was there."""

    text: str
    after_ms: float


def _samples(question: SpokenQuestion) -> np.ndarray:
    return np.concatenate([np.zeros(int(LEAD_S * SAMPLE_RATE_HZ), np.float32), question.samples])


class _StraightLine:
    """What one would write by hand: call after call."""

    def __init__(self, parts: Parts, frames: Iterator[VideoFrame]) -> None:
        self._parts = parts
        self._completion = TurnCompletionStage(parts.completion_detector, parts.turns.ending)
        self._route = Route(
            parts.embedder,
            parts.skills,
            parts.fallback,
            sounds=parts.sounds,
            known_names=parts.answers.label_names,
        )
        self._answer = AnswerStage(parts.observers, parts.clock, parts.answers, parts.skills)
        self._voice = Voice(parts.synthesiser, noise=0.0)
        self._look, self._frames = Look(parts.objects), frames

    def ask(self, question: SpokenQuestion) -> _Said:
        now_ns = time.monotonic_ns()
        for scene in self._look.step("frame", next(self._frames), now_ns):
            list(self._answer.step("scene", scene, now_ns))
        samples = _samples(question)
        started = time.perf_counter()
        for step in self._parts.recogniser.steps(samples, context="short"):
            heard = step
        transcript = Transcript(TurnRef(0, 0), heard.text, "guess", 0.0, 0)
        routed = next(self._route.step("text", transcript, time.monotonic_ns()))
        for port, item in (("audio", TurnAudio(TurnRef(0, 0), samples, "guess", 0, 0)), ("routed", routed)):
            list(self._completion.step(port, item, 0))
        said = next(item for item in self._answer.step("routed", routed, time.monotonic_ns()) if isinstance(item, Say))
        sound = self._voice.step("say", said, time.monotonic_ns())
        next(sound)
        after_ms = (time.perf_counter() - started) * 1e3
        list(sound)  # what the daemon's voice keeps of a whole sentence, this one keeps too
        return _Said(said.text, after_ms)


class _Daemon:
    """The live table from the guess on; the question is confirmed as it is handed in."""

    def __init__(self, parts: Parts, frames: Iterator[VideoFrame]) -> None:
        rows = [row for row in pipeline(parts) if row.name not in ("end_of_turn", "voice_activity")]
        self._sounds: queue.SimpleQueue[tuple[SpeakerAudio, float]] = queue.SimpleQueue()
        self._scenes: queue.SimpleQueue[None] = queue.SimpleQueue()
        self._finished: queue.SimpleQueue[TurnRef | None] = queue.SimpleQueue()
        self._driver = LiveDriver(
            rows, [], [self._watch], ["camera", "microphone", "daemon", "end_of_turn", "voice_activity"]
        )
        self._frames, self._turns = frames, itertools.count(1)
        self._driver.start()

    def ask(self, question: SpokenQuestion) -> _Said:
        turn = TurnRef(next(self._turns), 1)
        self._driver.deliver("camera", next(self._frames))
        self._scenes.get(timeout=TIMEOUT_S)
        started = time.perf_counter()
        audio = TurnAudio(turn, _samples(question), "guess", 0, 0)
        self._driver.deliver("end_of_turn", audio)
        self._driver.deliver("end_of_turn", TurnConfirmed(turn, time.monotonic_ns()))
        while True:
            sound, at = self._sounds.get(timeout=TIMEOUT_S)
            if sound.turn == turn:
                break
        while self._finished.get(timeout=TIMEOUT_S) != turn:
            pass
        return _Said(sound.text, (at - started) * 1e3)

    def close(self) -> None:
        self._driver.stop()

    def _watch(self, time_ns: int, producer: str, item: Item) -> None:
        if isinstance(item, SpeakerAudio) and item.text:
            self._sounds.put((item, time_ns / 1e9 + time.perf_counter() - time.monotonic()))
        elif isinstance(item, Scene):
            self._scenes.put(None)
        elif isinstance(item, Playback) and item.state == "finished":
            self._finished.put(item.turn)


def _frames(frame: VideoFrame) -> Iterator[VideoFrame]:
    """The same view again and again, never twice the same picture: else it would be taken for frozen."""
    pictures = [noisy(frame.pixels, seed) for seed in range(NOISE_FRAMES)]
    for number in itertools.count():
        yield VideoFrame(pictures[number % NOISE_FRAMES], time.monotonic_ns(), number)
