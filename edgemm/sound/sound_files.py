"""Sound clips from and to files. Whatever is wrong with a file is an `InputError` that says what to do."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np
import numpy.typing as npt

from edgemm.errors import InputError, StorageError
from edgemm.file_bytes import kind_of, read_bytes
from edgemm.media import SAMPLE_RATE_HZ, AudioChunk, Samples, playable
from edgemm.sound.channels import mixing_weights
from edgemm.sound.wav_lengths import with_lengths

SILENCE_PEAK = 10 ** (-60 / 20)
"""A clip whose peak is below -60 dB of full scale holds nothing that a microphone heard."""

SOUND_FORMATS = "a WAV, FLAC or OGG sound file"

MAX_SOUND_S = 3600
"""Longer sound is refused, by its header where that says so: an hour is 230 MB of samples at 16 kHz."""

MAX_FILE_BYTES = 1_000_000_000
RATES_HZ = (1_000, 768_000)

_CONVERT = "ffmpeg -i INPUT -ar 16000 -ac 1 clip.wav"
_BLOCK_VALUES = 1 << 20
_UNKNOWN_FRAMES = (1 << 63) - 1
"""libsndfile's count for a stream whose header gives none."""
_LENGTH_PLACEHOLDER = 0x7FFF0000
"""Recorders that write into a pipe announce a length from here on: they do not know it."""

Block = npt.NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class SoundClip(AudioChunk):
    """A clip from a file. `silent` is no error: the caller says that nothing was heard."""

    missing_part: float = 0.0
    """Share, 0..1, of the announced sound that the file does not hold, because its end is missing."""

    @property
    def peak(self) -> float:
        return float(np.abs(self.samples).max(initial=0.0))

    @property
    def silent(self) -> bool:
        return self.peak < SILENCE_PEAK


def read_sound(path: str | Path, sample_rate_hz: int = SAMPLE_RATE_HZ) -> SoundClip:
    """The clip as mono float32 at `sample_rate_hz`, starting at time 0; see `mixing_weights` for several channels.

    Raises InputError when the file is missing, no sound, damaged, longer than `MAX_SOUND_S` or without any sample. A
    silent clip is returned; see `SoundClip.silent`.
    """
    path = Path(path)
    data = with_lengths(read_bytes(path, "sound file", MAX_FILE_BYTES))
    file = _open(path, data)
    weights = mixing_weights(_blocks(path, file)) if file.channels > 1 else np.ones(1, np.float32)
    mono = (block @ weights for block in _blocks(path, _open(path, data)))
    samples = _resampled(mono, file.samplerate, sample_rate_hz)
    if len(samples) == 0:
        raise InputError(
            f"the sound file {path} is empty, or its end is missing",
            expected="at least one sample",
            found=f"none in {len(data)} bytes",
            remedy=f"If the recording broke off, this may save it: {_CONVERT}",
        )
    return SoundClip(samples, sample_rate_hz, 0, _missing_part(file.extra_info))


class _ForwardSoundFile(Protocol):
    """What is used of `soundfile.SoundFile`."""

    frames: int
    samplerate: int
    channels: int
    extra_info: str

    def read(self, frames: int, dtype: str, always_2d: bool) -> Block: ...


def _open(path: Path, data: bytes) -> _ForwardSoundFile:
    """The file's header, checked."""
    import soundfile

    class Forward(soundfile.SoundFile):  # type: ignore[misc]
        """Read once, from start to end: where a header gives no length, soundfile would seek beyond it."""

        def seekable(self) -> bool:
            return False

    try:
        file: _ForwardSoundFile = Forward(io.BytesIO(data))
    except soundfile.SoundFileError as error:
        raise InputError(
            f"cannot read the sound file {path}",
            expected=SOUND_FORMATS,
            found=kind_of(data),
            remedy=f"Check that this is the file you mean, or convert it: {_CONVERT}",
        ) from error
    lowest, highest = RATES_HZ
    if not lowest <= file.samplerate <= highest:
        raise InputError(
            f"cannot use the sound file {path}", expected=f"{lowest} to {highest} Hz", found=f"{file.samplerate} Hz"
        )
    if file.frames != _UNKNOWN_FRAMES and file.frames > MAX_SOUND_S * file.samplerate:
        raise _too_long(path, f"{file.frames / file.samplerate / 60:.0f} minutes")
    return file


def _blocks(path: Path, file: _ForwardSoundFile) -> Iterator[Block]:
    """The file's sound `(sample, channel)`, piece by piece: numbers in -1..1, whatever a float file holds."""
    import soundfile

    length, count = max(1, _BLOCK_VALUES // file.channels), 0
    while True:
        try:
            block = file.read(length, dtype="float32", always_2d=True)
        except soundfile.SoundFileError as error:
            raise InputError(
                f"the sound file {path} is damaged",
                expected="a complete file",
                found=f"an error after {count / file.samplerate:.1f} s",
                remedy=f"Copy or make it again; to save what can be read: {_CONVERT}",
            ) from error
        if not len(block):
            return
        count += len(block)
        if count > MAX_SOUND_S * file.samplerate:
            raise _too_long(path, "more")
        yield np.clip(np.nan_to_num(block, nan=0.0, posinf=1.0, neginf=-1.0), -1.0, 1.0)


def _too_long(path: Path, found: str) -> InputError:
    return InputError(
        f"the sound file {path} is too long",
        expected=f"at most {MAX_SOUND_S // 60} minutes",
        found=found,
        remedy="Split it first: ffmpeg -i INPUT -f segment -segment_time 1800 part-%02d.wav",
    )


def _missing_part(header: str) -> float:
    """Share of the sound that the header announces but that the file does not hold. `header`: libsndfile's account."""
    found = re.search(r"^ *(?:data|SSND|Data Size) *: (\d+) \(should be (\d+)\)", header, re.MULTILINE)
    if found is None:
        return 0.0
    announced, there = map(int, found.groups())
    is_placeholder = announced >= _LENGTH_PLACEHOLDER
    return 0.0 if is_placeholder or announced <= there else 1 - there / announced


def write_sound(path: str | Path, samples: Samples, sample_rate_hz: int) -> None:
    """Write mono samples as 16-bit sound in the format that the name's suffix says (.wav, .flac, .ogg)."""
    import soundfile

    path = Path(path)
    try:
        soundfile.write(path, playable(samples), sample_rate_hz)
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


def _resampled(pieces: Iterable[Samples], from_hz: int, to_hz: int) -> Samples:
    """`resample` of sound that comes in pieces."""
    if from_hz == to_hz:
        return np.concatenate([*pieces, np.zeros(0, np.float32)])
    import soxr

    stream = soxr.ResampleStream(from_hz, to_hz, 1, dtype="float32")
    found = [stream.resample_chunk(piece) for piece in pieces]
    return np.concatenate([*found, stream.resample_chunk(np.zeros(0, np.float32), last=True)])
