"""When a pause is the end of a turn: the settings of the end-of-turn stage and its rule, as data.

Two mistakes are weighed. Waiting after a finished question is felt as slowness (voice to first sound, 95 % within
500 ms); not waiting in the middle of one cuts it short (at most 3 % of sentences with inner pauses of 0.3-1.0 s). One
witness is not enough to be quick: a sentence that could end where it pauses ("what colour is this … cup") routes well,
and a voice that falls in the middle of a sentence sounds finished.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

Listen = Literal["always", "wake", "button"]
Duplex = Literal["speaker", "headset"]

_OPEN_ENDS = (
    "a an the my your his her our their some any every each another of in on at to from with without by for into onto "
    "under over behind beside between near and or but nor if when while because than as that's is are was were am be "
    "do does did can could will would shall should may might must has have had not very how what's who's where's "
    "whose which um uh er tell many much"
)
OPEN_ENDS = frozenset(_OPEN_ENDS.split())
"""Words after which an English question or request goes on."""


@dataclass(frozen=True)
class EndingRule:
    """Silence after which a turn ends, in ms, by what text and sound say of it."""

    quick_ms: float = 250.0
    """The text is closed and asks for a skill, and the sound is finished."""
    likely_ms: float = 450.0
    """The text is closed and asks for a skill; the sound leaves it open."""
    unsure_ms: float = 700.0
    """The text is closed and asks for a skill, but the sound goes on; or only the sound is finished."""
    longest_ms: float = 1100.0
    """Nothing says that it is finished: the text is open, or not there yet and the sound goes on."""
    finished_probability: float = 0.5
    """Turn completion at or above this sounds finished."""
    going_on_probability: float = 0.05
    """Turn completion below this sounds as if it goes on."""
    route_score: float = 0.6
    """Routing score at or above this asks for a skill."""
    exact_score: float = 0.97
    """At or above this the text is one of the phrases, and closed whatever its last word ("is the light on")."""

    def required_silence_ms(self, sound: float | None, text: str | None, score: float) -> float:
        """Silence that ends the turn.

        `sound`: probability of completion; `text`: what was routed, `score`: its cosine. None: not known yet.
        """
        finished = sound is not None and sound >= self.finished_probability
        if text is None or (is_open(text) and score < self.exact_score):
            return self.unsure_ms if finished and text is None else self.longest_ms
        if score < self.route_score:
            return self.unsure_ms if finished else self.longest_ms
        if finished:
            return self.quick_ms
        return self.unsure_ms if sound is not None and sound < self.going_on_probability else self.likely_ms


@dataclass(frozen=True)
class TurnSettings:
    """How turns are found."""

    listen: Listen = "always"
    """`wake` and `button`: only speech within `listen_for_s` of a Wake begins a turn."""
    duplex: Duplex = "speaker"
    """`speaker`: the microphone is ignored while we speak. `headset`: speech interrupts us."""
    speech_probability: float = 0.5
    silence_probability: float = 0.35
    """Speech, once begun, goes on down to this probability."""
    onset_ms: float = 64.0
    """Speech in a row that begins a turn, or goes on with it after a pause: a click does neither."""
    pre_roll_ms: float = 200.0
    """Sound kept from before the onset: soft first consonants."""
    guess_after_ms: float = 96.0
    """Silence at which the guess is made and the work for the answer begins."""
    min_voiced_ms: float = 150.0
    """A turn with less speech than this is noise ..."""
    drop_after_ms: float = 500.0
    """... and dropped after this silence."""
    partial_every_ms: float = 500.0
    longest_turn_s: float = 28.0
    """A turn this long is confirmed as it is: the recogniser hears 30 s."""
    listen_for_s: float = 8.0
    playback_tail_ms: float = 300.0
    """`speaker`: the microphone stays ignored so long after we spoke (device latency, echo of the room)."""
    barge_in_ms: float = 160.0
    """`headset`: speech this long interrupts us."""
    stall_ms: float = 1000.0
    """Without sound from the microphone for so long, a turn ends."""
    ending: EndingRule = field(default_factory=EndingRule)


def is_open(text: str) -> bool:
    """Whether a text ends in the middle of a sentence: on an open word, or on "…", a comma or a dash."""
    stripped = text.strip()
    if not stripped or stripped.endswith(("...", "…", ",", "-", "–", "—")):
        return True
    last = stripped.split()[-1].strip(".?!\"'").lower()
    return last in OPEN_ENDS
