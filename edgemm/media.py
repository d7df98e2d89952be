"""What cameras and microphones deliver: frozen frames and chunks that carry their capture time.

Times are nanoseconds on one monotonic clock (live) or in stream time (replay).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

SAMPLE_RATE_HZ = 16_000
"""Rate of all microphone audio inside the runtime."""

NS_PER_S = 1_000_000_000
NS_PER_MS = 1_000_000

Pixels = npt.NDArray[np.uint8]
Samples = npt.NDArray[np.float32]


def playable(samples: Samples) -> Samples:
    """The samples as any device may be given them: in -1..1, and silence where there is no number."""
    return np.clip(np.where(np.isfinite(samples), samples, np.float32(0.0)), -1.0, 1.0).astype(np.float32, copy=False)


@dataclass(frozen=True, eq=False)
class VideoFrame:
    """One picture. `pixels: (row, column, channel)` uint8, read-only by convention."""

    pixels: Pixels
    capture_time_ns: int
    frame_id: int
    colour_order: Literal["bgr", "rgb"] = "bgr"

    def __post_init__(self) -> None:
        if self.pixels.dtype != np.uint8 or self.pixels.ndim != 3 or self.pixels.shape[2] != 3:
            raise ValueError(f"pixels: expected uint8 (row, column, 3), found {self.pixels.dtype} {self.pixels.shape}")

    @property
    def height(self) -> int:
        return int(self.pixels.shape[0])

    @property
    def width(self) -> int:
        return int(self.pixels.shape[1])


@dataclass(frozen=True, eq=False)
class AudioChunk:
    """Mono sound. `samples: (sample,)` float32 in -1..1; `capture_time_ns` is that of the first sample."""

    samples: Samples
    sample_rate_hz: int
    capture_time_ns: int

    def __post_init__(self) -> None:
        if self.samples.dtype != np.float32 or self.samples.ndim != 1:
            raise ValueError(f"samples: expected float32 (sample,), found {self.samples.dtype} {self.samples.shape}")

    @property
    def duration_ns(self) -> int:
        return len(self.samples) * NS_PER_S // self.sample_rate_hz

    @property
    def end_time_ns(self) -> int:
        return self.capture_time_ns + self.duration_ns
