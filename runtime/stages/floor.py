"""Floor: who may be heard. The only way to the speaker, and the only place where an unconfirmed turn waits.

Alerts cut everything but each other and begin at once; answers of confirmed turns come next, in order; notices wait
until nobody speaks. What was cut is not taken up again, alerts excepted. Answers and effects pass on only when their
turn is confirmed, so a sink never sees a guess.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from edgemm.media import NS_PER_S
from runtime.items import (
    Alert,
    Answer,
    Cancel,
    Effect,
    Item,
    Playback,
    Press,
    Say,
    SpeakerAudio,
    SpeakerClear,
    SpeechAudio,
    SpeechStarted,
    Tone,
    TurnConfirmed,
    TurnRef,
    TurnText,
    turn_of,
)
from runtime.sound.tones import tone
from runtime.stages.confirmed_turns import ConfirmedTurns, is_void
from runtime.stages.levels import Levels
from runtime.stages.sentences import Sentence, WaitingSentences, kind_of

SAME_ALERT_NS = 3 * NS_PER_S
"""An alert in the same words within so long is told already: of a group that comes, one stands for all."""


class Floor:
    """Ports, in this order: `alert` (Alert), `cancel` (Cancel), `silence` (SpeakerClear, Press: nothing more is to be
    heard), `clear` (SpeakerClear: somebody speaks), `playback` (Playback), `started` (SpeechStarted), `confirmed`
    (TurnConfirmed, TurnText), `effect` (Effect), `answer` (Answer), `audio` (SpeechAudio), `tone` (Tone).

    Yields SpeakerAudio, SpeakerClear, Say (the alert's sentence, for the alert voice), Cancel (turns that it cut), and
    confirmed Answer and Effect. An effect that it yields holds the new level, not the step.
    """

    def __init__(self, sample_rate_hz: int, *, volume: float = 1.0, rate: float = 1.0) -> None:
        """`sample_rate_hz` of the tones: the voice's, so that the speaker converts nothing twice."""
        self._sample_rate_hz = sample_rate_hz
        self._levels = Levels(volume, rate)
        self._sentences = WaitingSentences()
        self._current: Sentence | None = None
        self._reports: list[Answer | Effect] = []
        self._confirmed = ConfirmedTurns()
        self._silenced: set[TurnRef] = set()
        """Turns that were to be heard when silence was asked for."""
        self._alerts_ns: dict[str, int] = {}
        """When each alert's words were last asked for."""
        self._released: dict[int, Say | Tone] = {}
        """Utterances that the speaker has and has not finished."""
        self._speaking_turn: int | None = None
        self._last_id = 0

    def step(self, port: str, item: Item, now_ns: int) -> Iterator[Item]:
        if isinstance(item, Alert):
            yield from self._alert(item, now_ns)
        elif isinstance(item, Cancel):
            yield from self._cancel(item)
        elif isinstance(item, Press):
            self._silence()
        elif isinstance(item, SpeakerClear):
            if port == "silence":
                self._silence()
            if not self._alerting():
                yield from self._cut(item.reason)
        elif isinstance(item, Playback):
            if item.state != "started":
                self._released.pop(item.utterance_id, None)
        elif isinstance(item, SpeechStarted):
            self._speaking_turn = item.turn.turn_id
        elif isinstance(item, (TurnConfirmed, TurnText)):
            self._confirmed.add(item.turn)
            if self._speaking_turn == item.turn.turn_id:
                self._speaking_turn = None
        elif isinstance(item, (Answer, Effect)):
            self._reports.append(item)
        elif isinstance(item, SpeechAudio):
            if item.say.turn not in self._silenced:
                self._sentences.add(item, self._current, self._new_id)
        elif isinstance(item, Tone) and (not self._released or item.name == "fault"):
            yield self._tone(item)
        yield from self._report()
        yield from self._release()

    # What is released

    def _report(self) -> Iterator[Item]:
        """Pass on what confirmed turns said and wanted."""
        while (report := next((r for r in self._reports if self._confirmed.counts(r.turn)), None)) is not None:
            self._reports.remove(report)
            if not isinstance(report, Effect):
                yield report
            elif report.name == "stop":
                yield report
                yield from self._stop(report.turn)
            else:
                yield self._levels.change(report)

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
        return self._confirmed.counts(sentence.say.turn)

    def _speaker_audio(self, sentence: Sentence, piece: SpeechAudio) -> SpeakerAudio:
        say = sentence.say
        self._released[sentence.utterance_id] = say
        samples = self._levels.loud(piece.samples, say.kind)
        return SpeakerAudio(
            sentence.utterance_id, say.kind, say.text, samples, piece.sample_rate_hz, piece.last, say.turn
        )

    def _tone(self, sounding: Tone) -> SpeakerAudio:
        utterance_id, kind = self._new_id(), kind_of(sounding)
        self._released[utterance_id] = sounding
        samples = self._levels.loud(tone(sounding.name, self._sample_rate_hz), kind)
        return SpeakerAudio(utterance_id, kind, "", samples, self._sample_rate_hz, last=True)

    def _new_id(self) -> int:
        self._last_id += 1
        return self._last_id

    # What is cut

    def _alert(self, alert: Alert, now_ns: int) -> Iterator[Item]:
        say = Say(alert.text, "alert")
        asked_ns = self._alerts_ns.get(say.text)
        if (asked_ns is not None and now_ns - asked_ns < SAME_ALERT_NS) or self._sentences.holds(say):
            return
        self._alerts_ns[say.text] = now_ns
        if any(kind_of(sounding) != "alert" for sounding in self._sounding()) or not self._alerting():
            yield from self._cut("alert")
            yield self._tone(Tone("alert"))
        yield say

    def _alerting(self) -> bool:
        return any(kind_of(sounding) == "alert" for sounding in self._sounding())

    def _sounding(self) -> list[Say | Tone]:
        """What the speaker has, and the sentence of which more is to come."""
        return [*self._released.values(), *([] if self._current is None else [self._current.say])]

    def _cancel(self, cancel: Cancel) -> Iterator[Item]:
        if cancel.turn.turn_id == self._speaking_turn and cancel.reason in ("interrupted", "expired", "stopped"):
            self._speaking_turn = None
        self._forget(cancel.turn)
        if any(is_void(turn_of(sounding), cancel.turn) for sounding in self._released.values()):
            yield from self._cut("stopped" if cancel.reason == "stopped" else "interrupted", cancel.turn)

    def _stop(self, by: TurnRef) -> Iterator[Item]:
        """Everything that is said and waits, except what the turn that asked for silence has to say."""
        self._silence(by)
        yield from self._cut("stopped")

    def _silence(self, by: TurnRef | None = None) -> None:
        """Drop what waits, and what is still to come of turns that were confirmed before; alerts excepted."""
        self._silenced = self._confirmed.turns() - {by}
        self._sentences.drop(lambda say: say.kind != "alert" and (by is None or say.turn != by))

    def _cut(
        self, reason: Literal["interrupted", "alert", "stopped"], cancelled: TurnRef | None = None
    ) -> Iterator[Item]:
        """Take back all that the speaker has; the turns that it belongs to are over (`cancelled` is known to be).

        Alerts among it are asked for again, unless the person wants to hear nothing more.
        """
        sounding = self._sounding()
        alerts = dict.fromkeys(say for say in sounding if isinstance(say, Say) and say.kind == "alert")
        turns = {turn for turn in map(turn_of, self._released.values()) if turn is not None}
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
        if reason == "stopped":
            self._alerts_ns.clear()
        else:
            yield from alerts

    def _forget(self, turn: TurnRef) -> None:
        self._sentences.drop(lambda say: is_void(say.turn, turn))
        self._reports = [report for report in self._reports if not is_void(report.turn, turn)]
        if self._current is not None and is_void(self._current.say.turn, turn):
            self._current = None
        self._confirmed.drop(turn)
