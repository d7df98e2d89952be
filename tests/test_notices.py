"""Faults are spoken once with their remedy, recoveries too; tones fill a long wait; a press silences or listens."""

from __future__ import annotations

import os
import struct
from dataclasses import replace
from pathlib import Path

import pytest

from edgemm.errors import DeviceError
from edgemm.media import NS_PER_MS, NS_PER_S
from runtime.items import (
    Cancel,
    Effect,
    Fault,
    Item,
    Playback,
    Press,
    Say,
    SourceState,
    SpeakerClear,
    Tick,
    Tone,
    TurnConfirmed,
    TurnRef,
    TurnText,
    ViewState,
    Wake,
    Watched,
)
from runtime.skills.troubles import MISSED
from runtime.sources.button import Button
from runtime.sources.keyboard import Keyboard
from runtime.stages import Stage
from runtime.stages.notices import Notices, NoticeSettings
from runtime.stages.press import PressStage
from runtime.table.pipeline import pipeline
from tests.whole_line import WordCounts, parts

TURN = TurnRef(3, 1)
GONE = SourceState("camera", "missing", remedy="Plug the camera in.")


def said(stage: Stage, item: Item, now_ms: int = 0) -> list[Item]:
    return list(stage.step("port", item, now_ms * NS_PER_MS))


def test_a_lost_camera_is_told_with_its_remedy_once_and_its_return_too() -> None:
    notices = Notices()
    assert said(notices, SourceState("camera", "ok")) == []
    assert said(notices, GONE) == [Say("The camera is missing. Plug the camera in.", "notice")]
    assert said(notices, GONE) == []
    assert said(notices, SourceState("camera", "ok")) == [Say("The camera works again.", "notice")]


def over_time(stage: Stage, until_s: float, *happens: tuple[float, Item]) -> list[tuple[float, str]]:
    """What is said, with ticks at 20 Hz in between: (time in s, words)."""
    told: list[tuple[float, str]] = []
    waiting = sorted(happens, key=lambda pair: pair[0])
    for tick in range(int(until_s * 20)):
        time_s = tick / 20
        arrived = [item for at_s, item in waiting if time_s <= at_s < time_s + 0.05]
        for item in (*arrived, Tick()):
            told += [(time_s, i.text) for i in stage.step("port", item, int(time_s * NS_PER_S)) if isinstance(i, Say)]
    return told


def view(state: str, at_s: float = 0.0) -> tuple[float, ViewState]:
    return at_s, ViewState(1, 0, state)  # type: ignore[arg-type]


def watched(from_s: float, to_s: float) -> list[tuple[float, Item]]:
    """The hazard stage at work, ten times a second."""
    return [(tenth / 10, Watched(tenth, 0)) for tenth in range(round(from_s * 10), round(to_s * 10))]


OK = SourceState("camera", "ok")


def test_a_flapping_cable_does_not_chatter() -> None:
    told = over_time(Notices(), 20.0, *[(s, state) for s in range(20) for state in (GONE, OK)])
    assert len(told) == 2


@pytest.mark.parametrize("source", ["camera", "microphone", "speaker", "button"])
@pytest.mark.parametrize("back_s", [1.0, 5.0, 12.0])
def test_lost_back_and_lost_again_ends_with_what_is_so(source: str, back_s: float) -> None:
    gone, back = replace(GONE, source=source), replace(OK, source=source)  # type: ignore[arg-type]
    told = over_time(Notices(), 20.0, (0.0, gone), (back_s, back), (back_s + 3.0, gone))
    assert [text.split()[2:4] for _, text in told] == [["is", "missing."], ["works", "again."], ["is", "missing."]]


@pytest.mark.parametrize("flips", [4, 5, 8, 9])
def test_however_often_it_flips_the_last_word_is_what_is_so_and_words_are_few(flips: int) -> None:
    told = over_time(Notices(), 90.0, *[(4.0 * flip, (GONE, OK)[flip % 2]) for flip in range(flips)])
    assert ("missing" in told[-1][1]) == (flips % 2 == 1)
    assert len(told) <= 5


