"""What driver, queues and events cost: the seeing rows with models that compute nothing, at 1280x720 and 30 frames/s,
less the CPU time of the same calls in a bare loop."""

from __future__ import annotations

import io
import time
from collections.abc import Iterator

import numpy as np

from bench import Context, Measurement
from edgemm.backends.null import NullSession
from edgemm.bundle import Bundle
from edgemm.figures import Figure
from edgemm.media import NS_PER_S, VideoFrame
from edgemm.preprocess import preprocess
from runtime.evidence import Evidence, EvidenceKind
from runtime.items import Item, Scene, ViewState
from runtime.live_driver import LiveDriver
from runtime.sinks.event_log import EventLog
from runtime.stages import Stage
from runtime.stages.frame_quality import FrameQuality
from runtime.stages.hazard import Hazard
from runtime.stages.look import Look
from runtime.table import Link, Row

WIDTH, HEIGHT, FRAMES_PER_S, FRAMES = 1280, 720, 30, 300
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
    bare_ms = _bare(bundle, pixels)
    live_ms, copies = _live(bundle, pixels)
    figures = (
        Figure(name="cpu_ms_per_frame", value=live_ms - bare_ms, unit="ms", at_most=AT_MOST_MS, samples=FRAMES),
        Figure(name="cpu_ms_per_frame_bare_loop", value=bare_ms, unit="ms", samples=FRAMES),
        Figure(name="copies_of_the_pixels", value=float(copies), at_most=1.0, samples=FRAMES),
    )
    return Measurement(figures)


def _stages(bundle: Bundle) -> tuple[Stage, Stage, Stage]:
    return FrameQuality(), Look(NullObjects(bundle)), Hazard()


def _frame(pixels: np.ndarray, number: int) -> VideoFrame:
    return VideoFrame(pixels, time.monotonic_ns(), number)


def _bare(bundle: Bundle, pixels: np.ndarray) -> float:
    quality, look, hazard = _stages(bundle)
    started = time.process_time()
    for number in range(FRAMES):
        frame = _frame(pixels, number)
        list(quality.step("frame", frame, frame.capture_time_ns))
        for scene in look.step("frame", frame, frame.capture_time_ns):
            list(hazard.step("scene", scene, frame.capture_time_ns))
        time.sleep(1 / FRAMES_PER_S)
    return (time.process_time() - started) * 1e3 / FRAMES


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
    started, due_ns = time.process_time(), time.monotonic_ns()
    for number in range(FRAMES):
        driver.deliver("camera", _frame(pixels, number))
        due_ns += NS_PER_S // FRAMES_PER_S
        time.sleep(max(0, due_ns - time.monotonic_ns()) / NS_PER_S)
    used_ms = (time.process_time() - started) * 1e3 / FRAMES
    driver.stop()
    return used_ms, int(any(copied))
