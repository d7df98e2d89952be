"""Where a turn begins and ends: the state machine, its rule, and what it promises to the rest."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runtime.items import (
    Cancel,
    Item,
    Playback,
    Routed,
    SpeakerClear,
    SpeechStarted,
    Tick,
    TurnAudio,
    TurnCompletion,
    TurnConfirmed,
    TurnRef,
    Wake,
)
from runtime.stages.end_of_turn import EndOfTurn, State
from runtime.stages.turn_rules import TurnSettings
from tests.stage_harness import WINDOW_MS, Arrival, ns, only, run_stage, voiced, windows

SPEECH = [True] * windows(640)
LONG_SILENCE = [False] * windows(1500)


def speech(ms: float) -> list[bool]:
    return [True] * windows(ms)


def silence(ms: float) -> list[bool]:
    return [False] * windows(ms)


def routed(turn: TurnRef, score: float = 0.9, *, unfinished: bool = False) -> Routed:
    return Routed(turn, "Is there a cup?", "is_there", score, addressed=True, unfinished=unfinished)


def confirmed_after_ms(stage: EndOfTurn, witnesses: list[tuple[str, Item]]) -> float:
    """Silence between the end of speech and the confirmation, when the witnesses speak right after the guess."""
    run_stage(stage, voiced(SPEECH + silence(96)))
    start_ms = len(SPEECH + silence(96)) * WINDOW_MS
    assert stage.state is State.PAUSING
    items = run_stage(stage, [(port, item, start_ms) for port, item in witnesses])
    for number, arrival in enumerate(voiced(LONG_SILENCE, start_ms)):
        items += run_stage(stage, [arrival])
        if only(TurnConfirmed, items):
            return 96 + (number + 1) * WINDOW_MS
    raise AssertionError("not confirmed")


def test_a_turn_is_started_guessed_at_the_first_pause_and_confirmed_by_silence() -> None:
    items = run_stage(EndOfTurn(), voiced(silence(320) + SPEECH + LONG_SILENCE))
    kinds = [type(item) for item in items if not (isinstance(item, TurnAudio) and item.purpose == "partial")]
    assert kinds == [SpeechStarted, Cancel, TurnAudio, TurnConfirmed]
    guess = only(TurnAudio, items)[-1]
    assert guess.purpose == "guess"
    assert only(TurnConfirmed, items)[0].turn == guess.turn
    assert only(TurnConfirmed, items)[0].end_time_ns == ns(320 + 640)


def test_the_guess_holds_the_sound_from_before_the_first_word_to_the_first_silence() -> None:
    items = run_stage(EndOfTurn(), voiced(silence(640) + SPEECH + LONG_SILENCE))
    guess = only(TurnAudio, items)[-1]
    first, last = int(guess.samples[0]), int(guess.samples[-1])
    assert list(guess.samples[::512]) == list(range(first, last + 1))
    assert first == 20 - windows(200)
    assert last == 20 + len(SPEECH) + windows(96) - 1
    assert guess.start_time_ns == ns(first * WINDOW_MS)
    assert guess.end_time_ns == ns(640 + 640)


def test_speech_that_goes_on_voids_the_guess_and_the_next_guess_has_a_higher_revision() -> None:
    items = run_stage(EndOfTurn(), voiced(SPEECH + silence(160) + SPEECH + LONG_SILENCE))
    first, second = [item for item in only(TurnAudio, items) if item.purpose == "guess"]
    assert Cancel(first.turn, "speech_resumed") in items
    assert second.turn.turn_id == first.turn.turn_id
    assert second.turn.revision > first.turn.revision
    assert [item.turn for item in only(TurnConfirmed, items)] == [second.turn]


def test_partials_leave_at_most_twice_a_second_and_give_way_to_the_guess() -> None:
    items = run_stage(EndOfTurn(), voiced(speech(3200) + silence(96)))
    partials = [item for item in only(TurnAudio, items) if item.purpose == "partial"]
    ends = [item.end_time_ns for item in partials]
    assert len(partials) == 6
    assert all(later - earlier >= ns(500) for earlier, later in pairwise(ends))
    assert items[-2] == Cancel(partials[-1].turn, "superseded")
    assert items[-1].purpose == "guess"


def test_a_click_in_the_pause_neither_voids_the_guess_nor_prolongs_the_silence() -> None:
    items = run_stage(EndOfTurn(), voiced(SPEECH + silence(160) + [True] + LONG_SILENCE))
    assert not [item for item in only(Cancel, items) if item.reason == "speech_resumed"]
    assert only(TurnConfirmed, items)[0].end_time_ns == ns(640)


def test_noise_too_short_to_be_a_word_is_dropped_and_told() -> None:
    items = run_stage(EndOfTurn(), voiced(speech(96) + LONG_SILENCE))
    assert [type(item) for item in items] == [SpeechStarted, Cancel]
    assert items[-1].reason == "expired"


def test_a_turn_of_28_seconds_is_confirmed_as_it_is() -> None:
    items = run_stage(EndOfTurn(), voiced(speech(28_200)))
    guess = [item for item in only(TurnAudio, items) if item.purpose == "guess"]
    assert [item.turn for item in only(TurnConfirmed, items)] == [guess[0].turn]
    assert len(guess[0].samples) / 16 == pytest.approx(28_000, abs=WINDOW_MS)


@pytest.mark.parametrize(
    ("unfinished", "score", "sound", "required_ms"),
    [
        (False, 0.9, 0.01, 250),
        (False, 0.9, None, 250),
        (False, 0.7, 0.9, 400),
        (False, 0.7, 0.2, 700),
        (False, 0.7, None, 700),
        (True, 0.9, 0.9, 1100),
        (False, 0.1, 0.9, 1100),
        (None, 0.0, 0.9, 1100),
        (None, 0.0, None, 1100),
    ],
)
def test_the_silence_that_ends_a_turn_depends_on_text_and_sound(
    unfinished: bool | None, score: float, sound: float | None, required_ms: float
) -> None:
    witnesses: list[tuple[str, Item]] = []
    turn = TurnRef(1, 2)  # a partial, then the guess
    if sound is not None:
        witnesses.append(("completion", TurnCompletion(turn, sound)))
    if unfinished is not None:
        witnesses.append(("routed", routed(turn, score, unfinished=unfinished)))
    waited_ms = confirmed_after_ms(EndOfTurn(), witnesses)
    assert required_ms <= waited_ms < required_ms + WINDOW_MS


def test_a_witness_of_an_older_guess_is_not_heard() -> None:
    witnesses: list[tuple[str, Item]] = [("routed", routed(TurnRef(1, 1)))]
    assert confirmed_after_ms(EndOfTurn(), witnesses) >= 1100


def test_a_witness_that_comes_late_ends_the_turn_at_once_if_the_silence_was_long_enough() -> None:
    stage = EndOfTurn()
    run_stage(stage, voiced(SPEECH + silence(640)))
    assert run_stage(stage, [("completion", TurnCompletion(TurnRef(1, 2), 0.9), 1300)]) == []
    items = run_stage(stage, [("routed", routed(TurnRef(1, 2)), 1310)])
    assert [type(item) for item in items] == [TurnConfirmed]


WAKE = TurnSettings(listen="wake")


def test_without_a_wake_word_nothing_begins() -> None:
    assert run_stage(EndOfTurn(WAKE), voiced(SPEECH + LONG_SILENCE)) == []


def test_after_a_wake_word_one_turn_is_taken_and_known_to_be_for_us() -> None:
    arrivals: list[Arrival] = [("wake", Wake("word"), 0), *voiced(SPEECH + LONG_SILENCE + SPEECH + LONG_SILENCE)]
    items = run_stage(EndOfTurn(WAKE), arrivals)
    assert len(only(SpeechStarted, items)) == len(only(TurnConfirmed, items)) == 1
    assert all(item.woken for item in only(TurnAudio, items))


def test_a_follow_up_is_heard_but_not_taken_for_certain() -> None:
    items = run_stage(EndOfTurn(WAKE), [("wake", Wake("follow_up"), 0), *voiced(SPEECH + LONG_SILENCE)])
    assert only(TurnConfirmed, items)
    assert not any(item.woken for item in only(TurnAudio, items))


def test_eight_seconds_after_the_wake_word_nobody_listens_any_more() -> None:
    assert run_stage(EndOfTurn(WAKE), [("wake", Wake("word"), 0), *voiced(SPEECH, start_ms=8100)]) == []


SPOKEN = TurnRef(9, 3)


def playback(state: str, text: str = "I see a cup.") -> Playback:
    return Playback(5, state, text, SPOKEN)  # type: ignore[arg-type]


def test_with_a_loudspeaker_we_do_not_hear_ourselves_nor_the_room_just_after() -> None:
    arrivals: list[Arrival] = [("playback", playback("started"), 0), *voiced(SPEECH)]
    arrivals += [("playback", playback("finished"), 640), *voiced(speech(256), start_ms=640)]
    stage = EndOfTurn()
    assert run_stage(stage, arrivals) == []
    assert only(SpeechStarted, run_stage(stage, voiced(SPEECH, start_ms=960)))


def test_a_tone_does_not_close_the_ear() -> None:
    arrivals: list[Arrival] = [("playback", playback("started", ""), 0), *voiced(SPEECH)]
    assert only(SpeechStarted, run_stage(EndOfTurn(), arrivals))


def test_with_a_headset_speech_interrupts_once_and_becomes_a_turn() -> None:
    arrivals: list[Arrival] = [("playback", playback("started"), 0), *voiced(SPEECH + LONG_SILENCE)]
    items = run_stage(EndOfTurn(TurnSettings(duplex="headset")), arrivals)
    assert items.count(Cancel(SPOKEN, "interrupted")) == items.count(SpeakerClear("interrupted")) == 1
    assert only(TurnConfirmed, items)


@pytest.mark.parametrize(("ms", "interrupts"), [(96, False), (128, False), (160, True), (192, True), (320, True)])
def test_with_a_headset_160_ms_of_speech_interrupt(ms: float, interrupts: bool) -> None:
    arrivals: list[Arrival] = [("playback", playback("started"), 0), *voiced(speech(ms) + silence(320))]
    items = run_stage(EndOfTurn(TurnSettings(duplex="headset")), arrivals)
    assert (SpeakerClear("interrupted") in items) == interrupts


@pytest.mark.parametrize(("softly", "begins"), [(0.34, False), (0.36, False), (0.49, False), (0.5, True), (0.9, True)])
def test_a_turn_begins_with_probable_speech_only(softly: float, begins: bool) -> None:
    items = run_stage(EndOfTurn(), voiced([softly] * windows(640)))
    assert bool(only(SpeechStarted, items)) == begins


@pytest.mark.parametrize(("softly", "goes_on"), [(0.3, False), (0.34, False), (0.36, True), (0.45, True)])
def test_speech_once_begun_goes_on_down_to_a_lower_probability(softly: float, goes_on: bool) -> None:
    """The soft end of a word is not a pause: no guess is made on it."""
    items = run_stage(EndOfTurn(), voiced([*SPEECH, *[softly] * windows(320)]))
    guesses = [item for item in only(TurnAudio, items) if item.purpose == "guess"]
    assert (guesses == []) == goes_on


def test_with_a_headset_a_cough_does_not_interrupt() -> None:
    arrivals: list[Arrival] = [("playback", playback("started"), 0), *voiced(speech(96) + LONG_SILENCE)]
    assert not only(SpeakerClear, run_stage(EndOfTurn(TurnSettings(duplex="headset")), arrivals))


def test_the_wake_word_interrupts_us() -> None:
    items = run_stage(EndOfTurn(WAKE), [("playback", playback("started"), 0), ("wake", Wake("word"), 500)])
    assert items == [Cancel(SPOKEN, "interrupted"), SpeakerClear("interrupted")]


def test_a_microphone_that_goes_silent_does_not_keep_a_turn_open() -> None:
    stage = EndOfTurn()
    run_stage(stage, voiced(SPEECH))
    assert [item.reason for item in only(Cancel, run_stage(stage, [("tick", Tick(), 2000)]))] == ["expired"]
    run_stage(stage, voiced(SPEECH + silence(96), start_ms=3000))
    assert only(TurnConfirmed, run_stage(stage, [("tick", Tick(), 5000)]))


PATTERN = st.lists(st.tuples(st.booleans(), st.integers(1, 50)), min_size=1, max_size=30)


@given(PATTERN, st.lists(st.floats(0, 1), min_size=40, max_size=40))
def test_whatever_is_heard_each_turn_ends_exactly_once_and_revisions_grow(
    pattern: list[tuple[bool, int]], sounds: list[float]
) -> None:
    stage = EndOfTurn()
    items: list[Item] = []
    chances = iter(sounds)
    stream = [speaking for speaking, count in pattern for _ in range(count)] + LONG_SILENCE
    for arrival in voiced(stream):
        heard = run_stage(stage, [arrival])
        items += heard
        for guess in only(TurnAudio, heard):
            sound = next(chances, 0.5)
            items += run_stage(stage, [("completion", TurnCompletion(guess.turn, sound), arrival[2])])
            items += run_stage(stage, [("routed", routed(guess.turn, sound), arrival[2])])
    assert stage.state is State.IDLE
    started = [item.turn.turn_id for item in only(SpeechStarted, items)]
    ended = [item.turn.turn_id for item in items if isinstance(item, TurnConfirmed)]
    ended += [item.turn.turn_id for item in items if isinstance(item, Cancel) and item.reason == "expired"]
    assert started == sorted(set(started))
    assert sorted(ended) == started
    revisions = [item.turn for item in only(TurnAudio, items)]
    assert revisions == sorted(set(revisions))
    cancelled = {item.turn for item in only(Cancel, items)}
    for confirmed in only(TurnConfirmed, items):
        assert confirmed.turn not in cancelled
        guesses = [item for item in only(TurnAudio, items) if item.turn.turn_id == confirmed.turn.turn_id]
        assert guesses[-1].turn == confirmed.turn and guesses[-1].purpose == "guess"