def test_a_video_that_is_over_is_told_as_such_and_not_as_a_lost_camera() -> None:
    over = SourceState(
        "camera", "ended", "film.mp4 has been played", "The video is over. Start again to play it again."
    )
    happens = [view("ok"), *watched(0, 5), (5.0, over), view("stale", 6.0), view("missing", 10.0)]
    told = over_time(Notices(), 60.0, *happens)
    assert [text for _, text in told] == ["The video is over. Start again to play it again."]


@pytest.mark.parametrize("state", ["dark", "covered", "frozen", "stale", "missing", "blurred", "bright"])
def test_a_view_in_which_alerts_are_blind_is_told_unasked_once_and_when_it_is_good_again(state: str) -> None:
    happens = [view("ok"), *watched(0, 10), view(state, 10.0), *watched(70, 80), view("ok", 70.0)]
    told = over_time(Notices(), 80.0, *happens)
    assert [9.9 < told[0][0] < 12.5, told[1][0]] == [True, 70.0]
    assert told[0][1].startswith(("I can't warn you", "I may miss what comes closer"))
    assert [text for _, text in told[1:]] == ["The picture is clear again."]


def test_a_camera_that_takes_its_time_to_open_is_no_news_and_one_that_never_does_is() -> None:
    slow = [view("missing", 1.0), view("ok", 6.0), *watched(6, 20)]
    assert over_time(Notices(), 20.0, *slow) == []
    [(time_s, text)] = over_time(Notices(), 40.0, view("missing", 1.0))
    assert time_s < 10.0 and "no picture from the camera" in text


def test_a_hand_before_the_lens_is_no_news_and_trees_over_the_path_are_told_twice_a_minute_at_most() -> None:
    assert over_time(Notices(), 9.0, view("ok"), view("covered", 2.0), view("ok", 3.0), *watched(0, 9)) == []
    trees = [view(("ok", "dark")[flip % 2], 3.0 * flip) for flip in range(40)]
    assert len(over_time(Notices(), 120.0, *trees)) <= 9


def test_who_does_not_rely_on_alerts_is_not_told_of_a_dark_view() -> None:
    assert over_time(Notices(NoticeSettings(on_duty=False)), 20.0, view("ok"), view("dark", 2.0)) == []


def test_alerts_that_stop_although_the_picture_is_good_are_told_and_when_they_are_back() -> None:
    told = over_time(Notices(), 60.0, view("ok"), *watched(0, 10), *watched(40, 60))
    assert [text for _, text in told] == [
        "Something went wrong: I can't warn you of things that come closer right now.",
        "I watch again for things that come closer.",
    ]
    assert [10 < told[0][0] < 14, told[1][0]] == [True, 40.0]


def test_alerts_that_never_begin_are_told() -> None:
    assert "can't warn you" in over_time(Notices(), 10.0, view("ok"))[0][1]


STAGES = [row.name for row in pipeline(parts(wake=WordCounts()))]


@pytest.mark.parametrize("stage", STAGES)
def test_a_failing_stage_is_told_as_what_is_missing_and_by_no_stage_s_name(stage: str) -> None:
    told = said(Notices(), Fault(stage, "IndexError: index 3 is out of bounds"))
    if stage in ("voice", "floor", "speaker"):  # speech itself fails: only a tone can say so
        assert told == [Tone("fault")]
        return
    [say] = told
    assert isinstance(say, Say) and "can't" in say.text and stage in MISSED
    assert not any(word in say.text for word in ("IndexError", "stage", "_", "hazard", "recogniser", "go on without"))


def test_a_watcher_that_fails_again_and_again_is_told_once_and_when_it_watches_again() -> None:
    faults = [(tenth / 10, Fault("hazard", "boom")) for tenth in range(100, 500)]
    told = over_time(Notices(), 60.0, view("ok"), *watched(0, 10), *faults, *watched(50, 60))
    assert [round(time_s) for time_s, _ in told] == [10, 50]
    assert "can't warn you of things that come closer" in told[0][1]


