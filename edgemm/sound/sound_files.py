"""Sound clips from and to files. Whatever is wrong with a file is an `InputError` that says what to do."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from edgemm.errors import InputError, StorageError
from edgemm.file_bytes import kind_of, read_bytes
from edgemm.media import SAMPLE_RATE_HZ, AudioChunk, Samples, playable

SILENCE_PEAK = 10 ** (-60 / 20)
"""A clip whose peak is below -60 dB of full scale holds nothing that a microphone heard."""

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


def read_sound(path: str | Path, sample_rate_hz: int = SAMPLE_RATE_HZ) -> SoundClip:
    """The clip as mono float32 at `sample_rate_hz`, starting at time 0. Channels are averaged.

    Raises InputError when the file is missing, empty or no sound. A silent clip is returned; see `SoundClip.silent`.
    """
    import soundfile

    path = Path(path)
    data = read_bytes(path, "sound file")
    try:
        channels, rate_hz = soundfile.read(path, dtype="float32", always_2d=True)
    except soundfile.SoundFileError as error:
        raise InputError(
            f"cannot read the sound file {path}",
            expected=SOUND_FORMATS,
            found=kind_of(data),
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
