"""What the end-of-turn stage knows of the turn that it listens to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from edgemm.media import Samples
from runtime.items import TurnAudio, TurnRef


@dataclass
class Turn:
    """Changed only by the end-of-turn stage. Times are stream time."""

    turn_id: int
    woken: bool
    windows: list[Samples]
    start_ns: int
    end_ns: int
    """End of the last window."""
    speech_end_ns: int
    """End of the last window with speech."""
    voiced_ns: int
    partial_ns: int
    """When the last partial left, or speech went on after a pause."""
    revision: int = 0
    partial_out: bool = False
    sound: float | None = None
    unfinished: bool | None = None
    score: float = 0.0

    @property
    def ref(self) -> TurnRef:
        return TurnRef(self.turn_id, self.revision)

    @property
    def silence_ns(self) -> int:
        return self.end_ns - self.speech_end_ns

    def audio(self, purpose: Literal["partial", "guess"]) -> TurnAudio:
        """The sound so far as a new revision."""
        self.revision += 1
        samples = np.concatenate(self.windows)
        return TurnAudio(self.ref, samples, purpose, self.start_ns, self.speech_end_ns, self.woken)
