"""Pictures and sound clips from files: what is read, and what is said of a file that cannot be."""

from __future__ import annotations

import struct
import zlib
from pathlib import Path

import cv2
import numpy as np
import pytest
import soundfile

from edgemm.errors import InputError, StorageError
from edgemm.pictures.picture_files import read_picture
from edgemm.sound.sound_files import read_sound, resample, write_sound

PICTURE_SUFFIXES = (".png", ".jpg", ".webp", ".bmp")


@pytest.fixture
def photograph() -> np.ndarray:
    """Smooth colours with texture, so that every format has something to compress."""
    row, column = np.mgrid[0:120, 0:200]
    noise = np.random.default_rng(0).integers(0, 40, (120, 200, 3))
    colours = np.stack([row, column % 150, (row + column) % 180], axis=-1)
    return (colours + noise).astype(np.uint8)


def saved(pixels: np.ndarray, path: Path) -> Path:
    assert cv2.imwrite(str(path), pixels)
    return path


def tone(rate_hz: int, seconds: float = 0.5) -> np.ndarray:
    return (0.5 * np.sin(2 * np.pi * 440 * np.arange(int(rate_hz * seconds)) / rate_hz)).astype(np.float32)


@pytest.mark.parametrize("suffix", PICTURE_SUFFIXES)
def test_each_format_gives_upright_bgr_pixels(photograph: np.ndarray, tmp_path: Path, suffix: str) -> None:
    frame = read_picture(saved(photograph, tmp_path / f"picture{suffix}"))
    assert (frame.width, frame.height, frame.colour_order) == (200, 120, "bgr")
    assert np.abs(frame.pixels.astype(int) - photograph).mean() < 12


@pytest.mark.parametrize("suffix", PICTURE_SUFFIXES)
@pytest.mark.parametrize("kept", [0.3, 0.9, 0.995])
def test_a_truncated_picture_is_refused(photograph: np.ndarray, tmp_path: Path, suffix: str, kept: float) -> None:
    path = saved(photograph, tmp_path / f"picture{suffix}")
    data = path.read_bytes()
    path.write_bytes(data[: int(len(data) * kept)])
    with pytest.raises(InputError, match=r"is damaged.*whose end is missing.*again"):
        read_picture(path)


def test_a_truncated_photograph_with_a_thumbnail_is_refused(photograph: np.ndarray, tmp_path: Path) -> None:
    path = saved(photograph, tmp_path / "photo.jpg")
    data = path.read_bytes()
    thumbnail = b"Exif\0\0" + data[:400] + b"\xff\xd9"
    segment = b"\xff\xe1" + struct.pack(">H", len(thumbnail) + 2) + thumbnail
    path.write_bytes(data[:2] + segment + data[2:-200])
    with pytest.raises(InputError, match="whose end is missing"):
        read_picture(path)


def test_a_missing_picture_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"no such picture: .*nowhere\.png"):
        read_picture(tmp_path / "nowhere.png")


def test_an_empty_picture_and_a_folder_are_refused(tmp_path: Path) -> None:
    empty = tmp_path / "empty.png"
    empty.touch()
    with pytest.raises(InputError, match="is empty"):
        read_picture(empty)
    with pytest.raises(InputError, match="cannot open the picture"):
        read_picture(tmp_path)


def test_a_text_named_like_a_picture_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "notes.jpg"
    path.write_text("Buy milk.\n")
    with pytest.raises(InputError, match="expected a PNG, JPEG, WebP or BMP picture, found text"):
        read_picture(path)


def png_that_claims(width: int, height: int) -> bytes:
    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", b"") + chunk(b"IEND", b"")


def test_a_picture_of_100_megapixels_is_refused_before_it_is_decoded(tmp_path: Path) -> None:
    path = tmp_path / "huge.png"
    path.write_bytes(png_that_claims(10_000, 10_000))
    with pytest.raises(InputError, match=r"too large: expected at most 50 megapixels, found 10000x10000"):
        read_picture(path)


def test_the_limit_on_the_size_of_a_picture_can_be_set(photograph: np.ndarray, tmp_path: Path) -> None:
    path = saved(photograph, tmp_path / "picture.png")
    with pytest.raises(InputError, match=r"at most 0\.01 megapixels"):
        read_picture(path, max_megapixels=0.01)


def test_damaged_pixels_are_an_input_error(tmp_path: Path) -> None:
    path = tmp_path / "hollow.png"
    path.write_bytes(png_that_claims(10, 10))
    with pytest.raises(InputError, match="cannot be decoded"):
        read_picture(path)


@pytest.mark.parametrize("rate_hz", [8_000, 16_000, 44_100, 48_000])
@pytest.mark.parametrize("subtype", ["PCM_16", "PCM_24", "FLOAT", "DOUBLE"])
def test_each_rate_and_sample_format_becomes_16_khz_mono(tmp_path: Path, rate_hz: int, subtype: str) -> None:
    path = tmp_path / "tone.wav"
    soundfile.write(path, tone(rate_hz), rate_hz, subtype=subtype)
    clip = read_sound(path)
    assert (clip.sample_rate_hz, clip.samples.dtype, clip.samples.shape) == (16_000, np.float32, (8_000,))
    assert np.abs(clip.samples[500:-500] - tone(16_000)[500:-500]).max() < 0.01


@pytest.mark.parametrize("suffix", [".wav", ".flac", ".ogg"])
def test_each_sound_format_is_read(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"tone{suffix}"
    write_sound(path, tone(16_000), 16_000)
    assert np.corrcoef(read_sound(path).samples[:8_000], tone(16_000))[0, 1] > 0.98


def test_a_silent_clip_is_read_and_says_that_it_is_silent(tmp_path: Path) -> None:
    path = tmp_path / "silence.wav"
    write_sound(path, np.zeros(1600, np.float32), 16_000)
    assert read_sound(path).silent
    write_sound(path, tone(16_000) * 0.02, 16_000)
    assert not read_sound(path).silent


def test_values_that_are_no_numbers_are_silenced(tmp_path: Path) -> None:
    path = tmp_path / "broken.wav"
    soundfile.write(path, np.array([0.1, np.nan, np.inf, 3.0], np.float32), 16_000, subtype="FLOAT")
    assert read_sound(path).samples.tolist() == pytest.approx([0.1, 0.0, 1.0, 1.0])


def test_a_sound_file_without_samples_or_bytes_is_refused(tmp_path: Path) -> None:
    no_samples, no_bytes = tmp_path / "none.wav", tmp_path / "empty.wav"
    soundfile.write(no_samples, np.zeros(0, np.float32), 16_000)
    no_bytes.touch()
    for path in (no_samples, no_bytes):
        with pytest.raises(InputError, match="is empty"):
            read_sound(path)


def test_a_text_renamed_wav_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "text.wav"
    path.write_text("What do you see?\n")
    with pytest.raises(InputError, match=r"expected a WAV, FLAC or OGG sound file, found text.*ffmpeg"):
        read_sound(path)


def test_a_missing_sound_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such sound file"):
        read_sound(tmp_path / "nowhere.wav")


def test_writing_says_what_cannot_be_written(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"expected \.wav, \.flac or \.ogg"):
        write_sound(tmp_path / "tone.xyz", tone(16_000), 16_000)
    with pytest.raises(StorageError, match="cannot write"):
        write_sound(tmp_path / "no such folder" / "tone.wav", tone(16_000), 16_000)


def test_resampling_keeps_the_sound() -> None:
    assert np.abs(resample(tone(22_050), 22_050, 16_000)[500:-500] - tone(16_000)[500:-500]).max() < 0.01
