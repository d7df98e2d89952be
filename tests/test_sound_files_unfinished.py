"""Sound files that nobody finished, that come through a pipe, that break off, or that are longer than we take."""

from __future__ import annotations

import io
import os
import struct
import threading
from pathlib import Path

import numpy as np
import pytest
import soundfile

from edgemm.commands.infer_sounds import tell_of_a_missing_end
from edgemm.errors import InputError
from edgemm.pictures.picture_files import read_picture, write_picture
from edgemm.sound import sound_files
from edgemm.sound.sound_files import read_sound

RATE_HZ = 16_000
SOUND = np.asarray(np.random.default_rng(0).normal(scale=0.1, size=RATE_HZ), np.float32)


def encoded(kind: str, sound: np.ndarray = SOUND, subtype: str | None = None) -> bytes:
    file = io.BytesIO()
    soundfile.write(file, sound, RATE_HZ, format=kind, subtype=subtype)
    return file.getvalue()


def wav(riff: int | None = None, data: int | None = None, subtype: str = "PCM_16") -> bytes:
    """A WAV file with these lengths in its header, where given."""
    whole = bytearray(encoded("WAV", subtype=subtype))
    place = whole.index(b"data") + 4
    for where, value in ((4, riff), (place, data)):
        if value is not None:
            whole[where : where + 4] = struct.pack("<I", value)
    return bytes(whole)


def rf64(announced: int) -> bytes:
    """An RF64 file whose `ds64` says so many bytes of sound."""
    plain = encoded("WAV", subtype="PCM_16")
    body = plain[plain.index(b"fmt ") :].replace(b"data" + struct.pack("<I", 2 * RATE_HZ), b"data\xff\xff\xff\xff")
    return b"RF64\xff\xff\xff\xffWAVEds64" + struct.pack("<IQQQI", 28, 0, announced, 0, 0) + body


def flac_of_unknown_length() -> bytes:
    """As an encoder that writes into a pipe leaves it: 0 samples in the header."""
    whole = bytearray(encoded("FLAC"))
    whole[21] &= 0xF0
    whole[22:26] = bytes(4)
    return bytes(whole)


UNFINISHED = {
    "both 0": wav(0, 0),
    "sound 0": wav(None, 0),
    "RIFF of the header alone": wav(36, 0),
    "both unknown": wav(0xFFFFFFFF, 0xFFFFFFFF),
    "0 and unknown": wav(0, 0xFFFFFFFF),
    "2 GB": wav(0x7FFFFFFF, 0x7FFFFFDB),
    "24 bits": wav(0, 0, "PCM_24"),
    "float": wav(0, 0, "FLOAT"),
    "RF64": rf64(0),
    "RF64, finished": rf64(2 * RATE_HZ),
    "FLAC": flac_of_unknown_length(),
}


@pytest.mark.parametrize("content", UNFINISHED.values(), ids=UNFINISHED.keys())
def test_a_header_that_gives_no_length_loses_no_sound(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "said.wav").write_bytes(content)
    clip = read_sound(tmp_path / "said.wav")
    assert len(clip.samples) == RATE_HZ and np.abs(clip.samples - np.clip(SOUND, -1, 1)).max() < 1e-3
    assert clip.missing_part == 0.0


def test_a_finished_file_without_sound_is_empty_whatever_else_it_holds(tmp_path: Path) -> None:
    notes = b"LIST" + struct.pack("<I", 26) + b"INFOISFT" + struct.pack("<I", 14) + b"some recorder\0"
    content = encoded("WAV", np.zeros(0, np.float32)) + notes
    (tmp_path / "none.wav").write_bytes(content)
    with pytest.raises(InputError, match="is empty"):
        read_sound(tmp_path / "none.wav")


