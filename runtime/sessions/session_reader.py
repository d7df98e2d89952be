"""Read a session: what it says of itself, its truth, and its frames and sound in the order of their arrival."""

from __future__ import annotations

import json
import struct
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

MAGIC = b"\x89MCAP0\r\n"


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
        """Frames and sound of `sources` (default: both), decoded one by one, in the order of their arrival."""
        topics = {"/" + source for source in sources} or {CAMERA_TOPIC, MICROPHONE_TOPIC}
        decoders = _Decoders()
        try:
            for schema, channel, message in _messages(self.path):
                if channel.topic in topics:
                    yield self._arrival(channel.topic, message, decoders.decode(schema, message.data))
        except _Damage:
            if self.loss is None:  # it was whole when it was opened
                raise

    def _arrival(self, topic: str, message: Any, content: Any) -> Arrival:
        captured_ns = content.timestamp.seconds * NS_PER_S + content.timestamp.nanos - self.info.start_unix_ns
        arrival_ns = message.log_time - self.info.start_unix_ns
        if topic == CAMERA_TOPIC:
            pixels = decode_picture(content.data, f"{self.path}, frame {message.sequence}")
            return Arrival(arrival_ns, "camera", VideoFrame(pixels, captured_ns, message.sequence))
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
        for schema, channel, message in _messages(path, survey):
            survey.add(schema, channel.topic, message)
    except _Damage as damage:
        loss = f"{damage}; {survey.recovered()}"
        if not recover:
            raise InputError(
                f"the session {path} is cut off or damaged",
                expected="a complete MCAP file",
                found=loss,
                remedy=f"Read what is whole with: edgemm replay --recover {path}",
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


class _Damage(InputError):
    """The file ends, or makes no sense, here."""


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

    def add(self, schema: Any, topic: str, message: Any) -> None:
        self.counts[topic] += 1
        self.end_unix_ns = max(self.end_unix_ns, message.log_time)
        if topic == TRUTH_TOPIC:
            self.truth.append(Expectation.model_validate_json(message.data))
        elif topic == EVENTS_TOPIC:
            self.events.append(json.loads(message.data))
        elif topic == MICROPHONE_TOPIC:
            content = self._decoders.decode(schema, message.data)
            self.sound_ns += len(content.data) // 2 * NS_PER_S // content.sample_rate

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


def _messages(path: Path, survey: _Survey | None = None) -> Iterator[tuple[Any, Any, Any]]:
    """(schema, channel, message) in file order. Raises InputError for no MCAP file, _Damage where it breaks off."""
    from mcap.exceptions import McapError
    from mcap.records import Channel, Message, Metadata, Schema
    from mcap.stream_reader import StreamReader
    from zstandard import ZstdError

    schemas: dict[int, Any] = {}
    channels: dict[int, Any] = {}
    with _open(path) as file:
        records = StreamReader(file, validate_crcs=True).records
        while True:
            try:
                record = next(records)
            except StopIteration:
                return
            except (McapError, ZstdError, ValueError, struct.error, EOFError) as error:
                raise _Damage(f"it breaks off before byte {file.tell()}") from error
            if isinstance(record, Schema):
                schemas[record.id] = record
            elif isinstance(record, Channel):
                channels[record.id] = record
            elif isinstance(record, Metadata) and record.name == METADATA_NAME and survey is not None:
                survey.info = SessionInfo.model_validate(record.metadata)
            elif isinstance(record, Message):
                channel = channels[record.channel_id]
                yield schemas.get(channel.schema_id), channel, record


def _open(path: Path) -> Any:
    try:
        file = path.open("rb")
    except FileNotFoundError:
        raise InputError(f"no such session: {path}", remedy="Check the path.") from None
    except OSError as error:
        raise InputError(f"cannot open the session {path}", found=error.strerror) from error
    if file.read(len(MAGIC)) != MAGIC:
        file.close()
        raise InputError(
            f"{path} is no session",
            expected="an MCAP file",
            found="another format" if path.stat().st_size else "an empty file",
            remedy="Record one with: edgemm record SESSION.mcap",
        )
    file.seek(0)
    return file
