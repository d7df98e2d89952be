"""The rows that see."""

from __future__ import annotations

from edgemm.media import VideoFrame
from runtime.drivers.table import Link, Row
from runtime.items import Scene, ViewState
from runtime.stages.frame_quality import FrameQuality
from runtime.stages.hazard import Hazard
from runtime.stages.look import Look
from runtime.table.parts import Parts


def seeing_rows(parts: Parts) -> tuple[Row, ...]:
    hazard = Row("hazard", Hazard(parts.answers.horizontal_fov_deg), (Link("look", Scene, "scene"),), cost_ms=5)
    return (
        Row(
            "frame_quality",
            FrameQuality(parts.frames),
            (Link("camera", VideoFrame, "frame", "latest"),),
            cost_ms=1,
            tick_ms=250,
        ),
        Row(
            "look",
            Look(parts.objects, frames_per_s=parts.analysed_per_s),
            (Link("frame_quality", ViewState, "view"), Link("camera", VideoFrame, "frame", "latest")),
            cost_ms=60,
        ),
        *((hazard,) if parts.alerts else ()),
    )
