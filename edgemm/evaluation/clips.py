"""Clips of a data set as microphone sound."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from edgemm.errors import InputError
from edgemm.evaluation.examples import Example
from edgemm.media import SAMPLE_RATE_HZ, Samples


def clips(examples: Sequence[Example]) -> Iterator[Samples]:
    """The sound of each example that has any, mono float32 at 16 kHz. InputError if none has."""
    paths = [example.audio for example in examples if example.audio is not None]
    if not paths:
        raise InputError("the data set holds no sound", expected="examples with `audio`")
    return (read_clip(path) for path in paths)


def read_clip(path: Path) -> Samples:
    """A sound file, mixed to mono and resampled to 16 kHz. Raises InputError."""
    import soundfile
    import soxr

    try:
        samples, rate = soundfile.read(path, dtype="float32", always_2d=True)
    except (OSError, soundfile.SoundFileError) as error:
        raise InputError(f"cannot read the sound file {path}", found=error) from error
    mono = samples.mean(axis=1)
    if rate != SAMPLE_RATE_HZ:
        mono = soxr.resample(mono, rate, SAMPLE_RATE_HZ)
    return np.ascontiguousarray(mono, dtype=np.float32)
