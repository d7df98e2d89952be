"""What was heard and asked: from the microphone, a key or a line of text to a turn that counts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, NamedTuple

from edgemm.media import AudioChunk, Samples


class TurnRef(NamedTuple):
    """A turn and the revision of the guess at it. Only a confirmed revision reaches a sink."""

    turn_id: int
    revision: int


@dataclass(frozen=True, eq=False)
class VoicedChunk:
    """One voice activity window (512 samples) and the probability that it holds speech."""

    chunk: AudioChunk
    speech_probability: float


@dataclass(frozen=True)
class Wake:
    """The wake word or the button: the next speech is addressed to us."""

    by: Literal["word", "button", "follow_up"]


@dataclass(frozen=True)
class Press:
    """The person pressed: silence if it speaks, listen if it does not."""

    by: Literal["key", "button", "command"]


@dataclass(frozen=True)
class SpeechStarted:
    """Somebody began to speak."""

    turn: TurnRef
    start_time_ns: int


@dataclass(frozen=True, eq=False)
class TurnAudio:
    """The sound of a turn so far. A `guess` is complete if nobody goes on; a `partial` is for showing.

    `end_time_ns` is where the speech in it ends; the samples go on a little. A `woken` turn is surely for us.
    """

    turn: TurnRef
    samples: Samples
    purpose: Literal["partial", "guess"]
    start_time_ns: int
    end_time_ns: int
    woken: bool = False


@dataclass(frozen=True)
class TurnText:
    """A question that was typed: confirmed as it arrives."""

    turn: TurnRef
    text: str


@dataclass(frozen=True)
class TurnCompletion:
    """Probability, from the sound alone, that the speaker has finished."""

    turn: TurnRef
    probability: float


@dataclass(frozen=True)
class Transcript:
    """What was heard."""

    turn: TurnRef
    text: str
    purpose: Literal["partial", "guess"]
    mean_log_probability: float
    end_time_ns: int
    woken: bool = False
    complete: bool = True
    """False: the recogniser came to no end; words may be missing."""


@dataclass(frozen=True)
class Routed:
    """The skill that a transcript asks for. `addressed` is False when the best score is below the threshold."""

    turn: TurnRef
    text: str
    skill: str
    score: float
    addressed: bool
    slots: tuple[tuple[str, str], ...] = ()
    end_time_ns: int = 0
    unfinished: bool = False
    """The text stops in the middle of what people ask, or was not heard to its end."""


@dataclass(frozen=True)
class TurnConfirmed:
    """The speaker has finished: this revision counts."""

    turn: TurnRef
    end_time_ns: int


@dataclass(frozen=True)
class Cancel:
    """Work for a turn is void: all revisions up to `turn.revision`. Drivers close generators and drop queued items."""

    turn: TurnRef
    reason: Literal["speech_resumed", "superseded", "interrupted", "not_addressed", "alert", "stopped", "expired"]


ListeningItem = (
    VoicedChunk
    | Wake
    | Press
    | SpeechStarted
    | TurnAudio
    | TurnText
    | TurnCompletion
    | Transcript
    | Routed
    | TurnConfirmed
    | Cancel
)
