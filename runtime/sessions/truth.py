"""Hold an event log against the truth of its session."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from runtime.sessions.expectation import Expectation

Event = Mapping[str, Any]


class Verdict(NamedTuple):
    """Whether an expectation held, and what was found: in words, for a table."""

    expectation: Expectation
    held: bool
    found: str


def check(events: Sequence[Event], truth: Iterable[Expectation]) -> tuple[Verdict, ...]:
    """One verdict per expectation. `events` is a whole event log, in order."""
    log = _Log(events)
    return tuple(_CHECKS[expectation.kind](log, expectation) for expectation in truth)


def unexpected_alerts(events: Sequence[Event], truth: Iterable[Expectation]) -> tuple[Event, ...]:
    """Alerts outside the windows of all expected ones: false alarms."""
    windows = [(e.from_s, e.to_s) for e in truth if e.kind == "alert"]
    return tuple(
        event
        for event in events
        if event["event"] == "alert" and not any(from_s <= event["time_ms"] / 1000 <= to_s for from_s, to_s in windows)
    )


class _Log:
    """An event log, asked by kind and time."""

    def __init__(self, events: Sequence[Event]) -> None:
        self._events = events

    def within(self, expectation: Expectation, kind: str) -> list[Event]:
        from_ms, to_ms = expectation.from_s * 1000, expectation.to_s * 1000
        return [e for e in self._events if e["event"] == kind and from_ms <= e["time_ms"] <= to_ms]

    def started(self, expectation: Expectation) -> list[Event]:
        return [e for e in self.within(expectation, "playback") if e["state"] == "started"]

    def confirmed_answers(self, expectation: Expectation) -> list[Event]:
        """Answers of turns that were confirmed in the window: the last revision up to the confirmed one."""
        answers: dict[int, Event] = {}
        for confirmed in self.within(expectation, "confirmed"):
            for event in self._events:
                if (
                    event["event"] == "answer"
                    and event["turn"] == confirmed["turn"]
                    and event["revision"] == confirmed["revision"]
                ):
                    answers[event["turn"]] = event
        typed = {e["turn"] for e in self.within(expectation, "typed")}
        for event in self.within(expectation, "answer"):
            if event["turn"] in typed:
                answers[event["turn"]] = event
        return list(answers.values())

    def heard(self, answer: Event) -> str:
        """What was understood of the question."""
        for event in self._events:
            is_question = event["event"] == "typed" or (event["event"] == "transcript" and event["state"] == "final")
            if is_question and (event["turn"], event["revision"]) == (answer["turn"], answer["revision"]):
                return str(event["text"])
        return ""

    def spoken(self, answer: Event) -> bool:
        """Whether the answer began to be heard."""
        return any(
            e["event"] == "playback" and e["state"] == "started" and e["turn"] == answer["turn"] for e in self._events
        )


def _check_speech(log: _Log, expectation: Expectation) -> Verdict:
    said = " ".join(event["text"] for event in log.started(expectation))
    if not said:
        return Verdict(expectation, False, "nothing was said")
    wrong = expectation.wrong_in(said)
    return Verdict(expectation, wrong is None, wrong or f"said {said!r}")


def _check_answer(log: _Log, expectation: Expectation) -> Verdict:
    answers = log.confirmed_answers(expectation)
    if not answers:
        heard = ", ".join(repr(event["text"]) for event in log.within(expectation, "transcript"))
        return Verdict(expectation, False, f"no answer; heard {heard or 'nothing'}")
    verdicts = [_judge_answer(log, expectation, answer) for answer in answers]
    return next((verdict for verdict in verdicts if verdict.held), verdicts[0])


def _judge_answer(log: _Log, expectation: Expectation, answer: Event) -> Verdict:
    refusal_wanted = expectation.kind == "refusal"
    heard = log.heard(answer)
    faults = [
        expectation.wrong_in_heard(heard),
        None
        if expectation.skill in (None, answer["skill"])
        else f"skill {answer['skill']!r} for {heard!r}, expected {expectation.skill!r}",
        None
        if answer["refused"] == refusal_wanted
        else f"{'refused' if answer['refused'] else 'not refused'}: {answer['text']!r}",
        expectation.wrong_in(answer["text"]),
        None if log.spoken(answer) else f"never spoken: {answer['text']!r}",
    ]
    wrong = next((fault for fault in faults if fault is not None), None)
    return Verdict(expectation, wrong is None, wrong or f"{heard!r} → {answer['text']!r}")


def _check_interruption(log: _Log, expectation: Expectation) -> Verdict:
    cuts = [event for event in log.within(expectation, "playback") if event["state"] == "cut"]
    by_user = [event for event in log.within(expectation, "cleared") if event["reason"] in ("interrupted", "stopped")]
    if not cuts:
        return Verdict(expectation, False, "nothing that was being said was cut")
    if not by_user:
        return Verdict(expectation, False, f"cut, but not by the user: {cuts[0]['text']!r}")
    return Verdict(expectation, True, f"cut {cuts[0]['text']!r}")


def _check_alert(log: _Log, expectation: Expectation) -> Verdict:
    alerts = log.within(expectation, "alert")
    if not alerts:
        return Verdict(expectation, False, "no alert")
    wrong = expectation.wrong_in(alerts[0]["text"])
    if wrong is not None:
        return Verdict(expectation, False, wrong)
    texts = {event["text"] for event in alerts}
    if not any(event["text"] in texts for event in log.started(expectation)):
        return Verdict(expectation, False, f"never spoken: {alerts[0]['text']!r}")
    cuts = [event for event in log.within(expectation, "playback") if event["state"] == "cut"]
    if expectation.pre_empts and not cuts:
        return Verdict(expectation, False, f"told {alerts[0]['text']!r}, but cut nothing")
    cut = f", cut {cuts[0]['text']!r}" if cuts else ""
    return Verdict(expectation, True, f"told {alerts[0]['text']!r}{cut}")


def _check_silence(log: _Log, expectation: Expectation) -> Verdict:
    said = log.started(expectation)
    if said:
        return Verdict(expectation, False, f"said {said[0]['text']!r}" if said[0]["text"] else "a tone sounded")
    return Verdict(expectation, True, "nothing was said")


_CHECKS = {
    "speech": _check_speech,
    "answer": _check_answer,
    "refusal": _check_answer,
    "interruption": _check_interruption,
    "alert": _check_alert,
    "silence": _check_silence,
}
