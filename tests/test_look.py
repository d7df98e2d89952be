"""Which frames are looked at."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest

from edgemm.media import NS_PER_MS, VideoFrame
from runtime.evidence import Evidence, EvidenceKind
from runtime.items import Scene
from runtime.stages.look import Look


class NothingSeen:
    kind: EvidenceKind = "object"

    def gather(self, frame: VideoFrame, known: tuple[Evidence, ...]) -> Iterator[tuple[Evidence, ...]]:
        yield ()


def looked_at(look: Look, times_ms: list[float]) -> list[float]:
    """Capture times of the scenes that come of frames with these capture times."""
    pixels = np.zeros((4, 4, 3), np.uint8)
    scenes = [
        item
        for number, time_ms in enumerate(times_ms)
        for item in look.step("frame", VideoFrame(pixels, int(time_ms * NS_PER_MS), number), 0)
    ]
    assert all(isinstance(scene, Scene) for scene in scenes)
    return [scene.frame.capture_time_ns / NS_PER_MS for scene in scenes if isinstance(scene, Scene)]


def test_without_a_rate_every_frame_is_looked_at() -> None:
    assert looked_at(Look(NothingSeen()), [0, 1, 2]) == [0, 1, 2]


@pytest.mark.parametrize("fps", [12, 15, 25, 30, 60])
def test_a_quick_camera_is_looked_at_ten_times_a_second(fps: int) -> None:
    times_ms = [1000 * number / fps for number in range(5 * fps)]
    assert len(looked_at(Look(NothingSeen(), frames_per_s=10), times_ms)) == pytest.approx(50, abs=1)


def test_of_a_camera_at_about_the_rate_no_frame_is_missed() -> None:
    jitter_ms = np.random.default_rng(0).uniform(-10, 10, 50)
    times_ms = [100 * number + float(shift) for number, shift in enumerate(jitter_ms)]
    assert len(looked_at(Look(NothingSeen(), frames_per_s=10), times_ms)) == 50


def test_after_a_gap_the_next_frame_is_looked_at_and_no_burst_follows() -> None:
    times_ms = [0.0, 5000, 5010, 5020, 5030, 5100]
    assert looked_at(Look(NothingSeen(), frames_per_s=10), times_ms) == [0, 5000, 5100]
