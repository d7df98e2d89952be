"""What flows between stages. Every item is frozen; items of a turn carry their `TurnRef`."""

from __future__ import annotations

from edgemm.media import AudioChunk, VideoFrame
from runtime.items.line import Fault, LineItem, Overrun, SourceState, Tick, Working
from runtime.items.listening import (
    Cancel,
    ListeningItem,
    Press,
    Routed,
    SpeechStarted,
    Transcript,
    TurnAudio,
    TurnCompletion,
    TurnConfirmed,
    TurnRef,
    TurnText,
    VoicedChunk,
    Wake,
)
from runtime.items.seeing import Alert, Scene, SeeingItem, ViewState, Watched
from runtime.items.speaking import (
    Answer,
    Effect,
    Playback,
    Say,
    SpeakerAudio,
    SpeakerClear,
    SpeakerPosition,
    SpeakingItem,
    SpeechAudio,
    Tone,
)

__all__ = [
    "Alert",
    "Answer",
    "Cancel",
    "Effect",
    "Fault",
    "Item",
    "Overrun",
    "Playback",
    "Press",
    "Routed",
    "Say",
    "Scene",
    "SourceState",
    "SpeakerAudio",
    "SpeakerClear",
    "SpeakerPosition",
    "SpeechAudio",
    "SpeechStarted",
    "Tick",
    "Tone",
    "Transcript",
    "TurnAudio",
    "TurnCompletion",
    "TurnConfirmed",
    "TurnRef",
    "TurnText",
    "ViewState",
    "VoicedChunk",
    "Wake",
    "Watched",
    "Working",
    "turn_of",
]

Item = VideoFrame | AudioChunk | LineItem | ListeningItem | SeeingItem | SpeakingItem


def turn_of(item: object) -> TurnRef | None:
    """The turn that an item belongs to, if any."""
    if isinstance(item, SpeechAudio):
        return item.say.turn
    turn = getattr(item, "turn", None)
    return turn if isinstance(turn, TurnRef) else None
