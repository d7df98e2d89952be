"""The rows that speak: voices, the floor, and the speaker."""

from __future__ import annotations

from runtime.drivers.routing import ANY
from runtime.drivers.table import Link, Row
from runtime.items import (
    Alert,
    Answer,
    Cancel,
    Effect,
    Playback,
    Say,
    SpeakerAudio,
    SpeakerClear,
    SpeakerPosition,
    SpeechAudio,
    SpeechStarted,
    Tone,
    TurnConfirmed,
)
from runtime.stages.floor import Floor
from runtime.stages.speak import Voice
from runtime.table.parts import Parts
from runtime.table.silence import SILENCE


def speaking_rows(parts: Parts) -> tuple[Row, ...]:
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
                *SILENCE,
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
