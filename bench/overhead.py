"""What driver, queues and events cost: the seeing rows with models that compute nothing, at 1280x720 and 30 frames/s,
less the CPU time of the same calls in a bare loop. Both in turn, so that what else the machine does falls on both."""

from __future__ import annotations

import io
import time
from collections.abc import Iterator

import numpy as np

from bench import Context, Measurement
from edgemm.backends.null import NullSession
from edgemm.bundles.bundle import Bundle
from edgemm.bundles.figures import Figure
from edgemm.media import NS_PER_S, VideoFrame
from edgemm.pictures.preprocess import preprocess
from runtime.drivers.live_driver import LiveDriver
from runtime.drivers.table import Link, Row
from runtime.evidence import Evidence, EvidenceKind
from runtime.items import Item, Scene, ViewState
from runtime.sinks.event_log import EventLog
from runtime.stages import Stage
from runtime.stages.frame_quality import FrameQuality, FrameQualitySettings
from runtime.stages.hazard import Hazard
from runtime.stages.look import Look

WIDTH, HEIGHT, FRAMES_PER_S = 1280, 720, 30
ROUNDS, FRAMES = 9, 60
"""Frames in a round; the figure is the median of the rounds' differences."""
WARM_UP_FRAMES = 10
AT_MOST_MS = 1.0


class NullObjects:
    """The detector's preprocessing and a null session in its place: sees nothing."""

    kind: EvidenceKind = "object"

    def __init__(self, bundle: Bundle) -> None:
        self._steps = bundle.manifest.preprocess
        self._session = NullSession(bundle.graph_path("detector"))
        self._name = self._session.inputs[0].name

    def gather(self, frame: VideoFrame, known: tuple[Evidence, ...]) -> Iterator[tuple[Evidence, ...]]:
        image, _ = preprocess(frame, self._steps)
        self._session.run({self._name: image})
        yield ()


def measure(context: Context) -> Measurement:
    pixels = np.random.default_rng(0).integers(0, 255, (HEIGHT, WIDTH, 3), np.uint8)
    bundle = Bundle.open(context.models().folder("detector"))
    _bare(bundle, pixels, WARM_UP_FRAMES)  # what is loaded on first use belongs to neither
    rounds = [(_bare(bundle, pixels, FRAMES), *_live(bundle, pixels)) for _ in range(ROUNDS)]
    bare_ms, live_ms, copies = (np.array(column) for column in zip(*rounds, strict=True))
    frames = ROUNDS * FRAMES
    figures = (
        Figure(
            name="cpu_ms_per_frame", value=float(np.median(live_ms - bare_ms)), unit="ms", at_most=AT_MOST_MS,
            samples=frames,
        ),
        Figure(name="cpu_ms_per_frame_bare_loop", value=float(np.median(bare_ms)), unit="ms", samples=frames),
        Figure(name="copies_of_the_pixels", value=float(copies.max()), at_most=1.0, samples=frames),
    )  # fmt: skip
    return Measurement(figures)


def _stages(bundle: Bundle) -> tuple[Stage, Stage, Stage]:
    return FrameQuality(FrameQualitySettings(frozen_after_s=None)), Look(NullObjects(bundle)), Hazard()


def _paced(pixels: np.ndarray, frames: int) -> Iterator[VideoFrame]:
    """Frames at the camera's rate, however long each takes to be handled."""
    due_ns = time.monotonic_ns()
    for number in range(frames):
        yield VideoFrame(pixels, time.monotonic_ns(), number)
        due_ns += NS_PER_S // FRAMES_PER_S
        time.sleep(max(0, due_ns - time.monotonic_ns()) / NS_PER_S)


def _bare(bundle: Bundle, pixels: np.ndarray, frames: int) -> float:
    quality, look, hazard = _stages(bundle)
    started = time.process_time()
    for frame in _paced(pixels, frames):
        list(quality.step("frame", frame, frame.capture_time_ns))
        for scene in look.step("frame", frame, frame.capture_time_ns):
            list(hazard.step("scene", scene, frame.capture_time_ns))
    return (time.process_time() - started) * 1e3 / frames


def _live(bundle: Bundle, pixels: np.ndarray) -> tuple[float, int]:
    quality, look, hazard = _stages(bundle)
    copied: list[bool] = []

    def watch(time_ns: int, producer: str, item: Item) -> None:
        if isinstance(item, Scene):
            copied.append(not np.shares_memory(item.frame.pixels, pixels))

    rows = (  # lossless: a dropped frame would make the driver look cheap
        Row("frame_quality", quality, (Link("camera", VideoFrame, "frame"),), tick_ms=250),
        Row("look", look, (Link("frame_quality", ViewState, "view"), Link("camera", VideoFrame, "frame"))),
        Row("hazard", hazard, (Link("look", Scene, "scene"),)),
    )
    driver = LiveDriver(rows, [], [EventLog(io.StringIO()), watch], ["camera"])
    driver.start()
    time.sleep(0.2)
    started = time.process_time()
    for frame in _paced(pixels, FRAMES):
        driver.deliver("camera", frame)
    used_ms = (time.process_time() - started) * 1e3 / FRAMES
    driver.stop()
    return used_ms, int(any(copied))
