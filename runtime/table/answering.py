"""The rows that answer what was asked, and tell what was not asked."""

from __future__ import annotations

from runtime.drivers.routing import ANY
from runtime.drivers.table import Link, Row
from runtime.items import (
    Alert,
    Cancel,
    Effect,
    Fault,
    Playback,
    Routed,
    Scene,
    SourceState,
    TurnConfirmed,
    ViewState,
    Wake,
    Watched,
)
from runtime.stages.answer import AnswerStage
from runtime.stages.notices import Notices
from runtime.table.parts import Parts
from runtime.table.silence import SILENCE


def answering_rows(parts: Parts) -> tuple[Row, ...]:
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
                *SILENCE,
                Link(ANY, Wake, "wake"),
                Link(ANY, TurnConfirmed, "confirmed"),
                Link(ANY, Cancel, "cancel"),
                Link("speaker", Playback, "playback"),
            ),
            tick_ms=50,
        ),
    )
