"""The table of stages: what runs, what each listens to, and what it costs. Read it from top to bottom.

    microphone ─▶ voice_activity ─▶ end_of_turn ─▶ recogniser ─▶ route ─▶ answer ─▶ voice ─▶ floor ─▶ speaker
    camera ─▶ frame_quality, look ─▶ hazard ─▶ floor

Costs are stream time for the replay driver, in milliseconds for each yielded item: round numbers near what one core of
a small computer needs. They are configured, not measured, so that a replay is the same on every run.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from edgemm.media import AudioChunk, VideoFrame
from runtime.drivers.routing import ANY
from runtime.drivers.table import Link, Row
from runtime.evidence import EvidenceKind
from runtime.items import (
    Alert,
    Answer,
    Cancel,
    Effect,
    Fault,
    Item,
    Playback,
    Press,
    Routed,
    Say,
    Scene,
    SourceState,
    SpeakerAudio,
    SpeakerClear,
    SpeakerPosition,
    SpeechAudio,
    SpeechStarted,
    Tone,
    Transcript,
    TurnAudio,
    TurnCompletion,
    TurnConfirmed,
    TurnText,
    ViewState,
    VoicedChunk,
    Wake,
    Watched,
)
from runtime.language.sounds_like import SoundsLike
from runtime.stages import Stage
from runtime.stages.answer import AnswerSettings, AnswerStage, Clock, ObserverFactory
from runtime.stages.end_of_turn import EndOfTurn
from runtime.stages.floor import Floor
from runtime.stages.frame_quality import FrameQuality, FrameQualitySettings
from runtime.stages.hazard import Hazard
from runtime.stages.look import Look
from runtime.stages.notices import Notices, NoticeSettings
from runtime.stages.press import PressStage
from runtime.stages.route import Route
from runtime.stages.speak import Voice
from runtime.stages.speech_recognition import SpeechRecognition
from runtime.stages.turn_completion import TurnCompletionStage
from runtime.stages.turn_rules import TurnSettings
from runtime.stages.voice_activity import VoiceActivity


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


def pipeline(parts: Parts) -> tuple[Row, ...]:
    """The rows of the assistant. A row's links are served in their order: the first is the most urgent."""
    return (*_listening(parts), *_seeing(parts), *_answering(parts), *_speaking(parts))


def _is_guess(item: Item) -> bool:
    return isinstance(item, TurnAudio) and item.purpose == "guess"


def _is_partial(item: Item) -> bool:
    return isinstance(item, TurnAudio) and item.purpose == "partial"


def _is_stop(press: Press) -> bool:
    """`edgemm stop` also ends what is still being worked on; a key that is pressed in silence asks to listen."""
    return press.by == "command"


def _listening(parts: Parts) -> tuple[Row, ...]:
    wake_rows = () if parts.wake is None else (_wake(parts.wake),)
    return (
        Row("voice_activity", VoiceActivity(parts.speech_detector), (Link("microphone", AudioChunk, "audio"),)),
        *wake_rows,
        Row(
            "press",
            PressStage(),
            (Link("speaker", Playback, "playback"), Link(ANY, Press, "press")),
        ),
        Row(
            "end_of_turn",
            EndOfTurn(parts.turns),
            (
                Link(ANY, Wake, "wake"),
                Link("speaker", Playback, "playback"),
                Link("turn_completion", TurnCompletion, "completion"),
                Link("route", Routed, "routed"),
                Link("voice_activity", VoicedChunk, "voice"),
            ),
            tick_ms=100,
        ),
        Row(
            "turn_completion",
            TurnCompletionStage(parts.completion_detector, parts.turns.ending),
            (Link("end_of_turn", TurnAudio, "audio", "latest", _is_guess), Link("route", Routed, "routed")),
            cost_ms=50,
        ),
        Row(
            "recogniser",
            SpeechRecognition(parts.recogniser),
            (
                Link("end_of_turn", TurnAudio, "guess", where=_is_guess),
                Link("end_of_turn", TurnAudio, "partial", "latest", _is_partial),
            ),
            cost_ms=20,
        ),
        Row(
            "route",
            Route(
                parts.embedder,
                parts.skills,
                parts.fallback,
                sounds=parts.sounds,
                known_names=parts.answers.label_names,
            ),
            (Link("recogniser", Transcript, "text"), Link(ANY, TurnText, "typed")),
            cost_ms=5,
        ),
    )


