"""Short tones for those who cannot see a light: listening, heard, thinking, fault, alert.

Made of sines with raised-cosine edges, so that they start and end without a click.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from edgemm.media import Samples

ToneName = Literal["listening", "heard", "thinking", "fault", "alert"]

EDGE_MS = 8
"""Rise and fall of each note: long enough that no click is heard, short enough to sound at once."""


@dataclass(frozen=True)
class Note:
    """One sine; 0 Hz is a pause."""

    frequency_hz: float
    duration_ms: int
    level: float = 0.25
    """Peak, 0..1."""


TONES: dict[ToneName, tuple[Note, ...]] = {
    "listening": (Note(660, 60), Note(880, 90)),
    "heard": (Note(880, 60),),
    "thinking": (Note(520, 50, 0.12), Note(0, 70), Note(520, 50, 0.12)),
    "fault": (Note(330, 140), Note(220, 220)),
    "alert": (Note(1760, 90, 0.7), Note(0, 40), Note(1760, 90, 0.7), Note(0, 40), Note(1760, 90, 0.7)),
}
"""Rising for attention, one blip for done, low for trouble; the alert is the only loud and high one."""


def tone(name: ToneName, sample_rate_hz: int) -> Samples:
    """The sound of a tone: `(sample,)` float32 in -1..1."""
    return np.concatenate([_note(note, sample_rate_hz) for note in TONES[name]])


def _note(note: Note, sample_rate_hz: int) -> Samples:
    count = note.duration_ms * sample_rate_hz // 1000
    time_s = np.arange(count) / sample_rate_hz
    samples = note.level * np.sin(2 * np.pi * note.frequency_hz * time_s)
    edge = EDGE_MS * sample_rate_hz // 1000
    rise = 0.5 - 0.5 * np.cos(np.pi * np.arange(edge) / edge)
    samples[:edge] *= rise
    samples[count - edge :] *= rise[::-1]
    return samples.astype(np.float32)
