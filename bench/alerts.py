"""Alerts: how soon after something begins to come closer, how soon after the frame, and how often without cause.

The seeing rows with the real detector. Delays from the start of an approach are stream time in replay, with the cost
model of the rows; from the arrival of the frame, wall time on the live driver at camera speed.
"""

from __future__ import annotations

import queue
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from bench import Context, Measurement
from bench.approaches import ApproachFilm, approach_films, filmed, harmless
from edgemm.bundles.figures import Figure
from edgemm.media import NS_PER_MS, NS_PER_S, VideoFrame
from edgemm.pictures.photographs import read_photographs
from edgemm.settings.config import find_config
from runtime.drivers.live_driver import LiveDriver
from runtime.drivers.replay_driver import ReplayDriver
from runtime.drivers.table import Link, Row
from runtime.evidence.objects import ObjectObserver
from runtime.items import Alert, Item, Scene, SpeakerAudio, ViewState
from runtime.stages.floor import Floor
from runtime.stages.frame_quality import FrameQuality, FrameQualitySettings
from runtime.stages.hazard import Hazard, HazardRule
from runtime.stages.look import Look
from runtime.table.models import Models

FRAMES_PER_S = 10.0
LIVE_EVERY = 2
"""Each second approach is also played live."""
HARMLESS_S, HARMLESS_FRAMES_PER_S, SHOT_S = 1800.0, 5.0, 8.0
AT_MOST_MS, FROM_START_AT_MOST_S, FALSE_AT_MOST = 200.0, 1.0, 0.0
WATCHED = ("person", "dog", "horse", "cow", "bicycle", "bear")
WARNED_FROM_S = HazardRule().time_to_contact_s
"""Farther away it is no danger by the rule."""
SAMPLE_RATE_HZ = 22050
TIMEOUT_S = 2.0


@dataclass(frozen=True)
class Raised:
    """What came of an approach; None: no alert."""

    film: ApproachFilm
    delay_s: float | None
    """From when it is two seconds away, as it is at the start of the faster ones, to the alert's tone."""


def measure(context: Context) -> Measurement:
    folder, models = find_config("photographs", "photographs").parent, context.models()
    films = approach_films()
    raised = [_replayed(film, folder, models) for film in films]
    live_ms = [ms for film in films[::LIVE_EVERY] if (ms := _live(film, folder, models)) is not None]
    false, seen = _false_alerts(models)
    delays_s = [one.delay_s for one in raised if one.delay_s is not None]
    late = [one.film.name for one in raised if one.delay_s is None or one.delay_s > FROM_START_AT_MOST_S]
    early = [one.film.name for one in raised if one.delay_s is not None and one.delay_s < 0.0]
    figures = (
        Figure(name="approaches_told", value=len(delays_s) / len(films), at_least=1.0, samples=len(films)),
        _percentile("from_start", delays_s, 99, "s", FROM_START_AT_MOST_S),
        _percentile("from_start", delays_s, 50, "s", None),
        _percentile("from_frame", live_ms, 99, "ms", AT_MOST_MS),
        _percentile("from_frame", live_ms, 50, "ms", None),
        Figure(name="false_alerts", value=len(false) + len(early), at_most=FALSE_AT_MOST, samples=int(HARMLESS_S)),
        Figure(name="harmless_frames_with_what_is_watched", value=seen, unit="frames"),
    )
    note = f"in {HARMLESS_S / 60:g} minutes: {false or 'none'} false; late or never: {', '.join(late) or 'none'}"
    return Measurement(figures, note, {"start to alert": [1e3 * s for s in delays_s], "frame to tone": live_ms})


def _percentile(name: str, values: Sequence[float], percent: int, unit: str, at_most: float | None) -> Figure:
    value = float(np.percentile(values, percent)) if values else float("nan")
    return Figure(name=f"{name}_p{percent}", value=value, unit=unit, at_most=at_most, samples=len(values))


