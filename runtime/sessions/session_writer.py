"""Write a session."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Literal

import numpy as np

from edgemm.errors import StorageError
from edgemm.file_bytes import owner_only
from edgemm.media import NS_PER_S, AudioChunk, VideoFrame
from runtime.evidence import Evidence
from runtime.sessions.expectation import Expectation
from runtime.sessions.session import (
    ANNOTATIONS_TOPIC,
    CAMERA_TOPIC,
    EVENTS_TOPIC,
    LOG_TOPIC,
    METADATA_NAME,
    MICROPHONE_TOPIC,
    PROFILE,
    TRUTH_TOPIC,
    SessionInfo,
)
from runtime.telling.event_schema import EVENT_SCHEMA

RECORDING_CHUNK_BYTES = 256 * 1024
"""What a crash can lose: less than a second of pictures and sound."""


class SessionWriter:
    """Writes messages in the order of their arrival; a time before the last one written is set to that one.

    A larger `chunk_bytes` compresses pictures that come again; a smaller one loses less in a crash.
    """

    def __init__(self, path: str | Path, info: SessionInfo, chunk_bytes: int = RECORDING_CHUNK_BYTES) -> None:
        from mcap.writer import CompressionType, Writer

        self.path = Path(path)
        self._start_unix_ns = info.start_unix_ns
        self._last_unix_ns = info.start_unix_ns
        self._channels: dict[str, int] = {}
        self._sequence = 0
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self._file = open(self.path, "wb", opener=owner_only)  # noqa: SIM115  closed by close()
        except OSError as error:
            raise StorageError(f"cannot write the session {path}", found=error.strerror) from error
        self._writer = Writer(
            self._file, chunk_size=chunk_bytes, compression=CompressionType.ZSTD, enable_data_crcs=True
        )
        self._writer.start(profile=PROFILE, library=f"edgemm {info.version}")
        fields = info.model_dump(mode="json", exclude_none=True)
        self._writer.add_metadata(METADATA_NAME, {name: str(value) for name, value in fields.items()})

    @property
    def size_bytes(self) -> int:
        """What the file takes so far."""
        return 0 if self._file.closed else self._file.tell()

    def __enter__(self) -> SessionWriter:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def frame(self, arrival_ns: int, frame: VideoFrame, quality: int = 85) -> None:
        """A picture, as JPEG."""
        import cv2

        pixels = frame.pixels if frame.colour_order == "bgr" else frame.pixels[:, :, ::-1]
        _, data = cv2.imencode(".jpg", pixels, [cv2.IMWRITE_JPEG_QUALITY, quality])
        self.encoded_frame(arrival_ns, data.tobytes(), "jpeg", frame.capture_time_ns, frame.frame_id)

    def encoded_frame(
        self, arrival_ns: int, data: bytes, format: Literal["jpeg", "png"], capture_time_ns: int, frame_id: int
    ) -> None:
        """A picture that is already encoded."""
        from foxglove.messages import CompressedImage

        message = CompressedImage(
            timestamp=self._timestamp(capture_time_ns), frame_id="camera", data=data, format=format
        )
        self._protobuf(CAMERA_TOPIC, arrival_ns, message, frame_id)

    def sound(self, arrival_ns: int, chunk: AudioChunk) -> None:
        """A chunk of microphone sound, as 16-bit PCM."""
        from foxglove.messages import RawAudio

        pcm = np.round(np.clip(chunk.samples, -1.0, 32767 / 32768) * 32768).astype("<i2")
        message = RawAudio(
            timestamp=self._timestamp(chunk.capture_time_ns),
            data=pcm.tobytes(),
            format="pcm-s16",
            sample_rate=chunk.sample_rate_hz,
            number_of_channels=1,
        )
        self._protobuf(MICROPHONE_TOPIC, arrival_ns, message)

    def event(self, time_ns: int, event: Mapping[str, Any]) -> None:
        """An event of `runtime.telling.events`, also as a line of text for viewers."""
        from foxglove.messages import Log, LogLevel

        self._json(EVENTS_TOPIC, "edgemm.Event", EVENT_SCHEMA, time_ns, event)
        line = json.dumps(event, ensure_ascii=False)
        message = Log(
            timestamp=self._timestamp(time_ns), level=LogLevel.Info, message=line, name=str(event.get("event"))
        )
        self._protobuf(LOG_TOPIC, time_ns, message)

    def boxes(self, time_ns: int, evidence: Sequence[Evidence], width: int, height: int) -> None:
        """Regions of a picture of `width` x `height` pixels, with their labels."""
        from foxglove.messages import ImageAnnotations, Point2, PointsAnnotation, PointsAnnotationType, TextAnnotation

        stamp = self._timestamp(time_ns)
        points, texts = [], []
        for thing in evidence:
            if thing.region is None:
                continue
            x1, y1, x2, y2 = (side * size for side, size in zip(thing.region, (width, height) * 2, strict=True))
            corners = [Point2(x=x, y=y) for x, y in ((x1, y1), (x2, y1), (x2, y2), (x1, y2))]
            points.append(
                PointsAnnotation(timestamp=stamp, type=PointsAnnotationType.LineLoop, points=corners, thickness=2.0)
            )
            label = f"{thing.label} {thing.score:.2f}"
            texts.append(TextAnnotation(timestamp=stamp, position=Point2(x=x1, y=y1), text=label, font_size=14.0))
        self._protobuf(ANNOTATIONS_TOPIC, time_ns, ImageAnnotations(points=points, texts=texts))

    def expectation(self, expectation: Expectation) -> None:
        """What must come of a moment; may be written at any time."""
        schema = Expectation.model_json_schema()
        fields = expectation.model_dump(mode="json", exclude_defaults=True)
        self._json(TRUTH_TOPIC, "edgemm.Expectation", schema, self._last_unix_ns - self._start_unix_ns, fields)

    def close(self) -> None:
        """Write the index and close. Until then a crash leaves a file that `recover` reads."""
        if self._file.closed:
            return
        try:
            with self._file:
                self._writer.finish()  # type: ignore[no-untyped-call]
        except OSError as error:
            raise StorageError(
                f"cannot finish the session {self.path}",
                found=error.strerror,
                remedy="What is written can be read with --recover.",
            ) from error

    def _timestamp(self, time_ns: int) -> Any:
        from foxglove.messages import Timestamp

        seconds, nanoseconds = divmod(self._start_unix_ns + time_ns, NS_PER_S)
        return Timestamp(sec=seconds, nsec=nanoseconds)

    def _protobuf(self, topic: str, time_ns: int, message: Any, sequence: int | None = None) -> None:
        if topic not in self._channels:
            schema = type(message).get_schema()
            self._register(topic, schema.name, schema.encoding, schema.data)
        self._add(topic, time_ns, message.encode(), sequence)

    def _json(self, topic: str, name: str, schema: Mapping[str, Any], time_ns: int, content: Mapping[str, Any]) -> None:
        if topic not in self._channels:
            self._register(topic, name, "jsonschema", json.dumps(schema).encode())
        self._add(topic, time_ns, json.dumps(content, ensure_ascii=False).encode(), None)

    def _register(self, topic: str, schema_name: str, schema_encoding: str, schema: bytes) -> None:
        encoding = "json" if schema_encoding == "jsonschema" else schema_encoding
        schema_id = self._writer.register_schema(schema_name, schema_encoding, schema)
        self._channels[topic] = self._writer.register_channel(topic, encoding, schema_id)

    def _add(self, topic: str, time_ns: int, data: bytes, sequence: int | None) -> None:
        self._last_unix_ns = max(self._last_unix_ns, self._start_unix_ns + time_ns)
        self._sequence += 1
        number = self._sequence if sequence is None else sequence
        try:
            self._writer.add_message(
                self._channels[topic], self._last_unix_ns, data, self._last_unix_ns, number & 0xFFFFFFFF
            )
        except OSError as error:
            remedy = "Free some space; what is written so far can be read with --recover."
            raise StorageError(
                f"cannot go on writing the session {self.path}", found=error.strerror, remedy=remedy
            ) from error
