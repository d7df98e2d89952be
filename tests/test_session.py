"""Sessions: what is written is read back, other readers open them, and a cut-off one says what is left."""

from __future__ import annotations

import io
import json
from pathlib import Path

import cv2
import numpy as np
import pytest
from google.protobuf.descriptor_pb2 import FileDescriptorSet
from google.protobuf.descriptor_pool import DescriptorPool
from google.protobuf.message_factory import GetMessageClass
from mcap.reader import make_reader

from edgemm.errors import InputError, StorageError
from edgemm.media import NS_PER_MS, AudioChunk, VideoFrame
from runtime.evidence import Evidence
from runtime.items import Wake
from runtime.sessions.expectation import Expectation
from runtime.sessions.session import SessionInfo
from runtime.sessions.session_reader import open_session
from runtime.sessions.session_writer import SessionWriter
from runtime.telling.events import event_of

INFO = SessionInfo(start_unix_ns=1_767_225_600_000_000_000, title="a test", horizontal_fov_deg=70.0, version="0.1")
TRUTH = Expectation(name="cup", from_s=0, to_s=2, kind="answer", asked="is there a cup", said_any=("a cup",))


def frame(number: int) -> VideoFrame:
    pixels = np.full((48, 64, 3), number, np.uint8)
    pixels[10:20, number : number + 10] = 250
    return VideoFrame(pixels, number * 100 * NS_PER_MS, number)


def sound(number: int) -> AudioChunk:
    samples = np.random.default_rng(number).uniform(-0.5, 0.5, 1600).astype(np.float32)
    return AudioChunk(samples, 16_000, number * 100 * NS_PER_MS)


def written(path: Path, count: int = 20, chunk_bytes: int = 16 * 1024) -> Path:
    with SessionWriter(path, INFO, chunk_bytes) as writer:
        writer.expectation(TRUTH)
        for number in range(count):
            writer.frame(number * 100 * NS_PER_MS + 30 * NS_PER_MS, frame(number))
            writer.sound((number + 1) * 100 * NS_PER_MS, sound(number))
        event = event_of(count * 100 * NS_PER_MS, "wake", Wake("word"))
        assert event is not None
        writer.event(count * 100 * NS_PER_MS, event)
        cup = Evidence("object", "cup", 0.8, (0.1, 0.2, 0.5, 0.6), "nanodet", 0, 0)
        writer.boxes(count * 100 * NS_PER_MS, [cup], 64, 48)
    return path


def test_what_is_written_is_read_back_in_the_order_of_arrival(tmp_path: Path) -> None:
    session = open_session(written(tmp_path / "a.mcap"))
    assert session.info == INFO
    assert session.truth == (TRUTH,)
    assert [event["event"] for event in session.events] == ["wake"]
    assert (session.frame_count, session.sound_ns, session.duration_ns) == (20, 2 * 10**9, 2 * 10**9)
    assert session.loss is None
    arrivals = list(session.arrivals())
    assert [arrival.time_ns for arrival in arrivals] == sorted(arrival.time_ns for arrival in arrivals)
    frames = [arrival for arrival in arrivals if isinstance(arrival.item, VideoFrame)]
    chunks = [arrival for arrival in arrivals if isinstance(arrival.item, AudioChunk)]
    assert [(a.time_ns, a.item.capture_time_ns, a.item.frame_id) for a in frames[:2]] == [
        (30 * NS_PER_MS, 0, 0),
        (130 * NS_PER_MS, 100 * NS_PER_MS, 1),
    ]
    assert np.abs(frames[7].item.pixels.astype(int) - frame(7).pixels).mean() < 5
    assert chunks[3].time_ns == 400 * NS_PER_MS
    assert chunks[3].item.capture_time_ns == 300 * NS_PER_MS
    assert np.abs(chunks[3].item.samples - sound(3).samples).max() <= 1 / 32768


def test_sound_survives_a_second_writing_bit_for_bit(tmp_path: Path) -> None:
    first = [a.item for a in open_session(written(tmp_path / "a.mcap")).arrivals() if a.source == "microphone"]
    with SessionWriter(tmp_path / "b.mcap", INFO) as writer:
        for chunk in first:
            assert isinstance(chunk, AudioChunk)
            writer.sound(chunk.end_time_ns, chunk)
    second = [arrival.item for arrival in open_session(tmp_path / "b.mcap").arrivals()]
    assert all(np.array_equal(a.samples, b.samples) for a, b in zip(first, second, strict=True))


