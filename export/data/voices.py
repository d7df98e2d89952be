"""Synthetic voices from the system's speech engines. Each is a separate process; none is linked."""

from __future__ import annotations

import io
import shutil
import subprocess
from dataclasses import dataclass
from typing import Literal

import numpy as np

from edgemm.errors import MissingExtraError
from edgemm.media import SAMPLE_RATE_HZ, Samples


@dataclass(frozen=True)
class Voice:
    """`name` as the engine calls it; `words_per_minute` for espeak-ng only."""

    engine: Literal["espeak-ng", "flite"]
    name: str
    words_per_minute: int = 160

    @property
    def speaker(self) -> str:
        return f"{self.engine} {self.name}"


def speak(voice: Voice, text: str) -> Samples:
    """Speech at 16 kHz. Raises MissingExtraError when the engine is not installed."""
    import soundfile
    import soxr

    if shutil.which(voice.engine) is None:
        raise MissingExtraError(
            f"{voice.engine} is not installed", remedy=f"Install it with: apt-get install {voice.engine}"
        )
    wave = subprocess.run(_command(voice, text), check=True, capture_output=True, timeout=60).stdout
    # Written to a pipe, the header's length is a guess that soundfile cuts to what is there.
    samples, rate = soundfile.read(io.BytesIO(wave), dtype="float32")
    sound = samples if rate == SAMPLE_RATE_HZ else soxr.resample(samples, rate, SAMPLE_RATE_HZ)
    return np.asarray(sound, dtype=np.float32)


def _command(voice: Voice, text: str) -> list[str]:
    if voice.engine == "espeak-ng":
        return ["espeak-ng", "-v", voice.name, "-s", str(voice.words_per_minute), "--stdout", text]
    return ["flite", "-voice", voice.name, "-t", text, "-o", "/dev/stdout"]