def test_one_picture_in_which_it_failed_does_not_nag() -> None:
    faults = [(4.0 * number + 0.05, Fault("hazard", "boom")) for number in range(26)]
    assert len(over_time(Notices(), 104.0, view("ok"), *watched(0, 104), *faults)) <= 8


STOPS = [Effect(TURN, "stop"), SpeakerClear("interrupted")]


@pytest.mark.parametrize("stop", STOPS, ids=["said", "pressed"])
@pytest.mark.parametrize("after_ms", [10, 300])
def test_after_a_stop_no_tone_sounds_until_the_next_turn(stop: Item, after_ms: int) -> None:
    notices = Notices()
    said(notices, TurnConfirmed(TURN, 0))
    said(notices, Tick(), after_ms)
    said(notices, stop, after_ms)
    assert [tone for at_ms in range(after_ms, 5000, 50) for tone in said(notices, Tick(), at_ms)] == []
    said(notices, TurnConfirmed(TurnRef(4, 0), 0), 5000)
    assert said(notices, Tick(), 5300) == [Tone("heard")]


def test_when_speech_itself_fails_a_tone_says_so() -> None:
    assert said(Notices(), Fault("voice", "boom")) == [Tone("fault")]
    assert "look" in said(Notices(), Fault("look", "boom"))[0].text


def test_tones_fill_a_long_wait_and_stay_away_from_a_quick_answer() -> None:
    slow, quick = Notices(), Notices()
    for stage in (slow, quick):
        said(stage, TurnConfirmed(TURN, 0))
    said(quick, Playback(1, "started", "A cup.", TURN), 100)
    assert [tone for at_ms in range(0, 3000, 100) for tone in said(quick, Tick(), at_ms)] == []
    assert [tone for at_ms in range(0, 3000, 100) for tone in said(slow, Tick(), at_ms)] == [
        Tone("heard"),
        Tone("thinking"),
    ]


def test_a_turn_that_was_not_for_us_makes_no_tone_although_it_is_confirmed() -> None:
    notices = Notices()
    said(notices, Cancel(TURN, "not_addressed"))
    said(notices, TurnConfirmed(TURN, 0))
    assert [tone for at_ms in range(0, 3000, 100) for tone in said(notices, Tick(), at_ms)] == []


def test_a_press_silences_what_sounds_and_otherwise_listens() -> None:
    press = PressStage()
    assert said(press, Press("key")) == [Wake("button")]
    said(press, Playback(7, "started", "A long answer.", TURN))
    assert said(press, Press("key")) == [Cancel(TURN, "interrupted"), SpeakerClear("interrupted")]
    said(press, Playback(7, "cut", "A long answer.", TURN))
    assert said(press, Press("command")) == []


def test_typed_lines_are_confirmed_questions_and_an_empty_one_is_a_press() -> None:
    reader, writer = os.pipe()
    with os.fdopen(reader) as stream, os.fdopen(writer, "w") as terminal:
        keyboard = Keyboard(stream)
        terminal.write("is there a cup?\n")
        terminal.flush()
        question = keyboard.read()
        assert isinstance(question, TurnText) and question.text == "is there a cup?"
        assert keyboard.read() == TurnConfirmed(question.turn, 0)
        terminal.write("\n")
        terminal.flush()
        assert keyboard.read() == Press("key")
        terminal.close()
        assert keyboard.read() is None


def test_a_button_reports_key_down_only_and_a_missing_one_is_a_device_error(tmp_path: Path) -> None:
    device = tmp_path / "event0"
    os.mkfifo(device)
    button = Button(device)
    button.open()
    writer = os.open(device, os.O_WRONLY)
    for kind, value in ((1, 1), (1, 0), (0, 0)):
        os.write(writer, struct.pack("@llHHi", 0, 0, kind, 28, value))
    assert [button.read() for _ in range(3)] == [Press("button"), None, None]
    os.close(writer)
    with pytest.raises(DeviceError):
        button.read()
    button.close()
    with pytest.raises(DeviceError, match="group `input`"):
        Button(tmp_path / "none").open()
