"""Faults are spoken once with their remedy, recoveries too; tones fill a long wait; a press silences or listens."""

from __future__ import annotations

import os
import struct
from pathlib import Path

import pytest

from edgemm.errors import DeviceError
from edgemm.media import NS_PER_MS, NS_PER_S
from runtime.items import (
    Cancel,
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
    Wake,
)
from runtime.sources.button import Button
from runtime.sources.keyboard import Keyboard
from runtime.stages import Stage
from runtime.stages.notices import Notices
from runtime.stages.press import PressStage

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


def test_a_flapping_cable_does_not_chatter() -> None:
    notices = Notices()
    told = [
        item
        for second in range(20)
        for state in (GONE, SourceState("camera", "ok"))
        for item in notices.step("source", state, second * NS_PER_S)
    ]
    assert len(told) == 2


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