def test_a_reader_that_knows_only_the_file_finds_foxgloves_schemas_in_it(tmp_path: Path) -> None:
    path = written(tmp_path / "a.mcap")
    with path.open("rb") as file:
        reader = make_reader(file, validate_crcs=True)
        summary = reader.get_summary()
        assert summary is not None
        schemas = {channel.topic: summary.schemas[channel.schema_id] for channel in summary.channels.values()}
        assert {topic: (schema.name, schema.encoding) for topic, schema in schemas.items()} == {
            "/camera": ("foxglove.CompressedImage", "protobuf"),
            "/microphone": ("foxglove.RawAudio", "protobuf"),
            "/annotations": ("foxglove.ImageAnnotations", "protobuf"),
            "/log": ("foxglove.Log", "protobuf"),
            "/events": ("edgemm.Event", "jsonschema"),
            "/truth": ("edgemm.Expectation", "jsonschema"),
        }
        decoded: dict[str, object] = {}
        for schema, channel, message in reader.iter_messages():
            assert schema is not None
            if schema.encoding == "jsonschema":
                assert json.loads(schema.data)
                decoded[channel.topic] = json.loads(message.data)
                continue
            pool = DescriptorPool()
            for description in FileDescriptorSet.FromString(schema.data).file:
                pool.AddSerializedFile(description.SerializeToString())
            decoded[channel.topic] = GetMessageClass(pool.FindMessageTypeByName(schema.name)).FromString(message.data)
    picture, audio, boxes = (decoded[topic] for topic in ("/camera", "/microphone", "/annotations"))
    assert picture.format == "jpeg"
    assert cv2.imdecode(np.frombuffer(picture.data, np.uint8), cv2.IMREAD_COLOR).shape == (48, 64, 3)
    assert (audio.format, audio.sample_rate, audio.number_of_channels) == ("pcm-s16", 16_000, 1)
    assert audio.timestamp.seconds == INFO.start_unix_ns // 10**9 + 1
    assert [text.text for text in boxes.texts] == ["cup 0.80"]
    assert decoded["/events"]["event"] == "wake"


def test_a_cut_off_session_is_refused_with_how_much_can_be_recovered(tmp_path: Path) -> None:
    path = written(tmp_path / "a.mcap")
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    with pytest.raises(InputError, match=r"cut off or damaged.*can be recovered: \d+ frames.*replay --recover"):
        open_session(path)


def test_recovering_reads_exactly_what_is_whole(tmp_path: Path) -> None:
    path = written(tmp_path / "a.mcap")
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    session = open_session(path, recover=True)
    assert 0 < session.frame_count < 20
    assert session.loss is not None
    assert f"{session.frame_count} frames" in session.loss
    arrivals = list(session.arrivals())
    assert [a.item.frame_id for a in arrivals if a.source == "camera"] == list(range(session.frame_count))


def test_a_session_cut_before_its_first_chunk_has_nothing_to_recover(tmp_path: Path) -> None:
    path = written(tmp_path / "a.mcap")
    path.write_bytes(path.read_bytes()[:20])
    with pytest.raises(InputError, match="nothing can be recovered"):
        open_session(path)


def test_a_flipped_byte_is_noticed(tmp_path: Path) -> None:
    path = written(tmp_path / "a.mcap")
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 0x10
    path.write_bytes(data)
    with pytest.raises(InputError, match="cut off or damaged"):
        open_session(path)


def test_a_recorder_that_is_killed_leaves_a_file_that_can_be_recovered(tmp_path: Path) -> None:
    writer = SessionWriter(tmp_path / "a.mcap", INFO, chunk_bytes=16 * 1024)
    for number in range(20):
        writer.sound((number + 1) * 100 * NS_PER_MS, sound(number))
    writer._file.flush()  # the process dies here: what the operating system holds is what is left
    session = open_session(tmp_path / "a.mcap", recover=True)
    assert session.sound_ns >= 1_500 * NS_PER_MS


@pytest.mark.parametrize("content", [b"", b"What do you see?", b"RIFF\0\0\0\0WAVEfmt "])
def test_what_is_no_session_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "a.mcap"
    path.write_bytes(content)
    with pytest.raises(InputError, match="is no session: expected an MCAP file"):
        open_session(path)


def test_a_missing_session_and_another_programs_mcap_file_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such session"):
        open_session(tmp_path / "nowhere.mcap")
    from mcap.writer import Writer

    stream = io.BytesIO()
    foreign = Writer(stream)
    foreign.start()
    foreign.finish()
    (tmp_path / "foreign.mcap").write_bytes(stream.getvalue())
    with pytest.raises(InputError, match="no session of edgemm"):
        open_session(tmp_path / "foreign.mcap")


def test_pictures_that_come_again_cost_next_to_nothing(tmp_path: Path) -> None:
    noise = np.random.default_rng(0).integers(0, 255, (240, 320, 3)).astype(np.uint8)
    with SessionWriter(tmp_path / "a.mcap", INFO, chunk_bytes=2**21) as writer:
        for number in range(50):
            writer.frame(number * 100 * NS_PER_MS, VideoFrame(noise, number * 100 * NS_PER_MS, number))
    one = len(cv2.imencode(".jpg", noise, [cv2.IMWRITE_JPEG_QUALITY, 85])[1])
    assert (tmp_path / "a.mcap").stat().st_size < 6 * one


def test_a_session_that_cannot_be_written_says_so(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(StorageError, match="cannot write the session"):
        SessionWriter(tmp_path / "file" / "a.mcap", INFO)
