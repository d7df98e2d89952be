"""An event log holds against the truth of its session exactly when the right thing was said at the right time."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from edgemm.media import NS_PER_MS
from runtime.items import (
    Alert,
    Answer,
    Cancel,
    Item,
    Playback,
    SpeakerClear,
    Transcript,
    TurnConfirmed,
    TurnRef,
    TurnText,
)
from runtime.sessions.expectation import Expectation
from runtime.sessions.truth import check, unexpected_alerts
from runtime.telling.events import event_of

TURN = TurnRef(1, 2)
CUP = Expectation(
    name="cup",
    from_s=1,
    to_s=5,
    kind="answer",
    asked="Is there a cup?",
    heard_any=("is there a cup",),
    skill="is_there",
    said_any=("i see a cup", "i see one cup"),
    said_none=("don't",),
)


def log(*told: tuple[int, Item]) -> list[dict[str, Any]]:
    """Events of items at times in ms."""
    events = [event_of(time_ms * NS_PER_MS, "stage", item) for time_ms, item in told]
    return [event for event in events if event is not None]


def question(text: str = "Is there a cup?", turn: TurnRef = TURN) -> tuple[int, Item]:
    return 2_000, Transcript(turn, text, "guess", -0.2, 1_900 * NS_PER_MS)


def answer(text: str = "I see a cup.", skill: str = "is_there", refused: bool = False) -> tuple[int, Item]:
    return 2_100, Answer(TURN, skill, text, refused, (), 40.0)


CONFIRMED: tuple[int, Item] = (2_200, TurnConfirmed(TURN, 1_900 * NS_PER_MS))
SPOKEN: tuple[int, Item] = (2_300, Playback(1, "started", "I see a cup.", TURN))


def verdict(expectation: Expectation, *told: tuple[int, Item]) -> tuple[bool, str]:
    [result] = check(log(*told), [expectation])
    return result.held, result.found


def test_the_right_answer_that_is_confirmed_and_spoken_holds() -> None:
    assert verdict(CUP, question(), answer(), CONFIRMED, SPOKEN) == (True, "'Is there a cup?' → 'I see a cup.'")


@pytest.mark.parametrize(
    ("told", "found"),
    [
        ([], "no answer; heard nothing"),
        ([question(), answer(), SPOKEN], "no answer; heard 'Is there a cup?'"),
        ([question(), answer(), CONFIRMED], "never spoken"),
        ([question("Is there a cop?"), answer(), CONFIRMED, SPOKEN], "heard 'Is there a cop?'"),
        ([question(), answer(skill="describe"), CONFIRMED, SPOKEN], "skill 'describe'"),
        ([question(), answer("I see a bowl."), CONFIRMED, SPOKEN], "none of"),
        ([question(), answer("I don't see a cup. I see a cup."), CONFIRMED, SPOKEN], '"don\'t" in'),
        ([question(), answer(refused=True), CONFIRMED, SPOKEN], "refused: 'I see a cup.'"),
    ],
)
def test_each_thing_that_can_be_wrong_with_an_answer_is_found(told: list[tuple[int, Item]], found: str) -> None:
    held, said = verdict(CUP, *told)
    assert not held
    assert found in said


def test_an_answer_to_a_guess_that_was_thrown_away_does_not_count() -> None:
    early = TurnRef(1, 1)
    told = [
        (1_500, Answer(early, "is_there", "I see a cup.", False, (), 1.0)),
        (1_600, Cancel(early, "speech_resumed")),
        question(),
        answer("I see a dog."),
        CONFIRMED,
        SPOKEN,
    ]
    assert not verdict(CUP, *told)[0]


def test_an_answer_outside_its_time_does_not_count() -> None:
    late = CUP.model_copy(update={"from_s": 10.0, "to_s": 12.0})
    assert not verdict(late, question(), answer(), CONFIRMED, SPOKEN)[0]


def test_a_typed_question_needs_no_confirmation() -> None:
    assert verdict(CUP, (1_900, TurnText(TURN, "is there a cup")), answer(), SPOKEN)[0]


def test_a_refusal_holds_only_when_the_answer_is_refused() -> None:
    refusal = Expectation(name="dark", from_s=1, to_s=5, kind="refusal", said_any=("dark",))
    assert verdict(refusal, question(), answer("It is too dark.", refused=True), CONFIRMED, SPOKEN)[0]
    assert not verdict(refusal, question(), answer("It is dark brown."), CONFIRMED, SPOKEN)[0]


def test_speech_unasked_is_looked_for_in_what_is_played() -> None:
    ready = Expectation(name="ready", from_s=0, to_s=2, kind="speech", said_any=("ready",))
    assert verdict(ready, (500, Playback(1, "started", "I am ready.")))[0]
    assert not verdict(ready, (500, Playback(1, "cut", "I am ready.")))[0]


def test_an_interruption_needs_something_cut_by_the_user() -> None:
    stop = Expectation(name="stop", from_s=1, to_s=5, kind="interruption")
    cut = (3_000, Playback(1, "cut", "I see a", TURN))
    assert verdict(stop, (3_000, SpeakerClear("interrupted")), cut)[0]
    assert not verdict(stop, (3_000, SpeakerClear("alert")), cut)[0]
    assert not verdict(stop, (3_000, SpeakerClear("interrupted")))[0]


def test_an_alert_must_be_told_aloud_and_pre_empt() -> None:
    hazard = Expectation(name="car", from_s=1, to_s=5, kind="alert", said_any=("careful",), pre_empts=True)
    alert = (3_000, Alert("car", 7, 0, (0.0, 0.0, 1.0, 1.0), 2.0, "Careful, a car!"))
    cut = (3_000, Playback(1, "cut", "I see a", TURN))
    spoken = (3_050, Playback(2, "started", "Careful, a car!"))
    assert verdict(hazard, alert, cut, spoken)[0]
    assert verdict(hazard, alert, spoken) == (False, "told 'Careful, a car!', but cut nothing")
    assert not verdict(hazard, alert, cut)[0]
    assert not verdict(hazard, cut, spoken)[0]


def test_alerts_that_nobody_expects_are_listed() -> None:
    hazard = Expectation(name="car", from_s=1, to_s=5, kind="alert")
    events = log(*((time_ms, Alert("car", 7, 0, (0, 0, 1, 1), 2.0, "A car!")) for time_ms in (2_000, 9_000)))
    assert [event["time_ms"] for event in unexpected_alerts(events, [hazard])] == [9_000.0]


def test_silence_holds_when_nothing_is_said() -> None:
    quiet = Expectation(name="chatter", from_s=1, to_s=5, kind="silence")
    assert verdict(quiet, question("lovely weather today"))[0]
    assert not verdict(quiet, SPOKEN)[0]
    assert verdict(quiet, (2_000, Playback(1, "started", ""))) == (False, "a tone sounded")


def test_a_window_that_is_not_open_and_a_pattern_that_is_none_are_refused() -> None:
    with pytest.raises(ValidationError, match="from_s < to_s"):
        Expectation(name="a", from_s=5, to_s=1, kind="answer")
    with pytest.raises(Exception, match=r"unterminated|missing"):
        Expectation(name="a", from_s=0, to_s=1, kind="answer", said_any=("(",))