@pytest.mark.parametrize("kind", ["WAV", "AIFF", "AU"])
def test_a_file_that_breaks_off_is_read_as_far_as_it_goes_and_says_so(
    kind: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    content = encoded(kind)
    (tmp_path / "half").write_bytes(content[: len(content) // 4])
    clip = read_sound(tmp_path / "half")
    assert len(clip.samples) == pytest.approx(RATE_HZ / 4, abs=50)
    assert clip.missing_part == pytest.approx(0.75, abs=0.01)
    tell_of_a_missing_end("half", clip)
    assert "breaks off, the last 75% of it are missing" in capsys.readouterr().err


@pytest.mark.parametrize("kind", ["FLAC", "OGG"])
def test_a_packed_file_that_breaks_off_is_an_error_that_says_how_to_save_it(kind: str, tmp_path: Path) -> None:
    content = encoded(kind)
    (tmp_path / "half").write_bytes(content[: len(content) // 2])
    with pytest.raises(InputError, match=r"(is damaged|its end is missing).*ffmpeg"):
        read_sound(tmp_path / "half")


def flac_that_claims(samples: int) -> bytes:
    header = bytearray(encoded("FLAC")[:86])
    header[21] = header[21] & 0xF0 | samples >> 32
    header[22:26] = struct.pack(">I", samples & 0xFFFFFFFF)
    return bytes(header)


@pytest.mark.parametrize("samples", [2**36 - 1, 3601 * RATE_HZ])
def test_a_length_above_the_limit_is_refused_by_the_header(samples: int, tmp_path: Path) -> None:
    (tmp_path / "long.flac").write_bytes(flac_that_claims(samples))
    with pytest.raises(InputError, match=r"too long: expected at most 60 minutes, found \d+ minutes. Split it.*ffmpeg"):
        read_sound(tmp_path / "long.flac")


def test_a_length_above_the_limit_that_no_header_tells_is_refused_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sound_files, "MAX_SOUND_S", 0.5)
    (tmp_path / "long.flac").write_bytes(flac_of_unknown_length())
    with pytest.raises(InputError, match="too long"):
        read_sound(tmp_path / "long.flac")


def test_a_file_above_the_limit_of_bytes_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sound_files, "MAX_FILE_BYTES", 2_000_000)
    with pytest.raises(InputError, match="/dev/zero is too large: expected at most 2 MB"):
        read_sound("/dev/zero")


@pytest.mark.parametrize("rate_hz", [1, 4_000_000_000])
def test_a_rate_that_no_sound_has_is_refused(rate_hz: int, tmp_path: Path) -> None:
    content = bytearray(encoded("WAV"))
    content[24:28] = struct.pack("<I", rate_hz)
    (tmp_path / "odd.wav").write_bytes(content)
    with pytest.raises(InputError, match=r"odd\.wav"):
        read_sound(tmp_path / "odd.wav")


@pytest.mark.parametrize(
    ("content", "what"),
    [(b"\0\0\0\x20ftypM4A " + bytes(99), "M4A"), (b"\x1aE\xdf\xa3" + bytes(99), "WebM"), (b"caff" + bytes(99), "CAF")],
)
def test_other_formats_are_named(content: bytes, what: str, tmp_path: Path) -> None:
    (tmp_path / "clip").write_bytes(content)
    with pytest.raises(InputError, match=f"found .*{what}.*ffmpeg"):
        read_sound(tmp_path / "clip")


def fill(descriptor: int, content: bytes) -> None:
    with os.fdopen(descriptor, "wb") as pipe:
        pipe.write(content)


@pytest.fixture(params=["fifo", "/dev/fd", "-"])
def through_a_pipe(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> object:
    """A function that gives a path from which bytes can be read once."""
    opened: list[int] = []

    def path_of(content: bytes) -> Path:
        if request.param == "fifo":
            os.mkfifo(tmp_path / "pipe")
            threading.Thread(target=(tmp_path / "pipe").write_bytes, args=(content,)).start()
            return tmp_path / "pipe"
        read_end, write_end = os.pipe()
        threading.Thread(target=fill, args=(write_end, content)).start()
        opened.append(read_end)
        if request.param == "/dev/fd":
            return Path(f"/dev/fd/{read_end}")
        monkeypatch.setattr("edgemm.file_bytes._STANDARD_INPUT", Path(f"/dev/fd/{read_end}"))
        return Path("-")

    yield path_of
    for descriptor in opened:
        os.close(descriptor)


def test_sound_comes_through_a_pipe(through_a_pipe) -> None:  # type: ignore[no-untyped-def]
    assert len(read_sound(through_a_pipe(encoded("WAV"))).samples) == RATE_HZ


def test_pictures_come_through_a_pipe(through_a_pipe, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    write_picture(tmp_path / "grey.png", np.full((20, 30, 3), 90, np.uint8))
    assert read_picture(through_a_pipe((tmp_path / "grey.png").read_bytes())).width == 30
