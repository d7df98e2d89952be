"""When a pause is the end of a turn: the settings of the end-of-turn stage and its rule, as data.

Two mistakes are weighed. Waiting after a finished question is felt as slowness (voice to first sound, 95 % within
500 ms); not waiting in the middle of one cuts it short (at most 3 % of sentences with inner pauses of 0.3-1.0 s).

Measured on 105 questions about the view and 104 in other words, by six synthetic voices, whole and with a pause of
0.3-1.0 s at a word boundary; tiny.en, MiniLM, Smart Turn 3.2 (whose features agree with pipecat's own to 1e-5). The
sound alone is a weak witness there: it sounds finished (>= 0.5) at 64 of 105 inner pauses and at 45 of 105 ends. What
the phrases say is a strong one: a text from which a phrase goes on is unfinished. With it none of the 105 is cut.
In other words 21 of 104 are: nearly all at a pause after what is a whole question itself ("is there a person", "behind
the car"). Waiting for a text that asks for nothing costs nothing: there is no answer to give.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

Listen = Literal["always", "wake", "button"]
Duplex = Literal["speaker", "headset"]


@dataclass(frozen=True)
class EndingRule:
    """Silence after which a turn ends, in ms, by what text and sound say of it."""

    quick_ms: float = 250.0
    """The text is finished and close to a phrase."""
    likely_ms: float = 400.0
    """The text is finished and asks for a skill in other words; the sound is finished too."""
    unsure_ms: float = 700.0
    """The same, but the sound goes on."""
    longest_ms: float = 1100.0
    """Nothing says that it is finished: the text is unfinished, asks for nothing, or is not there yet."""
    finished_probability: float = 0.5
    """Turn completion at or above this sounds finished."""
    phrase_score: float = 0.8
    """Routing score at or above this is close to a phrase."""
    route_score: float = 0.55
    """Routing score at or above this asks for a skill."""

    def required_silence_ms(self, sound: float | None, unfinished: bool | None, score: float) -> float:
        """Silence that ends the turn.

        `sound`: probability of completion; `unfinished`, `score`: what the router says. None: not known yet.
        """
        if unfinished is None or unfinished or score < self.route_score:
            return self.longest_ms
        if score >= self.phrase_score:
            return self.quick_ms
        return self.likely_ms if sound is not None and sound >= self.finished_probability else self.unsure_ms

    def asks_the_sound(self, unfinished: bool, score: float) -> bool:
        """Whether the text leaves the question open, so that the sound is worth its time."""
        return not unfinished and self.route_score <= score < self.phrase_score


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
