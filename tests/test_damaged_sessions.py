"""Sessions that are damaged or made by others: our errors alone, limits before anything is unpacked, losses told."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import zstandard
from foxglove.messages import CompressedImage, RawAudio, Timestamp
from mcap.records import Chunk
from mcap.stream_reader import StreamReader
from mcap.writer import CompressionType, Writer

from edgemm.cli import main
from edgemm.errors import InputError
from edgemm.media import NS_PER_S
from runtime.sessions.session import METADATA_NAME
from runtime.sessions.session_reader import open_session
from tests.fuzzing import damaged_bytes, only_our_errors
from tests.test_session import written

START_NS = 10**18


class Crafted:
    """A session written message by message, right or wrong."""

    def __init__(self, path: Path, **info: str) -> None:
        self.file = path.open("wb")
        self.writer = Writer(self.file, compression=CompressionType.NONE)
        self.writer.start()
        self.writer.add_metadata(METADATA_NAME, {"start_unix_ns": str(START_NS), **info})

    def json(self, topic: str, data: bytes, time_ns: int = START_NS) -> None:
        schema = self.writer.register_schema("x", "jsonschema", b"{}")
        self.writer.add_message(self.writer.register_channel(topic, "json", schema), time_ns, data, time_ns)

    def protobuf(self, topic: str, message: Any, data: bytes | None = None, schema: bytes | None = None) -> None:
        known = message.get_schema()
        number = self.writer.register_schema(known.name, known.encoding, known.data if schema is None else schema)
        channel = self.writer.register_channel(topic, "protobuf", number)
        self.writer.add_message(channel, START_NS, message.encode() if data is None else data, START_NS)

    def close(self) -> None:
        self.writer.finish()  # type: ignore[no-untyped-call]
        self.file.close()


def audio(**fields: Any) -> RawAudio:
    right = {"timestamp": Timestamp(sec=START_NS // NS_PER_S, nsec=0), "data": bytes(200), "format": "pcm-s16"}
    return RawAudio(**{**right, "sample_rate": 16_000, "number_of_channels": 1, **fields})


PICTURE = CompressedImage(timestamp=Timestamp(sec=START_NS // NS_PER_S, nsec=0), frame_id="c", data=b"no", format="png")
TRUTH = {"name": "a", "from_s": 0, "to_s": 1, "kind": "answer"}

WRONG: dict[str, Callable[[Crafted], None]] = {
    "truth that is no JSON": lambda session: session.json("/truth", b"{"),
    "truth of another kind": lambda session: session.json("/truth", json.dumps({**TRUTH, "kind": "x"}).encode()),
    "truth whose pattern is none": lambda session: session.json(
        "/truth", json.dumps({**TRUTH, "said_any": ["("]}).encode()
    ),
    "an event that is no JSON": lambda session: session.json("/events", b"\xff"),
    "an event that is no object": lambda session: session.json("/events", b"[]"),
    "an event of deep brackets": lambda session: session.json("/events", b"[" * 100_000),
    "an event of another century": lambda session: session.json("/events", b"{}", START_NS * 2),
    "sound that does not decode": lambda session: session.protobuf("/microphone", audio(), b"\xff\xff\xff"),
    "sound without a schema": lambda session: session.protobuf("/microphone", audio(), schema=b""),
    "sound whose schema does not decode": lambda session: session.protobuf("/microphone", audio(), schema=b"\xff"),
    "sound of rate 0": lambda session: session.protobuf("/microphone", audio(sample_rate=0)),
    "sound of rate 2**32-1": lambda session: session.protobuf("/microphone", audio(sample_rate=2**32 - 1)),
    "sound of half a sample": lambda session: session.protobuf("/microphone", audio(data=bytes(3))),
    "sound of two channels": lambda session: session.protobuf("/microphone", audio(number_of_channels=2)),
    "sound in another form": lambda session: session.protobuf("/microphone", audio(format="opus")),
    "sound that is JSON": lambda session: session.json("/microphone", b"{}"),
    "sound that is a picture": lambda session: session.protobuf("/microphone", PICTURE),
    "sound captured at another time": lambda session: session.protobuf(
        "/microphone", audio(timestamp=Timestamp(sec=2**32 - 1, nsec=0))
    ),
    "a picture that is none": lambda session: session.protobuf("/camera", PICTURE),
    "a picture that does not decode": lambda session: session.protobuf("/camera", PICTURE, b"\xff"),
}


def played(path: Path, recover: bool = False) -> int:
    return len(list(open_session(path, recover).arrivals()))


@pytest.mark.parametrize("what", WRONG)
def test_a_message_that_makes_no_sense_is_our_error_and_recovering_ends_before_it(what: str, tmp_path: Path) -> None:
    session = Crafted(tmp_path / "a.mcap")
    session.protobuf("/microphone", audio())
    WRONG[what](session)
    session.close()
    with pytest.raises(InputError):
        played(tmp_path / "a.mcap")
    if not what.startswith(("a picture", "sound captured")):  # these are not looked at before they are played
        assert played(tmp_path / "a.mcap", recover=True) == 1


@pytest.mark.parametrize(
    "info", [{"start_unix_ns": "x"}, {"start_unix_ns": "9" * 5000}, {"listen": "no"}, {"duplex": ""}]
)
def test_a_session_that_says_nonsense_of_itself_is_damaged(info: dict[str, str], tmp_path: Path) -> None:
    session = Crafted(tmp_path / "a.mcap", **info)
    session.close()
    for recover in (False, True):
        with pytest.raises(InputError, match=r"damaged.*nothing can be recovered"):
            open_session(tmp_path / "a.mcap", recover)


def test_every_bit_of_what_a_session_says_of_itself_may_flip(tmp_path: Path) -> None:
    good = written(tmp_path / "a.mcap", count=2).read_bytes()
    start = good.index(METADATA_NAME.encode()) - 13
    flips = [
        good[:at] + bytes([good[at] ^ (1 << bit)]) + good[at + 1 :]
        for at in range(start, start + 180)
        for bit in (1, 6)
    ]

    def read(data: bytes) -> None:
        (tmp_path / "b.mcap").write_bytes(data)
        session = open_session(tmp_path / "b.mcap", recover=True)
        assert session.duration_ns < 7200 * NS_PER_S, "replay would live through it"
        list(session.arrivals())

    assert only_our_errors(read, flips) > 100


def test_damaged_sessions_give_only_our_errors(tmp_path: Path) -> None:
    good = written(tmp_path / "a.mcap", count=5, chunk_bytes=2000).read_bytes()

    def read(data: bytes) -> None:
        (tmp_path / "b.mcap").write_bytes(data)
        try:
            played(tmp_path / "b.mcap", recover=True)
        finally:
            open_session(tmp_path / "b.mcap")

    assert only_our_errors(read, damaged_bytes(good, seed=2, count=200)) > 100


@pytest.mark.parametrize("claimed_bytes", [0, 3 * 2**30, 2**64 - 1])
def test_a_chunk_that_unpacks_to_gigabytes_is_refused_before_it_does(claimed_bytes: int, tmp_path: Path) -> None:
    good = written(tmp_path / "a.mcap", count=2).read_bytes()
    packer = zstandard.ZstdCompressor().compressobj(size=2**29)
    bomb = b"".join(packer.compress(bytes(2**22)) for _ in range(128)) + packer.flush()
    records = StreamReader((tmp_path / "a.mcap").open("rb"), emit_chunks=True).records
    chunk = next(record for record in records if isinstance(record, Chunk))
    evil = Chunk("zstd", bomb, chunk.message_end_time, chunk.message_start_time, 0, claimed_bytes)
    from mcap.data_stream import RecordBuilder

    builder = RecordBuilder()
    evil.write(builder)
    start = good.index(b"zstd") - 41
    (tmp_path / "b.mcap").write_bytes(good[:start] + builder.end() + good[start:])
    assert (tmp_path / "b.mcap").stat().st_size < 400_000
    with pytest.raises(InputError, match="damaged"):
        open_session(tmp_path / "b.mcap")


def test_damage_that_comes_after_it_was_opened_is_an_error_and_of_a_recovered_one_it_is_told(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = written(tmp_path / "a.mcap")
    good = path.read_bytes()
    session = open_session(path)
    path.write_bytes(good[: len(good) // 2])
    with pytest.raises(InputError, match="breaks off"):
        list(session.arrivals())
    with caplog.at_level(logging.WARNING):
        assert 0 < played(path, recover=True) < 40
    assert "ends here" in caplog.text


def test_a_flipped_bit_is_one_message_for_whoever_replays_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data = bytearray(Path("configs/sessions/demo.mcap").read_bytes())
    data[data.index(b"start_unix_ns") + 20] ^= 0x40
    (tmp_path / "demo.mcap").write_bytes(data)
    assert main(["replay", str(tmp_path / "demo.mcap"), "--recover"]) == 2
    assert "internal error" not in capsys.readouterr().err
