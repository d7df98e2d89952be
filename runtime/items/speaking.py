"""What is answered, said, and done with it by the speaker."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from edgemm.media import Samples
from runtime.evidence import Evidence
from runtime.items.listening import TurnRef


@dataclass(frozen=True)
class Say:
    """A sentence to speak. `kind` sets its priority: alerts pre-empt everything, notices wait their turn."""

    text: str
    kind: Literal["answer", "filler", "notice", "alert"]
    turn: TurnRef | None = None
    sequence: int = 0
    rate: float = 1.0


@dataclass(frozen=True)
class Answer:
    """The whole answer of a turn and what it rests on."""

    turn: TurnRef
    skill: str
    text: str
    refused: bool
    evidence: tuple[Evidence, ...]
    frame_age_ms: float | None
    slots: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Effect:
    """A change that a skill asks for; carried out only once its turn is confirmed."""

    turn: TurnRef
    name: Literal["volume", "rate", "stop"]
    value: float = 0.0


@dataclass(frozen=True, eq=False)
class SpeechAudio:
    """A piece of synthesised speech. `last` the end of its sentence."""

    say: Say
    samples: Samples
    sample_rate_hz: int
    last: bool


@dataclass(frozen=True)
class Tone:
    """A short sound: listening, heard, thinking, fault."""

    name: Literal["listening", "heard", "thinking", "fault", "alert"]


PlaybackState = Literal["started", "finished", "cut"]


@dataclass(frozen=True)
class Playback:
    """What the speaker has done with a sentence: defines what has been heard."""

    utterance_id: int
    state: PlaybackState
    text: str
    turn: TurnRef | None = None


@dataclass(frozen=True, eq=False)
class SpeakerAudio:
    """Sound released to the speaker; `utterance_id` names the sentence for `Playback`."""

    utterance_id: int
    kind: Literal["answer", "filler", "notice", "alert", "tone"]
    text: str
    samples: Samples
    sample_rate_hz: int
    last: bool
    turn: TurnRef | None = None

    def playback(self, state: PlaybackState) -> Playback:
        """What is told of its sentence."""
        return Playback(self.utterance_id, state, self.text, self.turn)


@dataclass(frozen=True)
class SpeakerClear:
    """Throw away what has not been played."""

    reason: Literal["interrupted", "alert", "stopped"]


@dataclass(frozen=True)
class SpeakerPosition:
    """Samples that have been audible since the sound device was opened.

    `cleared` confirms a SpeakerClear: then they are those that the device had taken, which are still heard.
    """

    samples: int
    device_id: int
    cleared: bool = False


SpeakingItem = Say | Answer | Effect | SpeechAudio | Tone | SpeakerAudio | SpeakerClear | Playback | SpeakerPosition
