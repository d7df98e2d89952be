"""The daemon's line against a hand-written script with the same steps: guess in hand to first sound of the answer."""

from __future__ import annotations

import itertools
import queue
import time
from datetime import datetime

import numpy as np

from bench import Context, Measurement
from bench.questions import SpokenQuestion, spoken_questions
from edgemm.figures import Figure
from edgemm.media import SAMPLE_RATE_HZ, VideoFrame
from runtime.assembly import assemble, warm_up
from runtime.config import RuntimeConfig
from runtime.items import Item, Playback, Scene, SpeakerAudio, Transcript, TurnAudio, TurnConfirmed, TurnRef
from runtime.live_driver import LiveDriver
from runtime.pipeline import Parts, pipeline
from runtime.session_reader import find_session, open_session
from runtime.sinks.virtual_speaker import VirtualSpeaker
from runtime.stages.answer import AnswerStage, WallClock
from runtime.stages.look import Look
from runtime.stages.route import Route
from runtime.stages.turn_completion import TurnCompletionStage

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
    line, daemon = _StraightLine(parts, frame), _Daemon(parts, frame)
    ours_ms: list[float] = []
    peer_ms: list[float] = []
    try:
        for number, question in enumerate(questions):
            order = ((daemon.ask, ours_ms), (line.ask, peer_ms))
            for ask, durations in order if number % 2 else order[::-1]:
                durations.append(ask(question))
    finally:
        daemon.close()
    ratio = float(np.median(np.asarray(ours_ms) / np.asarray(peer_ms)))
    figure = Figure(name="time_to_first_sound", value=ratio, unit="x", at_most=AT_MOST, samples=len(ours_ms))
    return Measurement((figure,), "median of the pairs", {"daemon": ours_ms, "straight line": peer_ms})


def _samples(question: SpokenQuestion) -> np.ndarray:
    return np.concatenate([np.zeros(int(LEAD_S * SAMPLE_RATE_HZ), np.float32), question.samples])


class _StraightLine:
    """What one would write by hand: call after call."""

    def __init__(self, parts: Parts, frame: VideoFrame) -> None:
        self._parts = parts
        self._completion = TurnCompletionStage(parts.completion_detector, parts.turns.ending)
        self._route = Route(parts.embedder, parts.skills, parts.fallback)
        self._answer = AnswerStage(parts.observers, parts.clock, parts.answers, parts.skills)
        self._look, self._frame = Look(parts.objects), frame

    def ask(self, question: SpokenQuestion) -> float:
        """Milliseconds to the first sound."""
        now_ns = time.monotonic_ns()
        for scene in self._look.step("frame", _fresh(self._frame, 0), now_ns):
            list(self._answer.step("scene", scene, now_ns))
        samples = _samples(question)
        started = time.perf_counter()
        for step in self._parts.recogniser.steps(samples, context="short"):
            heard = step
        transcript = Transcript(TurnRef(0, 0), heard.text, "guess", 0.0, 0)
        routed = next(self._route.step("text", transcript, time.monotonic_ns()))
        for port, item in (("audio", TurnAudio(TurnRef(0, 0), samples, "guess", 0, 0)), ("routed", routed)):
            list(self._completion.step(port, item, 0))
        said = next(
            item for item in self._answer.step("routed", routed, time.monotonic_ns()) if hasattr(item, "sequence")
        )
        next(iter(self._parts.synthesiser.synthesise(said.text, 1.0, 0.0)))  # type: ignore[union-attr]
        return (time.perf_counter() - started) * 1e3


class _Daemon:
    """The live table from the guess on; the question is confirmed as it is handed in."""

    def __init__(self, parts: Parts, frame: VideoFrame) -> None:
        rows = [row for row in pipeline(parts) if row.name not in ("end_of_turn", "voice_activity")]
        self._sounds: queue.SimpleQueue[tuple[TurnRef | None, float]] = queue.SimpleQueue()
        self._scenes: queue.SimpleQueue[None] = queue.SimpleQueue()
        self._finished: queue.SimpleQueue[TurnRef | None] = queue.SimpleQueue()
        self._driver = LiveDriver(
            rows, [], [self._watch], ["camera", "microphone", "daemon", "end_of_turn", "voice_activity"]
        )
        self._frame, self._turns = frame, itertools.count(1)
        self._driver.start()

    def ask(self, question: SpokenQuestion) -> float:
        """Milliseconds to the first sound."""
        number = next(self._turns)
        turn = TurnRef(number, 1)
        self._driver.deliver("camera", _fresh(self._frame, number))
        self._scenes.get(timeout=TIMEOUT_S)
        started = time.perf_counter()
        audio = TurnAudio(turn, _samples(question), "guess", 0, 0)
        self._driver.deliver("end_of_turn", audio)
        self._driver.deliver("end_of_turn", TurnConfirmed(turn, time.monotonic_ns()))
        while True:
            of, at = self._sounds.get(timeout=TIMEOUT_S)
            if of == turn:
                break
        while self._finished.get(timeout=TIMEOUT_S) != turn:
            pass
        return (at - started) * 1e3

    def close(self) -> None:
        self._driver.stop()

    def _watch(self, time_ns: int, producer: str, item: Item) -> None:
        if isinstance(item, SpeakerAudio) and item.text:
            self._sounds.put((item.turn, time_ns / 1e9 + time.perf_counter() - time.monotonic()))
        elif isinstance(item, Scene):
            self._scenes.put(None)
        elif isinstance(item, Playback) and item.state == "finished":
            self._finished.put(item.turn)


def _fresh(frame: VideoFrame, number: int) -> VideoFrame:
    return VideoFrame(frame.pixels, time.monotonic_ns(), number)
