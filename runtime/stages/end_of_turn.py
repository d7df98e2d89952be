"""End of turn: finds where somebody begins to speak to us and where they have finished.

    IDLE ──begin──▶ SPEAKING ──pause──▶ PAUSING ──confirm──▶ IDLE
      ▲                │  ▲                │
      └──────drop──────┘  └─────resume─────┘

At each pause the turn so far is guessed to be complete (`TurnAudio`, a new revision): recognition, routing, answer
and the first sentence's synthesis run on the guess while the silence is still being judged (turn_rules.py). Speech that
goes on voids the guess; silence that lasts confirms it. Time is that of the sound, counted by samples.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from enum import Enum
from typing import Literal

from edgemm.media import NS_PER_MS, NS_PER_S, AudioChunk
from runtime.items import (
    Cancel,
    Item,
    Playback,
    Routed,
    SpeakerClear,
    SpeechStarted,
    Tick,
    TurnCompletion,
    TurnConfirmed,
    VoicedChunk,
    Wake,
)
from runtime.stages.attention import Attention
from runtime.stages.turn import Turn
from runtime.stages.turn_rules import TurnSettings


class State(Enum):
    IDLE = "nobody speaks to us"
    SPEAKING = "somebody speaks to us"
    PAUSING = "they pause; the guess is that they have finished"


class EndOfTurn:
    """Ports: `wake` (Wake), `playback` (Playback), `completion` (TurnCompletion), `routed` (Routed), `voice`
    (VoicedChunk), `tick`. Yields SpeechStarted, TurnAudio, Cancel, TurnConfirmed, SpeakerClear; state changes before.
    """

    def __init__(self, settings: TurnSettings | None = None) -> None:
        self._settings = settings or TurnSettings()
        self._attention = Attention(self._settings)
        self.state = State.IDLE
        self._turn: Turn | None = None
        self._last_turn_id = 0
        self._before: deque[AudioChunk] = deque()
        """The last windows while nobody speaks to us."""
        self._run_ns = 0
        """Length of the speech in a row that ends with the last window."""
        self._heard_ns = 0

    def step(self, port: str, item: Item, now_ns: int) -> Iterator[Item]:
        if isinstance(item, VoicedChunk):
            self._heard_ns = now_ns
            yield from self._hear(item)
        elif isinstance(item, (TurnCompletion, Routed)):
            yield from self._learn(item)
        elif isinstance(item, Wake):
            yield from self._wake(item, now_ns)
        elif isinstance(item, Playback) and item.text:  # tones have no text, and pass
            self._attention.playback(item, now_ns)
            if self._turn is not None and self._attention.deaf(now_ns):
                yield from self._drop("interrupted")
        elif isinstance(item, Tick) and now_ns - self._heard_ns > self._settings.stall_ms * NS_PER_MS:
            yield from self._confirm() if self.state is State.PAUSING else self._drop("expired")

    def _hear(self, window: VoicedChunk) -> Iterator[Item]:
        chunk = window.chunk
        if self._attention.deaf(chunk.capture_time_ns):
            self._before.clear()
            self._run_ns = 0
            return
        limit = self._settings.silence_probability if self._run_ns else self._settings.speech_probability
        self._run_ns = self._run_ns + chunk.duration_ns if window.speech_probability >= limit else 0
        if self._turn is None:
            yield from self._hear_before_turn(chunk)
        else:
            yield from self._hear_turn(self._turn, chunk)

    def _hear_before_turn(self, chunk: AudioChunk) -> Iterator[Item]:
        self._before.append(chunk)
        kept_ns = int((self._settings.pre_roll_ms + self._settings.onset_ms) * NS_PER_MS)
        while len(self._before) * chunk.duration_ns > kept_ns:
            self._before.popleft()
        if self._is_speech() and self._attention.listening(chunk.end_time_ns):
            yield from self._begin(chunk)

    def _hear_turn(self, turn: Turn, chunk: AudioChunk) -> Iterator[Item]:
        turn.windows.append(chunk.samples)
        turn.end_ns = chunk.end_time_ns
        if self._run_ns and (self.state is State.SPEAKING or self._is_speech()):
            turn.speech_end_ns = chunk.end_time_ns
            turn.voiced_ns += chunk.duration_ns
            if self.state is State.PAUSING:
                yield from self._resume(turn)
            yield from self._barge_in()
        if turn.end_ns - turn.start_ns >= self._settings.longest_turn_s * NS_PER_S:
            if self.state is State.SPEAKING:
                yield from self._pause(turn)
            yield from self._confirm()
        elif self.state is State.SPEAKING:
            yield from self._watch(turn)
        else:
            yield from self._judge(turn)

    def _watch(self, turn: Turn) -> Iterator[Item]:
        """SPEAKING: is this a pause, noise that has ended, or time for a partial?"""
        settings = self._settings
        if turn.voiced_ns >= settings.min_voiced_ms * NS_PER_MS:
            if turn.silence_ns >= settings.guess_after_ms * NS_PER_MS:
                yield from self._pause(turn)
            elif self._run_ns and turn.end_ns - turn.partial_ns >= settings.partial_every_ms * NS_PER_MS:
                turn.partial_ns, turn.partial_out = turn.end_ns, True
                yield turn.audio("partial")
        elif turn.silence_ns >= settings.drop_after_ms * NS_PER_MS:
            yield from self._drop("expired")

    def _learn(self, item: TurnCompletion | Routed) -> Iterator[Item]:
        """A witness speaks about the guess."""
        turn = self._turn
        if turn is None or self.state is not State.PAUSING or item.turn != turn.ref:
            return
        if isinstance(item, TurnCompletion):
            turn.sound = item.probability
        else:
            turn.unfinished, turn.score = item.unfinished, item.score
        yield from self._judge(turn)

    def _judge(self, turn: Turn) -> Iterator[Item]:
        """PAUSING: is the silence long enough? Not while something is heard that may be speech."""
        required_ms = self._settings.ending.required_silence_ms(turn.sound, turn.unfinished, turn.score)
        if not self._run_ns and turn.silence_ns >= required_ms * NS_PER_MS:
            yield from self._confirm()

    def _wake(self, wake: Wake, now_ns: int) -> Iterator[Item]:
        self._attention.wake(wake, now_ns)
        if wake.by == "follow_up":
            return
        if self._turn is not None:
            self._turn.woken = True
        yield from self._interrupt()

    def _barge_in(self) -> Iterator[Item]:
        if self._run_ns >= self._settings.barge_in_ms * NS_PER_MS:
            yield from self._interrupt()

    def _interrupt(self) -> Iterator[Item]:
        """Cut what we are saying."""
        playing, self._attention.playing = self._attention.playing, None
        if playing is not None:
            if playing.turn is not None:
                yield Cancel(playing.turn, "interrupted")
            yield SpeakerClear("interrupted")

    def _is_speech(self) -> bool:
        return self._run_ns >= self._settings.onset_ms * NS_PER_MS

    # The transitions

    def _begin(self, chunk: AudioChunk) -> Iterator[Item]:
        """IDLE → SPEAKING, with the sound from before the onset."""
        self._last_turn_id += 1
        onset_ns = chunk.end_time_ns - self._run_ns
        windows = [before.samples for before in self._before]
        start_ns, end_ns = self._before[0].capture_time_ns, chunk.end_time_ns
        self._turn = turn = Turn(
            self._last_turn_id, self._attention.woken, windows, start_ns, end_ns, end_ns, self._run_ns, onset_ns
        )
        self._before.clear()
        self.state = State.SPEAKING
        yield SpeechStarted(turn.ref, onset_ns)

    def _pause(self, turn: Turn) -> Iterator[Item]:
        """SPEAKING → PAUSING: the guess is that the turn is complete. A partial that is still worked on gives way."""
        self.state = State.PAUSING
        turn.sound = turn.unfinished = None
        turn.score = 0.0
        if turn.partial_out:
            turn.partial_out = False
            yield Cancel(turn.ref, "superseded")
        yield turn.audio("guess")

    def _resume(self, turn: Turn) -> Iterator[Item]:
        """PAUSING → SPEAKING: the guess was wrong."""
        self.state = State.SPEAKING
        turn.partial_ns = turn.end_ns
        yield Cancel(turn.ref, "speech_resumed")

    def _confirm(self) -> Iterator[Item]:
        """PAUSING → IDLE: the guess counts."""
        turn = self._leave()
        if turn is not None:
            self._attention.turn_taken()
            yield TurnConfirmed(turn.ref, turn.speech_end_ns)

    def _drop(self, reason: Literal["interrupted", "expired"]) -> Iterator[Item]:
        """SPEAKING or PAUSING → IDLE: nothing comes of this turn."""
        turn = self._leave()
        if turn is not None:
            yield Cancel(turn.ref, reason)

    def _leave(self) -> Turn | None:
        turn, self._turn = self._turn, None
        self.state = State.IDLE
        self._run_ns = 0
        return turn
