"""Sessions: one MCAP file with what the camera saw, what the microphone heard, events, and the truth.

Channels, in Foxglove's well-known schemas where there is one, so that any MCAP viewer shows them:

    /camera       foxglove.CompressedImage   protobuf   JPEG or PNG; the message's sequence is the frame id
    /microphone   foxglove.RawAudio          protobuf   pcm-s16, mono
    /annotations  foxglove.ImageAnnotations  protobuf   boxes of what was found
    /log          foxglove.Log               protobuf   the events as lines of text
    /events       edgemm.Event               json       `runtime.telling.event_schema.EVENT_SCHEMA`
    /truth        edgemm.Expectation         json       `runtime.sessions.expectation.Expectation`

A message's log time is when the runtime got it, its timestamp is when it was captured; both are wall-clock time. The
session's own time starts at 0 with `SessionInfo.start_unix_ns`. `SessionInfo` is the metadata record `edgemm.session`.
"""

from __future__ import annotations

from typing import Literal, NamedTuple

from pydantic import BaseModel, ConfigDict

from edgemm.media import AudioChunk, VideoFrame

METADATA_NAME = "edgemm.session"
PROFILE = "edgemm"

CAMERA_TOPIC = "/camera"
MICROPHONE_TOPIC = "/microphone"
ANNOTATIONS_TOPIC = "/annotations"
LOG_TOPIC = "/log"
EVENTS_TOPIC = "/events"
TRUTH_TOPIC = "/truth"


class SessionInfo(BaseModel):
    """What a session says about itself."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    start_unix_ns: int
    """Wall-clock time of session time 0, in ns since 1970 UTC."""
    title: str = ""
    horizontal_fov_deg: float | None = None
    """Field of view of the camera; None where it is not known (photographs)."""
    listen: Literal["button", "wake", "always"] = "always"
    """How it was, or is to be, listened to."""
    duplex: Literal["speaker", "headset"] = "headset"
    """Whether the microphone is open while the assistant speaks."""
    version: str = ""
    """Version of edgemm that wrote it."""


class Arrival(NamedTuple):
    """An item and when it reached the runtime. `source` is the producer: camera or microphone."""

    time_ns: int
    source: Literal["camera", "microphone"]
    item: VideoFrame | AudioChunk
