"""Events: what the daemon tells the world, one JSON object each (`runtime.telling.event_schema.EVENT_SCHEMA`).

Times are milliseconds of the run (stream time in replay). Fields come in a fixed order and numbers are rounded, so that
two replays of a session on one host give identical logs.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from edgemm.media import NS_PER_MS
from runtime import items
from runtime.evidence import Evidence
from runtime.telling.event_schema import (
    AlertEvent,
    AnswerEvent,
    CancelledEvent,
    ClearedEvent,
    ConfirmedEvent,
    DroppedEvent,
    EffectEvent,
    Event,
    FaultEvent,
    PlaybackEvent,
    PressEvent,
    RoutedEvent,
    SceneEvent,
    SourceEvent,
    SpeechStartedEvent,
    Thing,
    ToneEvent,
    TranscriptEvent,
    TypedEvent,
    ViewEvent,
    WakeEvent,
)


def event_of(time_ns: int, producer: str, item: items.Item, start_ns: int = 0) -> dict[str, Any] | None:
    """The event of an item; None when the item is nothing to tell (frames, sound, unspoken sentences).

    `start_ns` is the run's time 0 on the clock of `time_ns` and of the item's own times.
    """
    body_of = _BODIES.get(type(item))
    if body_of is None:
        return None
    body = body_of(item, start_ns).model_dump(mode="json")
    return {"time_ms": _ms(time_ns - start_ns), "producer": producer, "event": body.pop("event"), **body}


def _ms(time_ns: int) -> float:
    return round(time_ns / NS_PER_MS, 1)


def thing_of(evidence: Evidence, start_ns: int = 0) -> Thing:
    """A piece of evidence with its numbers rounded."""
    return Thing(
        kind=evidence.kind,
        label=evidence.label,
        score=round(evidence.score, 3),
        region=None if evidence.region is None else _region(evidence.region),
        source=evidence.source,
        frame_id=evidence.frame_id,
        captured_ms=_ms(evidence.capture_time_ns - start_ns),
        contested_by=evidence.contested_by,
    )


def _region(region: tuple[float, float, float, float]) -> tuple[float, float, float, float]:
    x1, y1, x2, y2 = (round(side, 3) for side in region)
    return x1, y1, x2, y2


def _source(item: items.SourceState, start_ns: int) -> Event:
    return SourceEvent(source=item.source, state=item.state, detail=item.detail, remedy=item.remedy)


def _view(item: items.ViewState, start_ns: int) -> Event:
    return ViewEvent(frame_id=item.frame_id, state=item.state)


def _scene(item: items.Scene, start_ns: int) -> Event:
    things = tuple(thing_of(evidence, start_ns) for evidence in item.evidence)
    return SceneEvent(
        frame_id=item.frame.frame_id, captured_ms=_ms(item.frame.capture_time_ns - start_ns), things=things
    )


def _wake(item: items.Wake, start_ns: int) -> Event:
    return WakeEvent(by=item.by)


def _press(item: items.Press, start_ns: int) -> Event:
    return PressEvent(by=item.by)


def _speech_started(item: items.SpeechStarted, start_ns: int) -> Event:
    return SpeechStartedEvent(
        turn=item.turn.turn_id, revision=item.turn.revision, start_ms=_ms(item.start_time_ns - start_ns)
    )


def _transcript(item: items.Transcript, start_ns: int) -> Event:
    return TranscriptEvent(
        turn=item.turn.turn_id,
        revision=item.turn.revision,
        state="partial" if item.purpose == "partial" else "final",
        text=item.text,
        mean_log_probability=round(item.mean_log_probability, 2),
        complete=item.complete,
        end_ms=_ms(item.end_time_ns - start_ns),
    )


def _typed(item: items.TurnText, start_ns: int) -> Event:
    return TypedEvent(turn=item.turn.turn_id, revision=item.turn.revision, text=item.text)


def _routed(item: items.Routed, start_ns: int) -> Event:
    return RoutedEvent(
        turn=item.turn.turn_id,
        revision=item.turn.revision,
        text=item.text,
        skill=item.skill,
        score=round(item.score, 3),
        addressed=item.addressed,
        slots=dict(item.slots),
    )


def _confirmed(item: items.TurnConfirmed, start_ns: int) -> Event:
    return ConfirmedEvent(turn=item.turn.turn_id, revision=item.turn.revision, end_ms=_ms(item.end_time_ns - start_ns))


def _cancelled(item: items.Cancel, start_ns: int) -> Event:
    return CancelledEvent(turn=item.turn.turn_id, revision=item.turn.revision, reason=item.reason)


def _answer(item: items.Answer, start_ns: int) -> Event:
    return AnswerEvent(
        turn=item.turn.turn_id,
        revision=item.turn.revision,
        skill=item.skill,
        text=item.text,
        refused=item.refused,
        frame_age_ms=None if item.frame_age_ms is None else round(item.frame_age_ms, 1),
        evidence=tuple(thing_of(evidence, start_ns) for evidence in item.evidence),
    )


def _effect(item: items.Effect, start_ns: int) -> Event:
    return EffectEvent(turn=item.turn.turn_id, revision=item.turn.revision, name=item.name, value=round(item.value, 3))


def _alert(item: items.Alert, start_ns: int) -> Event:
    return AlertEvent(
        label=item.label,
        text=item.text,
        frame_id=item.frame_id,
        captured_ms=_ms(item.capture_time_ns - start_ns),
        region=_region(item.region),
        growth_per_s=round(item.growth_per_s, 2),
    )


def _tone(item: items.Tone, start_ns: int) -> Event:
    return ToneEvent(name=item.name)


def _playback(item: items.Playback, start_ns: int) -> Event:
    turn = None if item.turn is None else item.turn.turn_id
    return PlaybackEvent(state=item.state, utterance=item.utterance_id, text=item.text, turn=turn)


def _cleared(item: items.SpeakerClear, start_ns: int) -> Event:
    return ClearedEvent(reason=item.reason)


def _dropped(item: items.Overrun, start_ns: int) -> Event:
    return DroppedEvent(link=item.link, count=item.count)


def _fault(item: items.Fault, start_ns: int) -> Event:
    return FaultEvent(stage=item.stage, message=item.message)


_BODIES: dict[type, Callable[[Any, int], Event]] = {
    items.SourceState: _source,
    items.ViewState: _view,
    items.Scene: _scene,
    items.Wake: _wake,
    items.Press: _press,
    items.SpeechStarted: _speech_started,
    items.Transcript: _transcript,
    items.TurnText: _typed,
    items.Routed: _routed,
    items.TurnConfirmed: _confirmed,
    items.Cancel: _cancelled,
    items.Answer: _answer,
    items.Effect: _effect,
    items.Alert: _alert,
    items.Tone: _tone,
    items.Playback: _playback,
    items.SpeakerClear: _cleared,
    items.Overrun: _dropped,
    items.Fault: _fault,
}
