"""Floor: who may be heard. The only way to the speaker, and the only place where an unconfirmed turn waits.

Alerts cut everything and begin at once; answers of confirmed turns come next, in order; notices wait until nobody
speaks. What was cut is not taken up again. Answers and effects pass on only when their turn is confirmed, so a sink
never sees a guess.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Literal

import numpy as np

from edgemm.media import Samples
from runtime.items import (
    Alert,
    Answer,
    Cancel,
    Effect,
    Item,
    Playback,
    Say,
    SpeakerAudio,
    SpeakerClear,
    SpeechAudio,
    SpeechStarted,
    Tone,
    TurnConfirmed,
    TurnRef,
    TurnText,
)
from runtime.sound.tones import tone
from runtime.stages.sentences import Sentence, WaitingSentences, is_void

STEP: Mapping[str, float] = {"volume": 1.3, "rate": 1.2}
"""One step louder or faster, as a factor."""
RANGE: Mapping[str, tuple[float, float]] = {"volume": (0.1, 4.0), "rate": (0.5, 3.0)}
REMEMBERED_TURNS = 64

Levels = dict[Literal["volume", "rate"], float]
Released = tuple[Literal["answer", "filler", "notice", "alert", "tone"], TurnRef | None]


class Floor:
    """Ports, in this order: `alert` (Alert), `cancel` (Cancel), `clear` (SpeakerClear), `playback` (Playback),
    `started` (SpeechStarted), `confirmed` (TurnConfirmed, TurnText), `effect` (Effect), `answer` (Answer), `audio`
    (SpeechAudio), `tone` (Tone).

    Yields SpeakerAudio, SpeakerClear, Say (the alert's sentence, for the alert voice), Cancel (turns that it cut), and
    confirmed Answer and Effect. An effect that it yields holds the new level, not the step.
    """

    def __init__(self, sample_rate_hz: int, *, volume: float = 1.0, rate: float = 1.0) -> None:
        """`sample_rate_hz` of the tones: the voice's, so that the speaker converts nothing twice."""
        self._sample_rate_hz = sample_rate_hz
        self._levels: Levels = {"volume": volume, "rate": rate}
        self._sentences = WaitingSentences()
        self._current: Sentence | None = None
        self._reports: list[Answer | Effect] = []
        self._confirmed: dict[int, int] = {}
        self._released: dict[int, Released] = {}
        """Utterances that the speaker has and has not finished."""
        self._speaking_turn: int | None = None
        self._last_id = 0

    def step(self, port: str, item: Item, now_ns: int) -> Iterator[Item]:
        if isinstance(item, Alert):
            yield from self._alert(item)
        elif isinstance(item, Cancel):
            yield from self._cancel(item)
        elif isinstance(item, SpeakerClear):
            if not any(kind == "alert" for kind, _ in self._released.values()):
                yield from self._cut(item.reason)
        elif isinstance(item, Playback):
            if item.state != "started":
                self._released.pop(item.utterance_id, None)
        elif isinstance(item, SpeechStarted):
            self._speaking_turn = item.turn.turn_id
        elif isinstance(item, (TurnConfirmed, TurnText)):
            self._confirm(item.turn)
        elif isinstance(item, (Answer, Effect)):
            self._reports.append(item)
        elif isinstance(item, SpeechAudio):
            self._sentences.add(item, self._current, self._new_id)
        elif isinstance(item, Tone) and (not self._released or item.name == "fault"):
            yield self._tone(item.name, "tone")
        yield from self._report()
        yield from self._release()

    def _confirm(self, turn: TurnRef) -> None:
        self._confirmed[turn.turn_id] = turn.revision
        while len(self._confirmed) > REMEMBERED_TURNS:
            del self._confirmed[next(iter(self._confirmed))]
        if self._speaking_turn == turn.turn_id:
            self._speaking_turn = None

    def _counts(self, turn: TurnRef | None) -> bool:
        return turn is None or self._confirmed.get(turn.turn_id) == turn.revision

    # What is released

    def _report(self) -> Iterator[Item]:
        """Pass on what confirmed turns said and wanted."""
        while (report := next((r for r in self._reports if self._counts(r.turn)), None)) is not None:
            self._reports.remove(report)
            if not isinstance(report, Effect):
                yield report
            elif report.name == "stop":
                yield report
                yield from self._stop(report.turn)
            else:
                low, high = RANGE[report.name]
                level = self._levels[report.name] * STEP[report.name] ** report.value if report.value else 1.0
                self._levels[report.name] = min(max(level, low), high)
                yield Effect(report.turn, report.name, self._levels[report.name])

    def _release(self) -> Iterator[Item]:
        """Give the floor to one sentence after another, while there is one that may have it."""
        while True:
            if self._current is None:
                self._current = self._sentences.take(lambda s: s.say.kind == "alert") or self._sentences.take(self._may)
            sentence = self._current
            if sentence is None:
                return
            while sentence.pieces:
                yield self._speaker_audio(sentence, sentence.pieces.pop(0))
            if not sentence.complete:
                return
            self._current = None

    def _may(self, sentence: Sentence) -> bool:
        if sentence.say.kind == "notice":
            return sentence.complete and not self._released and self._speaking_turn is None
        return self._counts(sentence.say.turn)

    def _speaker_audio(self, sentence: Sentence, piece: SpeechAudio) -> SpeakerAudio:
        say = sentence.say
        self._released[sentence.utterance_id] = (say.kind, say.turn)
        samples = self._loud(piece.samples, say.kind)
        return SpeakerAudio(
            sentence.utterance_id, say.kind, say.text, samples, piece.sample_rate_hz, piece.last, say.turn
        )

    def _tone(
        self, name: Literal["listening", "heard", "thinking", "fault", "alert"], kind: Literal["tone", "alert"]
    ) -> SpeakerAudio:
        utterance_id = self._new_id()
        self._released[utterance_id] = (kind, None)
        samples = self._loud(tone(name, self._sample_rate_hz), kind)
        return SpeakerAudio(utterance_id, kind, "", samples, self._sample_rate_hz, last=True)

    def _loud(self, samples: Samples, kind: str) -> Samples:
        """At the volume that was asked for; an alert never below normal."""
        volume = max(self._levels["volume"], 1.0) if kind == "alert" else self._levels["volume"]
        loud: Samples = np.clip(samples * np.float32(volume), -1, 1)
        return loud

    def _new_id(self) -> int:
        self._last_id += 1
        return self._last_id

    # What is cut

    def _alert(self, alert: Alert) -> Iterator[Item]:
        say = Say(alert.text, "alert")
        if self._sentences.holds(say) or (self._current is not None and self._current.say == say):
            return
        yield from self._cut("alert")
        yield self._tone("alert", "alert")
        yield say

    def _cancel(self, cancel: Cancel) -> Iterator[Item]:
        if cancel.turn.turn_id == self._speaking_turn and cancel.reason in ("interrupted", "expired", "stopped"):
            self._speaking_turn = None
        self._forget(cancel.turn)
        if any(is_void(turn, cancel.turn) for _, turn in self._released.values()):
            yield from self._cut("stopped" if cancel.reason == "stopped" else "interrupted", cancel.turn)

    def _stop(self, by: TurnRef) -> Iterator[Item]:
        """Everything that is said and waits, except what the turn that asked for silence has to say."""
        self._sentences.drop(lambda say: say.kind != "alert" and say.turn != by)
        yield from self._cut("stopped")

    def _cut(
        self, reason: Literal["interrupted", "alert", "stopped"], cancelled: TurnRef | None = None
    ) -> Iterator[Item]:
        """Take back all that the speaker has; the turns that it belongs to are over (`cancelled` is known to be)."""
        turns = {turn for _, turn in self._released.values() if turn is not None}
        if self._current is not None:
            self._sentences.cut(self._current)
            self._current = None
        had_sound = bool(self._released)
        self._released.clear()
        for turn in sorted(turns):
            self._forget(turn)
            if cancelled is None or not is_void(turn, cancelled):
                yield Cancel(turn, reason)
        if had_sound:
            yield SpeakerClear(reason)

    def _forget(self, turn: TurnRef) -> None:
        self._sentences.drop(lambda say: is_void(say.turn, turn))
        self._reports = [report for report in self._reports if not is_void(report.turn, turn)]
        if self._current is not None and is_void(self._current.say.turn, turn):
            self._current = None
        if is_void(TurnRef(turn.turn_id, self._confirmed.get(turn.turn_id, turn.revision + 1)), turn):
            del self._confirmed[turn.turn_id]