def _rows(models: Models) -> tuple[Row, ...]:
    """As in runtime.table, without what listens and answers."""
    objects = ObjectObserver(models.get("detector"), "detector")
    return (
        Row(
            "frame_quality",
            FrameQuality(FrameQualitySettings(frozen_after_s=None)),
            (Link("camera", VideoFrame, "frame", "latest"),),
            cost_ms=1,
            tick_ms=250,
        ),
        Row(
            "look",
            Look(objects, frames_per_s=FRAMES_PER_S),
            (Link("frame_quality", ViewState, "view"), Link("camera", VideoFrame, "frame", "latest")),
            cost_ms=60,
        ),
        Row("hazard", Hazard(), (Link("look", Scene, "scene"),), cost_ms=5),
        Row("floor", Floor(SAMPLE_RATE_HZ), (Link("hazard", Alert, "alert"),)),
    )


def _replayed(film: ApproachFilm, folder: Path, models: Models) -> Raised:
    tones_ns: list[int] = []

    def watch(time_ns: int, producer: str, item: Item) -> None:
        if isinstance(item, SpeakerAudio):
            tones_ns.append(time_ns)

    _play(filmed(film, folder, FRAMES_PER_S), models, watch)
    start_s = film.still_s + max(0.0, film.contact_s - WARNED_FROM_S)
    return Raised(film, tones_ns[0] / NS_PER_S - start_s if tones_ns else None)


def _play(frames: Iterable[VideoFrame], models: Models, watch: object) -> None:
    arrivals = ((frame.capture_time_ns, "camera", frame) for frame in frames)
    ReplayDriver(_rows(models), ["camera"], [watch]).run(arrivals, int((HARMLESS_S + 60.0) * NS_PER_S))  # type: ignore[list-item]


def _live(film: ApproachFilm, folder: Path, models: Models) -> float | None:
    """Milliseconds from the arrival of the frame on which the rule held to the alert's tone; None without an alert."""
    alerts: queue.SimpleQueue[tuple[int, Item]] = queue.SimpleQueue()

    def watch(time_ns: int, producer: str, item: Item) -> None:
        if isinstance(item, (Alert, SpeakerAudio)):
            alerts.put((time_ns, item))

    frames = list(filmed(film, folder, FRAMES_PER_S))
    driver = LiveDriver(_rows(models), [], [watch], ["camera"])
    driver.start()
    arrived_ns: dict[int, int] = {}
    due_ns = time.monotonic_ns()
    for frame in frames:
        arrived_ns[frame.frame_id] = time.monotonic_ns()
        driver.deliver("camera", VideoFrame(frame.pixels, arrived_ns[frame.frame_id], frame.frame_id))
        due_ns += int(NS_PER_S / FRAMES_PER_S)
        time.sleep(max(0, due_ns - time.monotonic_ns()) / NS_PER_S)
    driver.stop()
    return _frame_to_tone_ms(alerts, arrived_ns)


def _frame_to_tone_ms(told: queue.SimpleQueue[tuple[int, Item]], arrived_ns: dict[int, int]) -> float | None:
    alert: Alert | None = None
    while not told.empty():
        time_ns, item = told.get()
        if isinstance(item, Alert):
            alert = alert or item
        elif alert is not None:
            return (time_ns - arrived_ns[alert.frame_id]) / NS_PER_MS
    return None


def _false_alerts(models: Models) -> tuple[list[str], int]:
    """Alerts while nothing comes closer, and in how many frames the detector saw what the rule watches."""
    pictures = [photo.file for photo in read_photographs() if set(photo.things) & set(WATCHED)]
    false: list[str] = []
    scenes = 0

    def watch(time_ns: int, producer: str, item: Item) -> None:
        nonlocal scenes
        if isinstance(item, Alert):
            shot = int(time_ns / NS_PER_S // SHOT_S)
            false.append(f"{time_ns / NS_PER_S:.0f} s, {pictures[shot % len(pictures)].stem}: {item.text}")
        elif isinstance(item, Scene):
            scenes += any(e.label in WATCHED and e.score >= 0.4 for e in item.evidence)

    _play(harmless(pictures, HARMLESS_S, SHOT_S, HARMLESS_FRAMES_PER_S), models, watch)
    return false, scenes
