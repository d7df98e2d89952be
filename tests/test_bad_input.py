"""Every line of bad input, as the user meets it: one message that says what was expected and what to do, the documented
exit code, no traceback, and nothing lost."""

from __future__ import annotations

import json
import shutil
import struct
import zlib
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import soundfile

from edgemm.cli import main
from edgemm.host import host_target
from tests.bundle_damage import edit_manifest

USAGE, HOST = 2, 4


def complaint(capsys: pytest.CaptureFixture[str], argv: list[str], code: int) -> str:
    """The message of a command that must fail with `code`."""
    capsys.readouterr()
    assert main(argv) == code
    told = capsys.readouterr()
    assert told.out == ""
    message = told.err.strip().splitlines()[-1]
    assert message.startswith("edgemm: error: ") and "Traceback" not in told.err
    return message


def png_header(width: int, height: int) -> bytes:
    """A PNG whose header claims a size; the pixels are not there."""
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"")) + chunk(b"IEND", b"")


BAD_PICTURES: dict[str, tuple[bytes | None, str]] = {
    "missing.jpg": (None, "no such"),
    "empty.jpg": (b"", "empty"),
    "text.jpg": (b"this is no picture at all", "picture"),
    "huge.png": (png_header(20_000, 10_000), "megapixel"),
}


@pytest.mark.parametrize("name", BAD_PICTURES)
def test_a_picture_that_cannot_be_used(name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    content, told = BAD_PICTURES[name]
    if content is not None:
        (tmp_path / name).write_bytes(content)
    message = complaint(capsys, ["ask", "--image", str(tmp_path / name), "is there a cup?"], USAGE)
    assert told in message.lower() and name in message


def test_a_picture_that_breaks_off(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    whole = Path("configs/photographs/coffee.jpg").read_bytes()
    (tmp_path / "half.jpg").write_bytes(whole[: len(whole) // 2])
    message = complaint(capsys, ["ask", "--image", str(tmp_path / "half.jpg"), "is there a cup?"], USAGE)
    assert "half.jpg" in message


@pytest.mark.parametrize("name", ["missing.wav", "empty.wav", "text.wav", "silent.wav"])
def test_a_clip_that_cannot_be_used(name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    clip = tmp_path / name
    if name == "empty.wav":
        soundfile.write(clip, np.zeros(0, np.float32), 16_000)
    elif name == "text.wav":
        clip.write_text("RIFF? no, a shopping list")
    elif name == "silent.wav":
        soundfile.write(clip, np.zeros(16_000, np.float32), 16_000)
    assert name in complaint(capsys, ["ask", "--audio", str(clip)], USAGE)


@pytest.mark.parametrize(
    ("channels", "rate_hz", "subtype"),
    [(2, 16_000, "PCM_16"), (1, 8_000, "PCM_16"), (1, 48_000, "FLOAT"), (1, 16_000, "PCM_24"), (2, 44_100, "DOUBLE")],
)
def test_clips_of_every_make_are_understood(
    channels: int, rate_hz: int, subtype: str, tmp_path: Path, starter_bundles: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    import soxr

    from export.data.voices import Voice, speak

    speech = soxr.resample(speak(Voice("flite", "slt"), "What do you see?"), 16_000, rate_hz)
    soundfile.write(tmp_path / "clip.wav", np.stack([speech] * channels, axis=1), rate_hz, subtype=subtype)
    assert main(["transcribe", str(tmp_path / "clip.wav"), "--bundles", str(starter_bundles), "--json"]) == 0
    assert "you see" in json.loads(capsys.readouterr().out)["text"].lower()


def flip_a_byte(folder: Path) -> str:
    graph = next(folder.glob("*.onnx"))
    content = bytearray(graph.read_bytes())
    content[len(content) // 2] ^= 0xFF
    graph.write_bytes(content)
    return "damaged"


def lose_a_file(folder: Path) -> str:
    next(folder.glob("*.onnx")).unlink()
    return "missing"


def from_the_future(folder: Path) -> str:
    return _edit(folder, "schema_version", 99, "schema")


def for_another_host(folder: Path) -> str:
    return _edit(folder, "host", {"arch": "riscv64"}, "another host")


def with_a_gate_that_did_not_hold(folder: Path) -> str:
    return _edit(folder, "figures", [{"name": "wer", "value": 9.0, "at_most": 1.0}], "gate")


def _edit(folder: Path, key: str, value: object, told: str) -> str:
    edit_manifest(folder, lambda content: content.update({key: value}))
    return told


@pytest.mark.parametrize(
    "damage", [flip_a_byte, lose_a_file, from_the_future, for_another_host, with_a_gate_that_did_not_hold]
)
def test_a_bundle_that_must_not_run(
    damage: Callable[[Path], str], tmp_path: Path, starter_bundles: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    copy = tmp_path / "silero-vad" / host_target()
    shutil.copytree(starter_bundles / "silero-vad" / host_target(), copy)
    told = damage(copy)
    for command in ("inspect", "verify"):
        message = complaint(capsys, [command, str(copy)], HOST)
        assert told in message
    bundles = tmp_path / "bundles"
    shutil.copytree(starter_bundles, bundles, symlinks=True, ignore=shutil.ignore_patterns("silero-vad"))
    shutil.copytree(tmp_path / "silero-vad", bundles / "silero-vad")
    assert told in complaint(capsys, ["ask", "--bundles", str(bundles), "what time is it?"], HOST)


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("lisen: always", "listen"),
        ("audio: {volume: loud}", "volume"),
        ("camera:\n\tsource: x", "tab"),
        ("listen: [", "line"),
        ("speech: {rate: 9}", "rate"),
    ],
)
def test_a_configuration_with_a_mistake_names_its_place(
    line: str, told: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    config = tmp_path / "mistake.yaml"
    config.write_text(f"pack: starter\n{line}\n")
    message = complaint(capsys, ["run", str(config), "--print-config"], USAGE)
    assert told in message and "mistake.yaml, line " in message


def test_a_session_that_breaks_off_says_how_much_can_be_recovered(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    whole = Path("configs/sessions/demo.mcap").read_bytes()
    (tmp_path / "half.mcap").write_bytes(whole[: len(whole) // 2])
    message = complaint(capsys, ["replay", str(tmp_path / "half.mcap")], USAGE)
    assert "can be recovered" in message and "--recover" in message


def test_a_session_that_is_none(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "text.mcap").write_text("no")
    assert "no session" in complaint(capsys, ["replay", str(tmp_path / "text.mcap")], USAGE)
    assert "no session" in complaint(capsys, ["replay", "no-such-session"], USAGE)


def test_unknown_commands_recipes_and_benchmarks_are_named(capsys: pytest.CaptureFixture[str]) -> None:
    assert "Did you mean" in complaint(capsys, ["exprot"], USAGE)
    assert "whisper" in complaint(capsys, ["export", "wisper-tiny.en"], USAGE)
    assert "unknown benchmark" in complaint(capsys, ["bench", "--only", "nothing"], USAGE)
