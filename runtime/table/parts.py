"""What the table is built from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from runtime.evidence import EvidenceKind
from runtime.language.sounds_like import SoundsLike
from runtime.stages import Stage
from runtime.stages.answer import AnswerSettings
from runtime.stages.clock import Clock
from runtime.stages.frame_quality import FrameQualitySettings
from runtime.stages.notices import NoticeSettings
from runtime.stages.observers import ObserverFactory
from runtime.stages.turn_rules import TurnSettings


@dataclass(frozen=True)
class Parts:
    """What the table is built from: models by what they do, settings, and the speaker at the end of the line."""

    speech_detector: Any
    completion_detector: Any
    recogniser: Any
    embedder: Any
    synthesiser: Any
    objects: Any
    observers: Mapping[EvidenceKind, ObserverFactory]
    skills: Mapping[str, Any]
    fallback: Any
    clock: Clock
    turns: TurnSettings
    notices: NoticeSettings
    answers: AnswerSettings
    frames: FrameQualitySettings
    speaker: Stage
    wake: Stage | None = None
    """None: no wake word."""
    sounds: SoundsLike | None = None
    """None: what was heard stands, whatever sounds like it."""
    alerts: bool = True
    analysed_per_s: float | None = None
    """Frames a second that are looked at; None: all that there is time for."""
    rate: float = 1.0
    volume: float = 1.0
    noise: float = 0.667
    alert_synthesiser: Any = None
    """The voice of alerts, which waits for nobody; None: `synthesiser`."""
    second_voice: Any = None
    """Says what `synthesiser` cannot; None: then it is not said."""
    alert_texts: tuple[str, ...] = ()
    """Sentences of alerts to make beforehand."""
