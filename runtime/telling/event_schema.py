"""The published form of events: `EVENT_SCHEMA`, a JSON schema made from these models."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter


class Event(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class TurnEvent(Event):
    turn: int
    """Number of the turn, from the start of the run."""
    revision: int
    """Number of the guess at it."""


class Thing(Event):
    """One piece of evidence."""

    kind: str
    label: str
    score: float
    region: tuple[float, float, float, float] | None = None
    """x1, y1, x2, y2 in 0..1 of the picture."""
    source: str
    frame_id: int
    captured_ms: float
    contested_by: str | None = None


class SourceEvent(Event):
    event: Literal["source"] = "source"
    source: str
    state: str
    detail: str
    remedy: str


class ViewEvent(Event):
    """The view became ok, dark, covered, …"""

    event: Literal["view"] = "view"
    frame_id: int
    state: str


class SceneEvent(Event):
    """What is known of the picture now."""

    event: Literal["scene"] = "scene"
    frame_id: int
    captured_ms: float
    things: tuple[Thing, ...]


class WakeEvent(Event):
    event: Literal["wake"] = "wake"
    by: str


class PressEvent(Event):
    """The key or the button was pressed, or `edgemm stop` was called."""

    event: Literal["press"] = "press"
    by: str


class SpeechStartedEvent(TurnEvent):
    event: Literal["speech_started"] = "speech_started"
    start_ms: float


class TranscriptEvent(TurnEvent):
    """What was heard. `partial`: the speaker goes on; `final`: a whole turn, counted once `confirmed` comes."""

    event: Literal["transcript"] = "transcript"
    state: Literal["partial", "final"]
    text: str
    mean_log_probability: float
    complete: bool
    """False: words may be missing, so it is asked for again."""
    end_ms: float


class TypedEvent(TurnEvent):
    event: Literal["typed"] = "typed"
    text: str


class RoutedEvent(TurnEvent):
    event: Literal["routed"] = "routed"
    text: str
    skill: str
    score: float
    addressed: bool
    slots: dict[str, str]


class ConfirmedEvent(TurnEvent):
    """The turn is over and this revision counts."""

    event: Literal["confirmed"] = "confirmed"
    end_ms: float


class CancelledEvent(TurnEvent):
    event: Literal["cancelled"] = "cancelled"
    reason: str


class AnswerEvent(TurnEvent):
    """The whole answer. It counts, and is heard, once its revision is confirmed."""

    event: Literal["answer"] = "answer"
    skill: str
    text: str
    refused: bool
    frame_age_ms: float | None
    evidence: tuple[Thing, ...]


class EffectEvent(TurnEvent):
    event: Literal["effect"] = "effect"
    name: str
    value: float


class AlertEvent(Event):
    event: Literal["alert"] = "alert"
    label: str
    text: str
    frame_id: int
    captured_ms: float
    region: tuple[float, float, float, float]
    growth_per_s: float


class ToneEvent(Event):
    event: Literal["tone"] = "tone"
    name: str


class PlaybackEvent(Event):
    """What the speaker does with a sentence: `cut` is heard in part or not at all."""

    event: Literal["playback"] = "playback"
    state: Literal["started", "finished", "cut"]
    utterance: int
    text: str
    turn: int | None = None


class ClearedEvent(Event):
    """What was being said is thrown away."""

    event: Literal["cleared"] = "cleared"
    reason: str


class DroppedEvent(Event):
    event: Literal["dropped"] = "dropped"
    link: str
    count: int


class FaultEvent(Event):
    event: Literal["fault"] = "fault"
    stage: str
    message: str


Body = Annotated[
    SourceEvent
    | ViewEvent
    | SceneEvent
    | WakeEvent
    | PressEvent
    | SpeechStartedEvent
    | TranscriptEvent
    | TypedEvent
    | RoutedEvent
    | ConfirmedEvent
    | CancelledEvent
    | AnswerEvent
    | EffectEvent
    | AlertEvent
    | ToneEvent
    | PlaybackEvent
    | ClearedEvent
    | DroppedEvent
    | FaultEvent,
    Field(discriminator="event"),
]


class Stamp(BaseModel):
    """What every event begins with."""

    time_ms: float
    """When it happened."""
    producer: str
    """The stage or source that it comes from."""


def _schema() -> dict[str, Any]:
    bodies = TypeAdapter(Body).json_schema()
    stamp = Stamp.model_json_schema()["properties"]
    for definition in bodies["$defs"].values():
        definition.pop("additionalProperties", None)
        if "event" in definition["properties"]:
            definition["properties"] = {**stamp, **definition["properties"]}
            definition["required"] = ["time_ms", "producer", "event", *definition.get("required", [])]
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "edgemm.Event",
        "type": "object",
        **bodies,
    }


EVENT_SCHEMA = _schema()
"""JSON schema of an event, as it stands in event logs and in the `/events` channel of sessions."""
