"""The rows that listen: from the microphone, the keys and typed text to the skill that is asked for."""

from __future__ import annotations

from edgemm.media import AudioChunk
from runtime.drivers.routing import ANY
from runtime.drivers.table import Link, Row
from runtime.items import (
    Item,
    Playback,
    Press,
    Routed,
    Transcript,
    TurnAudio,
    TurnCompletion,
    TurnText,
    VoicedChunk,
    Wake,
)
from runtime.stages import Stage
from runtime.stages.end_of_turn import EndOfTurn
from runtime.stages.press import PressStage
from runtime.stages.route import Route
from runtime.stages.speech_recognition import SpeechRecognition
from runtime.stages.turn_completion import TurnCompletionStage
from runtime.stages.voice_activity import VoiceActivity
from runtime.table.parts import Parts


def listening_rows(parts: Parts) -> tuple[Row, ...]:
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


def _is_guess(item: Item) -> bool:
    return isinstance(item, TurnAudio) and item.purpose == "guess"


def _is_partial(item: Item) -> bool:
    return isinstance(item, TurnAudio) and item.purpose == "partial"
