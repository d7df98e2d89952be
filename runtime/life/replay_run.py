"""Play a session through the whole line on the replay driver."""

from __future__ import annotations

import heapq
from collections.abc import Iterator, Sequence
from datetime import datetime, timezone

from edgemm.media import NS_PER_S, VideoFrame
from runtime.drivers.replay_driver import ReplayDriver
from runtime.drivers.table import Tap
from runtime.items import Item, Say
from runtime.life.daemon import OUTSIDE, READY
from runtime.sessions.session import SessionInfo
from runtime.sessions.session_reader import Session
from runtime.settings.config import RuntimeConfig
from runtime.sinks.virtual_speaker import Track, VirtualSpeaker
from runtime.stages.clock import WallClock
from runtime.table.assembly import assemble
from runtime.table.models import Models
from runtime.table.pipeline import pipeline

TAIL_S = 3.0
"""Stream time after the last item of a session, for what is still being said."""

SOURCES = ("camera", "microphone", *OUTSIDE)


def session_config(config: RuntimeConfig, info: SessionInfo) -> RuntimeConfig:
    """The configuration as the session wants it: how it is listened to, and its camera's field of view."""
    camera = config.camera
    if info.horizontal_fov_deg is not None:
        camera = camera.model_copy(update={"horizontal_fov_deg": info.horizontal_fov_deg})
    audio = config.audio.model_copy(update={"duplex": info.duplex})
    return config.model_copy(update={"camera": camera, "audio": audio, "listen": info.listen})


def session_clock(info: SessionInfo) -> WallClock:
    """Time of day in a session: UTC, the same on every host."""
    return WallClock(datetime.fromtimestamp(info.start_unix_ns / NS_PER_S, timezone.utc))


def arrivals(session: Session) -> Iterator[tuple[int, str, Item]]:
    """The greeting, then what the session's camera and microphone delivered, in order of arrival."""
    greeting: list[tuple[int, str, Item]] = [(0, "daemon", Say(READY, "notice"))]
    delivered: Iterator[tuple[int, str, Item]] = (tuple(arrival) for arrival in session.arrivals())  # type: ignore[misc]
    return heapq.merge(greeting, delivered, key=lambda arrival: arrival[0])


def replay(
    session: Session, config: RuntimeConfig, models: Models, taps: Sequence[Tap], track: Track | None = None
) -> ReplayDriver:
    """Play `session`; every item reaches `taps`, the sound goes to `track`. Returns the driver, with its timings."""
    config = session_config(config, session.info)
    parts = assemble(config, models, VirtualSpeaker(track), session_clock(session.info), noise=0.0)
    driver = ReplayDriver(pipeline(parts), SOURCES, taps)
    driver.run(arrivals(session), session.duration_ns + int(TAIL_S * NS_PER_S))
    return driver


def still(frame: VideoFrame, duration_s: float, frames_per_s: float) -> Iterator[tuple[int, str, Item]]:
    """A picture as a camera that shows nothing else."""
    for number in range(int(duration_s * frames_per_s) + 1):
        time_ns = int(number / frames_per_s * NS_PER_S)
        yield time_ns, "camera", VideoFrame(frame.pixels, time_ns, number, frame.colour_order)
