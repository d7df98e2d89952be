"""Who may be heard: nothing unconfirmed, alerts before all, answers in order, notices when nobody speaks."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

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
)
from runtime.stages.floor import Floor
from runtime.stages.levels import RANGE
from tests.stage_harness import Arrival, only, run_stage

RATE_HZ = 16_000
TURN = TurnRef(1, 1)
OTHER = TurnRef(2, 1)
ALERT = Alert("car", 7, 0, (0.2, 0.2, 0.8, 0.8), 1.5, "Watch out: a car.")


def piece(say: Say, last: bool = True, level: float = 0.5) -> Arrival:
    return ("audio", SpeechAudio(say, np.full(160, level, np.float32), RATE_HZ, last), 0)


def answer(text: str, sequence: int = 0, turn: TurnRef = TURN) -> Say:
    return Say(text, "answer", turn, sequence)


def notice(text: str) -> Say:
    return Say(text, "notice")


def confirm(turn: TurnRef = TURN) -> Arrival:
    return ("confirmed", TurnConfirmed(turn, 0), 0)


def spoken(items: list[Item]) -> list[str]:
    return [item.text for item in only(SpeakerAudio, items)]


def finished(items: list[Item]) -> list[Arrival]:
    """The speaker has played everything."""
    return [("playback", Playback(i.utterance_id, "finished", i.text, i.turn), 0) for i in only(SpeakerAudio, items)]


def test_an_answer_waits_for_its_turn_to_be_confirmed() -> None:
    floor = Floor(RATE_HZ)
    assert run_stage(floor, [piece(answer("Yes."))]) == []
    assert spoken(run_stage(floor, [confirm()])) == ["Yes."]


def test_after_confirmation_pieces_leave_as_they_come() -> None:
    floor = Floor(RATE_HZ)
    run_stage(floor, [confirm()])
    first = run_stage(floor, [piece(answer("Yes."), last=False)])
    second = run_stage(floor, [piece(answer("Yes."))])
    assert spoken(first) == spoken(second) == ["Yes."]
    assert first[0].utterance_id == second[0].utterance_id
    assert [first[0].last, second[0].last] == [False, True]


def test_the_confirmation_of_another_revision_releases_nothing() -> None:
    assert run_stage(Floor(RATE_HZ), [piece(answer("Yes.", turn=TurnRef(1, 1))), confirm(TurnRef(1, 2))]) == []


def test_a_guess_that_was_void_is_forgotten() -> None:
    arrivals = [piece(answer("Yes.")), ("cancel", Cancel(TURN, "speech_resumed"), 0), confirm()]
    assert run_stage(Floor(RATE_HZ), arrivals) == []


def test_the_sentences_of_an_answer_are_spoken_in_its_order() -> None:
    arrivals = [piece(answer(str(number), number)) for number in (1, 0, 2)]
    assert spoken(run_stage(Floor(RATE_HZ), [*arrivals, confirm()])) == ["0", "1", "2"]


def test_a_sentence_is_not_mixed_with_another_that_comes_in_between() -> None:
    arrivals = [confirm(), confirm(OTHER), piece(answer("a"), last=False), piece(answer("b", turn=OTHER))]
    assert spoken(run_stage(Floor(RATE_HZ), [*arrivals, piece(answer("a"))])) == ["a", "a", "b"]


def test_answers_and_effects_pass_on_only_when_their_turn_is_confirmed() -> None:
    report = Answer(TURN, "is_there", "Yes.", False, (), None)
    floor = Floor(RATE_HZ)
    assert run_stage(floor, [("answer", report, 0), ("effect", Effect(TURN, "volume", 1), 0)]) == []
    assert [type(item) for item in run_stage(floor, [confirm()])] == [Answer, Effect]


def test_a_notice_waits_until_what_is_being_said_has_been_heard() -> None:
    floor = Floor(RATE_HZ)
    said = run_stage(floor, [confirm(), piece(answer("Yes.")), piece(notice("The camera is missing."))])
    assert spoken(said) == ["Yes."]
    assert spoken(run_stage(floor, finished(said))) == ["The camera is missing."]


def test_a_notice_does_not_break_in_while_somebody_speaks_to_us() -> None:
    floor = Floor(RATE_HZ)
    assert run_stage(floor, [("started", SpeechStarted(TurnRef(1, 0), 0), 0), piece(notice("a"))]) == []
    assert spoken(run_stage(floor, [("cancel", Cancel(TurnRef(1, 0), "expired"), 0)])) == ["a"]


def test_an_answer_goes_before_a_notice_that_waits() -> None:
    floor = Floor(RATE_HZ)
    said = run_stage(floor, [confirm(), piece(answer("a")), piece(notice("n")), piece(answer("b", 1))])
    assert spoken(said) == ["a", "b"]


def test_an_alert_cuts_what_is_being_said_and_begins_with_its_tone_at_once() -> None:
    floor = Floor(RATE_HZ)
    run_stage(floor, [confirm(), piece(answer("It is"), last=False)])
    items = run_stage(floor, [("alert", ALERT, 0)])
    assert items[:2] == [Cancel(TURN, "alert"), SpeakerClear("alert")]
    assert (items[2].kind, items[2].text) == ("alert", "")
    assert items[3] == Say(ALERT.text, "alert")


def test_what_an_alert_cut_is_not_taken_up_again() -> None:
    floor = Floor(RATE_HZ)
    arrivals = [confirm(), piece(answer("It is"), last=False), ("alert", ALERT, 0), piece(Say(ALERT.text, "alert"))]
    items = run_stage(floor, arrivals)
    assert spoken(run_stage(floor, finished(items))) == []


def test_an_answer_that_comes_during_an_alert_follows_it() -> None:
    floor = Floor(RATE_HZ)
    alert_say = Say(ALERT.text, "alert")
    arrivals = [confirm(), ("alert", ALERT, 0), piece(alert_say, last=False), piece(answer("Yes.")), piece(alert_say)]
    assert spoken(run_stage(floor, arrivals)) == ["", ALERT.text, ALERT.text, "Yes."]


def test_an_alert_that_is_being_said_is_not_begun_again() -> None:
    floor = Floor(RATE_HZ)
    run_stage(floor, [("alert", ALERT, 0), piece(Say(ALERT.text, "alert"), last=False)])
    assert run_stage(floor, [("alert", ALERT, 0)]) == []


def test_speech_that_interrupts_does_not_cut_an_alert() -> None:
    floor = Floor(RATE_HZ)
    run_stage(floor, [("alert", ALERT, 0), piece(Say(ALERT.text, "alert"))])
    assert run_stage(floor, [("clear", SpeakerClear("interrupted"), 0)]) == []


def test_an_interruption_clears_the_speaker_once_and_ends_the_answer() -> None:
    floor = Floor(RATE_HZ)
    run_stage(floor, [confirm(), piece(answer("It is"), last=False)])
    items = run_stage(floor, [("cancel", Cancel(TURN, "interrupted"), 0), ("clear", SpeakerClear("interrupted"), 0)])
    assert items == [SpeakerClear("interrupted")]


def test_the_rest_of_a_notice_that_was_cut_is_not_spoken() -> None:
    floor = Floor(RATE_HZ)
    run_stage(floor, [piece(notice("The camera is missing."))])
    items = run_stage(floor, [("alert", ALERT, 0), piece(notice("The camera is missing."))])
    assert "The camera is missing." not in spoken(items)


LEFT = Alert("car", 7, 0, (0.0, 0.2, 0.3, 0.8), 1.5, "Car on the left, coming closer.")
RIGHT = Alert("car", 9, 0, (0.7, 0.2, 1.0, 0.8), 2.0, "Car on the right, coming closer.")


def test_two_alerts_are_both_said_to_their_end_one_after_the_other() -> None:
    floor = Floor(RATE_HZ)
    run_stage(floor, [("alert", LEFT, 0), piece(Say(LEFT.text, "alert"), last=False)])
    items = run_stage(floor, [("alert", RIGHT, 100)])
    assert items == [Say(RIGHT.text, "alert")], "the first must go on, the second be made"
    rest = run_stage(floor, [piece(Say(RIGHT.text, "alert")), piece(Say(LEFT.text, "alert"))])
    assert spoken(rest) == [LEFT.text, RIGHT.text]


def test_two_alerts_at_one_moment_are_both_said() -> None:
    floor = Floor(RATE_HZ)
    items = run_stage(floor, [("alert", LEFT, 0), ("alert", RIGHT, 0)])
    assert [item.text for item in only(Say, items)] == [LEFT.text, RIGHT.text]
    assert not only(SpeakerClear, items)


def test_a_second_alert_goes_before_an_answer_that_waits_behind_the_first_and_the_first_is_not_lost() -> None:
    floor = Floor(RATE_HZ)
    run_stage(floor, [confirm(), ("alert", LEFT, 0), piece(Say(LEFT.text, "alert")), piece(answer("Yes."))])
    items = run_stage(floor, [("alert", RIGHT, 500)])
    assert items[:2] == [Cancel(TURN, "alert"), SpeakerClear("alert")]
    assert [item.text for item in only(Say, items)] == [LEFT.text, RIGHT.text]
    assert only(SpeakerAudio, items)[0].kind == "alert"


def test_an_alert_is_not_lost_when_the_answer_behind_it_is_cancelled() -> None:
    floor = Floor(RATE_HZ)
    run_stage(floor, [confirm(), ("alert", LEFT, 0), piece(Say(LEFT.text, "alert")), piece(answer("Yes."))])
    items = run_stage(floor, [("cancel", Cancel(TURN, "interrupted"), 500)])
    assert items == [SpeakerClear("interrupted"), Say(LEFT.text, "alert")]


@pytest.mark.parametrize("later_ms", [0, 300, 2500])
def test_of_a_group_in_one_direction_one_alert_is_said(later_ms: float) -> None:
    floor = Floor(RATE_HZ)
    run_stage(floor, [("alert", LEFT, 0)])
    assert run_stage(floor, [("alert", LEFT, later_ms)]) == []


def test_the_same_alert_five_seconds_later_is_news() -> None:
    floor = Floor(RATE_HZ)
    run_stage(floor, finished(run_stage(floor, [("alert", LEFT, 0), piece(Say(LEFT.text, "alert"))])))
    assert [item.text for item in only(Say, run_stage(floor, [("alert", LEFT, 5000)]))] == [LEFT.text]


def test_stop_silences_everything_but_its_own_answer() -> None:
    floor = Floor(RATE_HZ)
    run_stage(floor, [confirm(), piece(answer("It is"), last=False), piece(notice("n"))])
    items = run_stage(floor, [("effect", Effect(OTHER, "stop"), 0), confirm(OTHER), piece(answer("OK.", turn=OTHER))])
    assert items[0] == Effect(OTHER, "stop")
    assert items[1:3] == [Cancel(TURN, "stopped"), SpeakerClear("stopped")]
    assert spoken(items) == ["OK."]
    assert spoken(run_stage(floor, finished(items))) == []


def test_after_stop_an_answer_that_was_still_being_made_is_not_heard() -> None:
    floor = Floor(RATE_HZ)
    run_stage(floor, [confirm(), confirm(OTHER), ("effect", Effect(OTHER, "stop"), 0)])
    assert run_stage(floor, [piece(answer("It is", turn=TURN)), piece(answer("a cup.", 1, TURN))]) == []
    assert spoken(run_stage(floor, [confirm(TurnRef(3, 1)), piece(answer("Yes.", turn=TurnRef(3, 1)))])) == ["Yes."]


def test_a_press_silences_what_waits_behind_what_is_said_and_somebody_who_speaks_does_not() -> None:
    for port, follows in (("silence", []), ("clear", ["n"])):
        floor = Floor(RATE_HZ)
        run_stage(floor, [confirm(), piece(answer("It is")), piece(notice("n"))])
        items = run_stage(floor, [(port, SpeakerClear("interrupted"), 0)])
        assert spoken(items) == follows


def test_louder_passes_on_the_new_level_and_is_heard() -> None:
    floor = Floor(RATE_HZ)
    items = run_stage(floor, [("effect", Effect(TURN, "volume", 1), 0), confirm(), piece(answer("Louder."))])
    assert items[0] == Effect(TURN, "volume", pytest.approx(1.3))
    assert items[1].samples[0] == pytest.approx(0.65)


def test_levels_stay_in_their_range_and_zero_goes_back_to_normal() -> None:
    floor = Floor(RATE_HZ)
    steps: list[Arrival] = [("effect", Effect(TURN, "rate", 1), 0)] * 20
    levels = [item.value for item in run_stage(floor, [confirm(), *steps, ("effect", Effect(TURN, "rate", 0), 0)])]
    assert levels[-2:] == [RANGE["rate"][1], 1.0]


def test_an_alert_is_never_quieter_than_normal() -> None:
    floor = Floor(RATE_HZ, volume=0.1)
    items = run_stage(floor, [("alert", ALERT, 0), piece(Say(ALERT.text, "alert"))])
    assert only(SpeakerAudio, items)[-1].samples[0] == pytest.approx(0.5)


def test_a_tone_does_not_sound_into_speech_unless_it_tells_of_a_fault() -> None:
    floor = Floor(RATE_HZ)
    run_stage(floor, [confirm(), piece(answer("Yes."))])
    assert run_stage(floor, [("tone", Tone("thinking"), 0)]) == []
    assert [item.kind for item in run_stage(floor, [("tone", Tone("fault"), 0)])] == ["tone"]


TURNS = st.sampled_from([TurnRef(turn, revision) for turn in (1, 2) for revision in (1, 2)])
REASONS = st.sampled_from(["speech_resumed", "interrupted", "not_addressed", "stopped"])
EVENTS = st.one_of(
    st.builds(lambda turn, last, n: piece(answer(f"{turn}", n, turn), last), TURNS, st.booleans(), st.integers(0, 2)),
    st.builds(confirm, TURNS),
    st.builds(lambda turn, reason: ("cancel", Cancel(turn, reason), 0), TURNS, REASONS),
    st.just(("alert", ALERT, 0)),
    st.builds(lambda last: piece(notice("n"), last), st.booleans()),
    st.builds(lambda turn: ("effect", Effect(turn, "stop"), 0), TURNS),
)


@given(st.lists(EVENTS, max_size=40))
def test_whatever_happens_nothing_of_an_unconfirmed_turn_reaches_the_speaker(events: list[Arrival]) -> None:
    floor = Floor(RATE_HZ)
    confirmed: set[TurnRef] = set()
    for arrival in events:
        if isinstance(arrival[1], TurnConfirmed):
            confirmed.add(arrival[1].turn)
        for item in run_stage(floor, [arrival]):
            turn = getattr(item, "turn", None)
            assert turn is None or turn in confirmed
