"""What flows between stages. Every item is frozen; items of a turn carry their `TurnRef`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, NamedTuple

from edgemm.media import AudioChunk, Samples, VideoFrame
from runtime.evidence import Evidence


class TurnRef(NamedTuple):
    """A turn and the revision of the guess at it. Only a confirmed revision reaches a sink."""

    turn_id: int
    revision: int


@dataclass(frozen=True)
class Tick:
    """Time passes, whether or not a device delivers. Sent at the period that a stage's row declares."""


@dataclass(frozen=True)
class Working:
    """Nothing yet: a stage in a long piece of work lets the driver interrupt it here. Goes nowhere."""


@dataclass(frozen=True)
class SourceState:
    """A source's health. `remedy` is spoken when the state is not ok; `ended`: a recording is over, nothing is broken.

    The `detail` of a source that is ok says what it passed over.
    """

    source: Literal["camera", "microphone", "speaker", "button", "event log", "recording"]
    state: Literal["ok", "missing", "stalled", "ended"]
    detail: str = ""
    remedy: str = ""


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
    """The text stops in the middle of what people ask."""


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


@dataclass(frozen=True)
class ViewState:
    """Whether the picture can support an answer."""

    frame_id: int
    capture_time_ns: int
    state: Literal["ok", "dark", "bright", "blurred", "covered", "frozen", "stale", "missing"]


@dataclass(frozen=True, eq=False)
class Scene:
    """A frame and what is known of it. Its age is that of its oldest evidence."""

    frame: VideoFrame
    evidence: tuple[Evidence, ...]
    view: ViewState


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


@dataclass(frozen=True)
class Alert:
    """A hazard: something large that grows fast."""

    label: str
    frame_id: int
    capture_time_ns: int
    region: tuple[float, float, float, float]
    growth_per_s: float
    text: str


@dataclass(frozen=True)
class Watched:
    """A frame was watched for what comes closer. `blind` says why an approach would not have shown in it.

    `view`: the picture is unusable. `unsteady`: the camera moved, or the picture changed, a moment ago. `still`: it
    is a still picture. Nothing else proves that alerts are awake: their absence does not.
    """

    frame_id: int
    capture_time_ns: int
    blind: Literal["", "view", "unsteady", "still"] = ""


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


@dataclass(frozen=True)
class SpeakerClear:
    """Throw away what has not been played."""

    reason: Literal["interrupted", "alert", "stopped"]


@dataclass(frozen=True)
class Playback:
    """What the speaker has done with a sentence: defines what has been heard."""

    utterance_id: int
    state: Literal["started", "finished", "cut"]
    text: str
    turn: TurnRef | None = None


@dataclass(frozen=True)
class SpeakerPosition:
    """Samples that have been audible since the sound device was opened.

    `cleared` confirms a SpeakerClear: then they are those that the device had taken, which are still heard.
    """

    samples: int
    device_id: int
    cleared: bool = False


@dataclass(frozen=True)
class Overrun:
    """A lossless link lost something after all, a latest-wins link dropped frames, or a sound device lost blocks."""

    link: str
    count: int


@dataclass(frozen=True)
class Fault:
    """A stage failed on an item; its lane goes on with the next."""

    stage: str
    message: str


Item = (
    VideoFrame
    | AudioChunk
    | Tick
    | Working
    | SourceState
    | VoicedChunk
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
    | ViewState
    | Scene
    | Say
    | Answer
    | Effect
    | Alert
    | Watched
    | SpeechAudio
    | Tone
    | SpeakerAudio
    | SpeakerClear
    | Playback
    | SpeakerPosition
    | Overrun
    | Fault
)


def turn_of(item: object) -> TurnRef | None:
    """The turn that an item belongs to, if any."""
    if isinstance(item, SpeechAudio):
        return item.say.turn
    turn = getattr(item, "turn", None)
    return turn if isinstance(turn, TurnRef) else None
