"""Read a session: what it says of itself, its truth, and its frames and sound in the order of their arrival."""

from __future__ import annotations

import json
import logging
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np

from edgemm.errors import InputError
from edgemm.media import NS_PER_S, AudioChunk, VideoFrame
from edgemm.pictures.picture_files import decode_picture
from edgemm.settings.config import config_folders
from runtime.sessions.expectation import Expectation
from runtime.sessions.session import (
    CAMERA_TOPIC,
    EVENTS_TOPIC,
    METADATA_NAME,
    MICROPHONE_TOPIC,
    TRUTH_TOPIC,
    Arrival,
    SessionInfo,
)
from runtime.sessions.session_messages import Damage, SessionMessage, sense, session_messages

log = logging.getLogger(__name__)

MAX_GAP_NS = 3600 * NS_PER_S
"""Between two messages, and between a capture and its arrival: more is a damaged time."""
MIN_RATE_HZ, MAX_RATE_HZ = 1000, 384_000


@dataclass(frozen=True)
class Session:
    """A session file that has been looked through once. `loss` says what is missing of a recovered one."""

    path: Path
    info: SessionInfo
    truth: tuple[Expectation, ...]
    events: tuple[dict[str, Any], ...]
    duration_ns: int
    frame_count: int
    sound_ns: int
    loss: str | None = None

    def arrivals(self, *sources: Literal["camera", "microphone"]) -> Iterator[Arrival]:
        """Frames and sound of `sources` (default: both), decoded one by one, in the order of their arrival.

        Raises InputError where the file makes no sense; one that is recovered ends there, and that is told.
        """
        topics = {"/" + source for source in sources} or {CAMERA_TOPIC, MICROPHONE_TOPIC}
        decoders = _Decoders()
        try:
            for found in session_messages(self.path):
                if isinstance(found, SessionMessage) and found.topic in topics:
                    yield self._arrival(found, decoders)
        except Damage as damage:
            if self.loss is None:  # it was whole when it was opened
                raise
            log.warning("the session %s ends here: %s", self.path, damage)

    def _arrival(self, found: SessionMessage, decoders: _Decoders) -> Arrival:
        arrival_ns = found.message.log_time - self.info.start_unix_ns
        with sense(f"the message on {found.topic} at {arrival_ns / NS_PER_S:.1f} s makes no sense"):
            content = decoders.decode(found.schema, found.message.data)
            captured_ns = content.timestamp.seconds * NS_PER_S + content.timestamp.nanos - self.info.start_unix_ns
            if abs(captured_ns - arrival_ns) > MAX_GAP_NS:
                raise ValueError("captured at another time than it arrived")
            if found.topic == CAMERA_TOPIC:
                pixels = decode_picture(content.data, f"{self.path}, frame {found.message.sequence}")
                return Arrival(arrival_ns, "camera", VideoFrame(pixels, captured_ns, found.message.sequence))
            _sound_ns(content)
            samples = np.frombuffer(content.data, "<i2").astype(np.float32) / np.float32(32768)
            return Arrival(arrival_ns, "microphone", AudioChunk(samples, content.sample_rate, captured_ns))


def find_session(name: str) -> Path:
    """A session file by its path, or one of those that come with edgemm (`demo`) by its name."""
    if Path(name).suffix or Path(name).exists():
        return Path(name)
    for folder in config_folders():
        path = folder / "sessions" / f"{name}.mcap"
        if path.is_file():
            return path
    known = sorted({path.stem for folder in config_folders() for path in (folder / "sessions").glob("*.mcap")})
    raise InputError(
        f"no session '{name}'",
        expected=f"a file, or one of {', '.join(known) or 'none'}",
        remedy="Record one with: edgemm record SESSION.mcap",
    )