def _wake(stage: Stage) -> Row:
    return Row("wake", stage, (Link("speaker", Playback, "playback"), Link("microphone", AudioChunk, "audio")))


def _seeing(parts: Parts) -> tuple[Row, ...]:
    hazard = Row("hazard", Hazard(parts.answers.horizontal_fov_deg), (Link("look", Scene, "scene"),), cost_ms=5)
    return (
        Row(
            "frame_quality",
            FrameQuality(parts.frames),
            (Link("camera", VideoFrame, "frame", "latest"),),
            cost_ms=1,
            tick_ms=250,
        ),
        Row(
            "look",
            Look(parts.objects, frames_per_s=parts.analysed_per_s),
            (Link("frame_quality", ViewState, "view"), Link("camera", VideoFrame, "frame", "latest")),
            cost_ms=60,
        ),
        *((hazard,) if parts.alerts else ()),
    )


def _answering(parts: Parts) -> tuple[Row, ...]:
    watched = (Link("hazard", Watched, "watched", "latest"),) if parts.alerts else ()
    alerts = (Link("hazard", Alert, "alert"), *watched) if parts.alerts else ()
    return (
        Row(
            "answer",
            AnswerStage(parts.observers, parts.clock, parts.answers, parts.skills),
            (
                *alerts,
                Link("frame_quality", ViewState, "view"),
                Link(ANY, SourceState, "source"),
                Link(ANY, Fault, "fault"),
                Link("speaker", Playback, "playback"),
                Link("look", Scene, "scene", "latest"),
                Link("route", Routed, "routed"),
            ),
            cost_ms=5,
        ),
        Row(
            "notices",
            Notices(parts.notices),
            (
                Link(ANY, SourceState, "source"),
                Link("frame_quality", ViewState, "view"),
                *watched,
                Link(ANY, Fault, "fault"),
                Link("floor", Effect, "silence"),
                Link("press", SpeakerClear, "silence"),
                Link(ANY, Press, "silence", where=_is_stop),
                Link(ANY, Wake, "wake"),
                Link(ANY, TurnConfirmed, "confirmed"),
                Link(ANY, Cancel, "cancel"),
                Link("speaker", Playback, "playback"),
            ),
            tick_ms=50,
        ),
    )


def _speaking(parts: Parts) -> tuple[Row, ...]:
    alert_voice = Voice(
        parts.alert_synthesiser or parts.synthesiser,
        second=parts.second_voice,
        noise=parts.noise,
        beforehand=parts.alert_texts,
    )
    voice = Voice(parts.synthesiser, second=parts.second_voice, rate=parts.rate, noise=parts.noise)
    floor = Floor(parts.synthesiser.sample_rate_hz, volume=parts.volume, rate=parts.rate)
    alerts = (Link("hazard", Alert, "alert"),) if parts.alerts else ()
    return (
        Row(
            "alert_voice",
            alert_voice,
            (Link("floor", Say, "say"),),
            cost_ms=20,
            tick_ms=250 if parts.alert_texts else None,
        ),
        Row(
            "voice",
            voice,
            (
                Link("floor", Effect, "effect"),
                Link("answer", Say, "say"),
                Link("notices", Say, "notice"),
                Link("daemon", Say, "greeting"),
            ),
            cost_ms=30,
        ),
        Row(
            "floor",
            floor,
            (
                *alerts,
                Link(ANY, Cancel, "cancel"),
                Link("press", SpeakerClear, "silence"),
                Link(ANY, Press, "silence", where=_is_stop),
                Link("end_of_turn", SpeakerClear, "clear"),
                Link("speaker", Playback, "playback"),
                Link("end_of_turn", SpeechStarted, "started"),
                Link(ANY, TurnConfirmed, "confirmed"),
                Link("answer", Effect, "effect"),
                Link("answer", Answer, "answer"),
                Link("alert_voice", SpeechAudio, "alert_audio"),
                Link("voice", SpeechAudio, "audio"),
                Link("notices", Tone, "tone"),
            ),
        ),
        Row(
            "speaker",
            parts.speaker,
            (
                Link("floor", SpeakerClear, "clear"),
                Link("floor", SpeakerAudio, "audio"),
                Link(ANY, SpeakerPosition, "position"),
            ),
            tick_ms=20,
        ),
    )
