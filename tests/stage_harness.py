"""Run one stage, or a few in a chain, over items with times, and collect what comes out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from edgemm.media import NS_PER_MS, SAMPLE_RATE_HZ, AudioChunk, Samples
from runtime.drivers.replay_driver import ReplayDriver
from runtime.drivers.table import Row
from runtime.items import Item, VoicedChunk
from runtime.stages import Stage

WINDOW_MS = 32
Arrival = tuple[str, Item, float]
"""Port, item, time in ms."""


def run_stage(stage: Stage, arrivals: Iterable[Arrival]) -> list[Item]:
    """What a stage yields for items on its ports."""
    return [item for port, arriving, time_ms in arrivals for item in stage.step(port, arriving, ns(time_ms))]


def run_chain(
    rows: Sequence[Row], arrivals: Iterable[tuple[float, str, Item]], end_ms: float
) -> list[tuple[float, Item]]:
    """What all stages of a table yield on the replay driver, with times in ms. Arrivals: (time in ms, source, item)."""
    told: list[tuple[float, Item]] = []
    feed = [(ns(time_ms), source, item) for time_ms, source, item in arrivals]
    sources = sorted({source for _, source, _ in feed})
    driver = ReplayDriver(rows, sources, [lambda time_ns, _, item: told.append((time_ns / NS_PER_MS, item))])
    driver.run(feed, ns(end_ms))
    return told


def only(kind: type, items: Iterable[Item]) -> list[Item]:
    return [item for item in items if isinstance(item, kind)]


def ns(time_ms: float) -> int:
    return int(time_ms * NS_PER_MS)


def voiced(pattern: Iterable[bool | float], start_ms: float = 0.0) -> list[Arrival]:
    """Windows for the end-of-turn stage: each value says whether (or how probably) it holds speech."""
    arrivals: list[Arrival] = []
    for number, speech in enumerate(pattern):
        begin_ms = start_ms + number * WINDOW_MS
        chunk = AudioChunk(np.full(512, number, np.float32), SAMPLE_RATE_HZ, ns(begin_ms))
        arrivals.append(("voice", VoicedChunk(chunk, float(speech)), begin_ms + WINDOW_MS))
    return arrivals


def windows(speech_ms: float) -> int:
    return round(speech_ms / WINDOW_MS)


def chunk(samples: Samples, start_ms: float) -> AudioChunk:
    return AudioChunk(samples.astype(np.float32), SAMPLE_RATE_HZ, ns(start_ms))