def open_session(path: str | Path, recover: bool = False) -> Session:
    """Look through a session.

    Raises InputError for a file that is missing, no session, or cut off or damaged; with `recover` the last is read up
    to the damage, and `loss` says how much that was.
    """
    path = Path(path)
    survey = _Survey()
    loss = None
    try:
        for found in session_messages(path):
            survey.add(found)
    except Damage as damage:
        loss = f"{damage}; {survey.recovered()}"
        if not recover or survey.info is None:
            raise InputError(
                f"the session {path} is cut off or damaged",
                expected="a complete MCAP file",
                found=loss,
                remedy=None if recover else f"Read what is whole with: edgemm replay --recover {path}",
            ) from damage.__cause__
    if survey.info is None:
        raise InputError(
            f"{path} is an MCAP file, but no session of edgemm",
            expected=f"a metadata record {METADATA_NAME}",
            found="none",
            remedy="Record one with: edgemm record SESSION.mcap",
        )
    duration_ns = max(0, survey.end_unix_ns - survey.info.start_unix_ns)
    return Session(
        path,
        survey.info,
        tuple(survey.truth),
        tuple(survey.events),
        duration_ns,
        survey.counts[CAMERA_TOPIC],
        survey.sound_ns,
        loss,
    )


class _Survey:
    """What there is in the file up to the end or the damage."""

    def __init__(self) -> None:
        self.info: SessionInfo | None = None
        self.truth: list[Expectation] = []
        self.events: list[dict[str, Any]] = []
        self.counts: Counter[str] = Counter()
        self.end_unix_ns = 0
        self.sound_ns = 0
        self._decoders = _Decoders()

    def add(self, found: SessionMessage | Any) -> None:
        """Raises Damage for what makes no sense."""
        if isinstance(found, SessionMessage):
            with sense(f"a message on {found.topic!r} makes no sense"):
                self._add(found.schema, found.topic, found.message)
        elif found.name == METADATA_NAME:
            with sense(f"the record {METADATA_NAME} makes no sense"):
                self.info = SessionInfo.model_validate(found.metadata)
                self.end_unix_ns = self.info.start_unix_ns

    def _add(self, schema: Any, topic: str, message: Any) -> None:
        if self.info is not None and not -MAX_GAP_NS <= message.log_time - self.end_unix_ns <= MAX_GAP_NS:
            raise ValueError("hours lie between two messages, or the session's start is not its own")
        if topic == TRUTH_TOPIC:
            self.truth.append(Expectation.model_validate_json(message.data))
        elif topic == EVENTS_TOPIC:
            event = json.loads(message.data)
            if not isinstance(event, dict):
                raise ValueError("an event is no object")
            self.events.append(event)
        elif topic == MICROPHONE_TOPIC:
            self.sound_ns += _sound_ns(self._decoders.decode(schema, message.data))
        self.counts[topic] += 1
        self.end_unix_ns = max(self.end_unix_ns, message.log_time)

    def recovered(self) -> str:
        if self.info is None:
            return "nothing can be recovered"
        seconds = max(0, self.end_unix_ns - self.info.start_unix_ns) / NS_PER_S
        return (
            f"the first {seconds:.1f} s can be recovered: {self.counts[CAMERA_TOPIC]} frames, "
            f"{self.sound_ns / NS_PER_S:.1f} s of sound, {self.counts[EVENTS_TOPIC]} events"
        )


class _Decoders:
    """Protobuf message classes, built from the schemas that the file itself carries."""

    def __init__(self) -> None:
        self._classes: dict[int, Any] = {}

    def decode(self, schema: Any, data: bytes) -> Any:
        if schema.id not in self._classes:
            from google.protobuf.descriptor_pb2 import FileDescriptorSet
            from google.protobuf.descriptor_pool import DescriptorPool
            from google.protobuf.message_factory import GetMessageClass

            pool = DescriptorPool()
            for file in FileDescriptorSet.FromString(schema.data).file:
                pool.AddSerializedFile(file.SerializeToString())
            self._classes[schema.id] = GetMessageClass(pool.FindMessageTypeByName(schema.name))
        return self._classes[schema.id].FromString(data)


def _sound_ns(content: Any) -> int:
    """Length of a message of sound. Raises ValueError for what is no sound that we write."""
    if content.format != "pcm-s16" or content.number_of_channels != 1 or len(content.data) % 2:
        raise ValueError("expected 16-bit PCM of one channel")
    if not MIN_RATE_HZ <= content.sample_rate <= MAX_RATE_HZ:
        raise ValueError(f"a sample rate of {content.sample_rate} Hz")
    return len(content.data) // 2 * NS_PER_S // int(content.sample_rate)
