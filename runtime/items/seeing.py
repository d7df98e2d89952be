"""What is seen, and what of it comes closer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from edgemm.media import VideoFrame
from runtime.evidence import Evidence


@dataclass(frozen=True)
class ViewState:
    """Whether the picture can support an answer."""

    frame_id: int
    capture_time_ns: int
    state: Literal["ok", "dark", "bright", "blurred", "covered", "frozen", "stale", "missing"]


@dataclass(frozen=True, eq=False)
class Scene:
    """A frame and what is known of it. Its age is that of its oldest evidence."""

    frame: VideoFrame
    evidence: tuple[Evidence, ...]
    view: ViewState


@dataclass(frozen=True)
class Alert:
    """A hazard: something large that grows fast."""

    label: str
    frame_id: int
    capture_time_ns: int
    region: tuple[float, float, float, float]
    growth_per_s: float
    text: str


@dataclass(frozen=True)
class Watched:
    """A frame was watched for what comes closer. `blind` says why an approach would not have shown in it.

    `view`: the picture is unusable. `unsteady`: the camera moved, or the picture changed, a moment ago. `still`: it
    is a still picture. Nothing else proves that alerts are awake: their absence does not.
    """

    frame_id: int
    capture_time_ns: int
    blind: Literal["", "view", "unsteady", "still"] = ""


SeeingItem = ViewState | Scene | Alert | Watched
