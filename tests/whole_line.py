"""The whole table of stages on the replay driver, with small stand-ins for the models: words count, sound is a hum."""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from zlib import crc32

import numpy as np

from edgemm.media import NS_PER_S, SAMPLE_RATE_HZ, Samples, VideoFrame
from runtime.drivers.replay_driver import ReplayDriver
from runtime.evidence import Evidence, EvidenceKind
from runtime.items import Answer, Item, Playback, TurnConfirmed, TurnRef, TurnText
from runtime.sinks.virtual_speaker import VirtualSpeaker
from runtime.skills import FALLBACK, SKILLS
from runtime.stages.answer import AnswerSettings
from runtime.stages.clock import WallClock
from runtime.stages.frame_quality import FrameQualitySettings
from runtime.stages.notices import NoticeSettings
from runtime.stages.turn_rules import TurnSettings
from runtime.table.parts import Parts

SOURCES = ("camera", "microphone", "daemon")
Arrival = tuple[int, str, Item]


class WordCounts:
    """Texts of the same words are alike."""

    def embed(self, texts: Sequence[str]) -> np.ndarray:
        vectors = np.zeros((len(texts), 512), np.float32)
        for row, text in enumerate(texts):
            for word in text.lower().split():
                vectors[row, crc32(word.strip("?.,").encode()) % 512] += 1.0
        return vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-9)


class Hum:
    sample_rate_hz = SAMPLE_RATE_HZ

    def synthesise(self, text: str, rate: float, noise: float) -> Iterator[Samples]:
        yield np.full(SAMPLE_RATE_HZ * max(1, len(text)) // 20, 0.1, np.float32)


class Unheard:
    """A microphone that hears nobody."""

    def push(self, window: Samples) -> float:
        return 0.0

    def reset(self) -> None:
        pass

    def probability(self, samples: Samples) -> float:
        return 0.0

    def steps(self, samples: Samples, *, context: str) -> Iterator[object]:
        return iter(())


class SeesNothing:
    """A detector. `fails` makes it raise on every picture from that capture time (s) on."""

    kind: EvidenceKind = "object"

    def __init__(self, fails_from_s: float | None = None) -> None:
        self._fails_from_s = fails_from_s

    def gather(self, frame: VideoFrame, known: tuple[Evidence, ...]) -> Iterator[tuple[Evidence, ...]]:
        if self._fails_from_s is not None and frame.capture_time_ns >= self._fails_from_s * NS_PER_S:
            raise RuntimeError("model error")
        yield ()


def parts(objects: object | None = None, *, alerts: bool = True, wake: object | None = None) -> Parts:
    """What the table is built from."""
    unheard = Unheard()
    return Parts(
        speech_detector=unheard,
        completion_detector=unheard,
        recogniser=unheard,
        embedder=WordCounts(),
        synthesiser=Hum(),
        objects=objects or SeesNothing(),
        observers={},
        skills=SKILLS,
        fallback=FALLBACK,
        clock=WallClock(datetime(2026, 11, 24, 17, 7)),
        turns=TurnSettings(),
        notices=NoticeSettings(on_duty=alerts),
        answers=AnswerSettings(alerts=alerts),
        frames=FrameQualitySettings(frozen_after_s=None),
        speaker=VirtualSpeaker(),
        wake=wake,  # type: ignore[arg-type]
        alerts=alerts,
        analysed_per_s=10.0,
    )


def film(pictures: Iterable[np.ndarray], fps: float = 10.0, start_s: float = 0.0) -> Iterator[Arrival]:
    """Pictures as the camera delivers them, without delay."""
    for number, pixels in enumerate(pictures):
        time_ns = int((start_s + number / fps) * NS_PER_S)
        yield time_ns, "camera", VideoFrame(pixels, time_ns, number)


def asked(at_s: float, text: str, number: int = 1) -> list[Arrival]:
    """A typed question."""
    turn, time_ns = TurnRef(-number, 0), int(at_s * NS_PER_S)
    return [(time_ns, "daemon", item) for item in (TurnText(turn, text), TurnConfirmed(turn, time_ns))]


class Told:
    """A tap that keeps what was said and answered."""

    def __init__(self) -> None:
        self.items: list[tuple[float, Item]] = []

    def __call__(self, time_ns: int, producer: str, item: Item) -> None:
        if not isinstance(item, Answer) or producer == "floor":
            self.items.append((time_ns / NS_PER_S, item))

    @property
    def answers(self) -> list[Answer]:
        return [item for _, item in self.items if isinstance(item, Answer)]

    @property
    def heard(self) -> list[tuple[float, str]]:
        """Sentences and tones ("") whose playing began, with the time in s."""
        return [(time_s, i.text) for time_s, i in self.items if isinstance(i, Playback) and i.state == "started"]


def played(rows: Sequence[object], *arrivals: Iterable[Arrival], end_s: float) -> Told:
    """What comes of it."""
    told = Told()
    driver = ReplayDriver(rows, SOURCES, [told])  # type: ignore[arg-type]
    driver.run(heapq.merge(*arrivals, key=lambda arrival: arrival[0]), int(end_s * NS_PER_S))
    return told
