"""Pictures and sound clips from files. Whatever is wrong with a file is an `InputError` that says what to do."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from edgemm.errors import InputError, StorageError
from edgemm.media import SAMPLE_RATE_HZ, AudioChunk, Pixels, Samples, VideoFrame
from edgemm.picture_header import picture_header

MAX_MEGAPIXELS = 50.0
"""A picture above this is refused before it is decoded: 50 MP are 150 MB of pixels."""

SILENCE_PEAK = 10 ** (-60 / 20)
"""A clip whose peak is below -60 dB of full scale holds nothing that a microphone heard."""

PICTURE_FORMATS = "a PNG, JPEG, WebP or BMP picture"
SOUND_FORMATS = "a WAV, FLAC or OGG sound file"


@dataclass(frozen=True, eq=False)
class SoundClip(AudioChunk):
    """A clip from a file. `silent` is no error: the caller says that nothing was heard."""

    @property
    def peak(self) -> float:
        return float(np.abs(self.samples).max(initial=0.0))

    @property
    def silent(self) -> bool:
        return self.peak < SILENCE_PEAK


def read_picture(path: str | Path, max_megapixels: float = MAX_MEGAPIXELS) -> VideoFrame:
    """Frame 0 at time 0 with `pixels: (row, column, bgr)` uint8, turned upright as its EXIF data says.

    Raises InputError when the file is missing, empty, truncated, no picture, or larger than `max_megapixels`.
    """
    path = Path(path)
    return VideoFrame(decode_picture(_read_bytes(path, "picture"), str(path), max_megapixels), 0, 0)


def decode_picture(data: bytes, name: str, max_megapixels: float = MAX_MEGAPIXELS) -> Pixels:
    """Decode a picture file's bytes to `(row, column, bgr)` uint8; `name` stands in the error."""
    header = picture_header(data)
    if header is None:
        raise InputError(
            f"cannot read the picture {name}",
            expected=PICTURE_FORMATS,
            found=_kind_of(data),
            remedy="Check that this is the file you mean, or convert it: ffmpeg -i INPUT picture.png",
        )
    if header.megapixels > max_megapixels:
        raise InputError(
            f"the picture {name} is too large",
            expected=f"at most {max_megapixels:g} megapixels",
            found=f"{header.width}x{header.height} ({header.megapixels:.0f} megapixels)",
            remedy="Scale it down first: ffmpeg -i INPUT -vf scale=1920:-2 smaller.jpg",
        )
    if not header.complete:
        raise _damaged(name, f"{header.format}, {header.width}x{header.height}, whose end is missing")
    import cv2

    pixels = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR)
    if pixels is None:
        raise _damaged(name, f"{header.format} data that cannot be decoded")
    return np.asarray(pixels, np.uint8)


def write_picture(path: str | Path, pixels: Pixels) -> None:
    """Write `(row, column, bgr)` pixels in the format that the name's suffix says."""
    import cv2

    path = Path(path)
    done, data = cv2.imencode(path.suffix or ".png", pixels)
    if not done:
        raise InputError(f"cannot write a picture named {path}", expected=".png, .jpg, .webp or .bmp")
    try:
        path.write_bytes(data.tobytes())
    except OSError as error:
        raise StorageError(f"cannot write {path}", found=error.strerror) from error


def read_sound(path: str | Path, sample_rate_hz: int = SAMPLE_RATE_HZ) -> SoundClip:
    """The clip as mono float32 at `sample_rate_hz`, starting at time 0. Channels are averaged.

    Raises InputError when the file is missing, empty or no sound. A silent clip is returned; see `SoundClip.silent`.
    """
    import soundfile

    path = Path(path)
    data = _read_bytes(path, "sound file")
    try:
        channels, rate_hz = soundfile.read(path, dtype="float32", always_2d=True)
    except soundfile.SoundFileError as error:
        raise InputError(
            f"cannot read the sound file {path}",
            expected=SOUND_FORMATS,
            found=_kind_of(data),
            remedy="Check that this is the file you mean, or convert it: ffmpeg -i INPUT -ar 16000 -ac 1 clip.wav",
        ) from error
    if len(channels) == 0:
        raise InputError(f"the sound file {path} is empty", expected="at least one sample", found=f"0 at {rate_hz} Hz")
    # Float files may hold values that are not numbers, or exceed full scale.
    mono = np.nan_to_num(channels.mean(axis=1), nan=0.0, posinf=1.0, neginf=-1.0)
    return SoundClip(resample(np.clip(mono, -1.0, 1.0), rate_hz, sample_rate_hz), sample_rate_hz, 0)


def write_sound(path: str | Path, samples: Samples, sample_rate_hz: int) -> None:
    """Write mono samples as 16-bit sound in the format that the name's suffix says (.wav, .flac, .ogg)."""
    import soundfile

    path = Path(path)
    try:
        soundfile.write(path, np.clip(samples, -1.0, 1.0), sample_rate_hz)
    except (soundfile.SoundFileError, TypeError, ValueError) as error:
        if path.suffix.lower() in (".wav", ".flac", ".ogg"):
            raise StorageError(f"cannot write {path}", found=error) from error
        raise InputError(f"cannot write a sound file named {path}", expected=".wav, .flac or .ogg") from error


def resample(samples: Samples, from_hz: int, to_hz: int) -> Samples:
    """Band-limited resampling of `(sample,)` float32; the same array when the rates are equal."""
    if from_hz == to_hz:
        return samples
    import soxr

    return np.asarray(soxr.resample(samples, from_hz, to_hz), np.float32)


def _read_bytes(path: Path, what: str) -> bytes:
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        raise InputError(f"no such {what}: {path}", remedy="Check the path.") from None
    except OSError as error:
        raise InputError(f"cannot open the {what} {path}", found=error.strerror) from error
    if not data:
        raise InputError(f"the {what} {path} is empty", expected="some content", found="0 bytes")
    return data


def _damaged(name: str, found: str) -> InputError:
    return InputError(
        f"the picture {name} is damaged",
        expected="a complete file",
        found=found,
        remedy="Copy or download it again.",
    )


def _kind_of(data: bytes) -> str:
    """What a person would call these bytes."""
    head = data[:512]
    known = ((b"%PDF", "a PDF document"), (b"GIF8", "a GIF"), (b"RIFF", "a RIFF file"), (b"\x7fELF", "a program"))
    for signature, name in known:
        if head.startswith(signature):
            return name
    try:
        head.decode("utf-8")
    except UnicodeDecodeError:
        return f"{len(data)} bytes of another format"
    return "text"
