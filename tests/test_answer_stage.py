"""The answer stage: the newest scene, sentences in order, and the whole answer with its evidence and age."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

import numpy as np

from edgemm.media import NS_PER_MS, NS_PER_S, VideoFrame
from runtime.evidence import Evidence
from runtime.items import (
    Alert,
    Answer,
    Effect,
    Item,
    Playback,
    Routed,
    Say,
    Scene,
    SourceState,
    TurnRef,
    ViewState,
    Working,
)
from runtime.skills import SKILLS
from runtime.stages.answer import AnswerStage
from runtime.stages.clock import WallClock
from tests.scenes import AHEAD, NOW_NS, scene, thing

START = WallClock(datetime(2026, 11, 24, 17, 0), start_ns=0)


class Lines:
    """A reader that finds a line in each of two passes."""

    kind = "text"

    def __init__(self) -> None:
        self.passes = 0

    def gather(self, frame: VideoFrame, known: tuple[Evidence, ...]) -> Iterator[tuple[Evidence, ...]]:
        found: tuple[Evidence, ...] = ()
        for i, line in enumerate(("Platform 4", "Way out")):
            self.passes += 1
            found += (
                Evidence("text", line, 0.9, (0.1, 0.1 + i / 4, 0.9, 0.2 + i / 4), "lines", NOW_NS, frame.frame_id),
            )
            yield found


def routed(skill: str, text: str, turn_id: int = 1, addressed: bool = True) -> Routed:
    return Routed(TurnRef(turn_id, 0), text, skill, 0.9, addressed, SKILLS[skill].slots(text))


def feed(stage: AnswerStage, item: Item, now_ns: int = NOW_NS) -> list[Item]:
    return list(stage.step("any", item, now_ns))


def answer_of(items: list[Item]) -> Answer:
    (answer,) = (item for item in items if isinstance(item, Answer))
    return answer


def test_a_turn_is_answered_in_order_and_ends_with_the_whole_answer() -> None:
    stage = AnswerStage({}, START)
    feed(stage, scene(thing("cup"), thing("dog", (0.7, 0.1, 0.9, 0.4))))
    items = feed(stage, routed("describe", "what do you see"), NOW_NS + 120 * NS_PER_MS)
    says = [item for item in items if isinstance(item, Say)]
    assert [say.sequence for say in says] == [0, 1] and all(say.turn == TurnRef(1, 0) for say in says)
    answer = answer_of(items)
    assert items[-1] is answer and answer.text == " ".join(say.text for say in says)
    assert answer.frame_age_ms == 120.0 and not answer.refused
    assert {e.label for e in answer.evidence} == {"cup", "dog"}


def test_an_answer_is_as_old_as_the_oldest_of_what_it_rests_on() -> None:
    stage = AnswerStage({}, START)
    old = replace(thing("dog", (0.7, 0.1, 0.9, 0.4)), capture_time_ns=NOW_NS - 300 * NS_PER_MS)
    feed(stage, scene(thing("cup"), old))
    now_ns = NOW_NS + 100 * NS_PER_MS
    assert answer_of(feed(stage, routed("describe", "what do you see"), now_ns)).frame_age_ms == 400.0
    assert answer_of(feed(stage, routed("is_there", "is there a cup"), now_ns)).frame_age_ms == 100.0


def test_the_newest_scene_counts() -> None:
    stage = AnswerStage({}, START)
    feed(stage, scene(thing("cup")))
    feed(stage, scene(thing("dog")))
    assert answer_of(feed(stage, routed("is_there", "is there a cup"))).text == "I don't see a cup."


def test_an_old_scene_is_refused() -> None:
    stage = AnswerStage({}, START)
    feed(stage, scene(thing("cup")))
    answer = answer_of(feed(stage, routed("is_there", "is there a cup"), NOW_NS + 2 * NS_PER_S))
    assert answer.refused and answer.frame_age_ms == 2000.0


def test_the_view_and_the_camera_are_heeded() -> None:
    stage = AnswerStage({}, START)
    feed(stage, scene(thing("cup")))
    feed(stage, ViewState(7, NOW_NS, "covered"))
    assert "covers the camera" in answer_of(feed(stage, routed("describe", "what do you see"))).text
    feed(stage, SourceState("camera", "missing", remedy="Plug the camera in."))
    assert "Plug the camera in." in answer_of(feed(stage, routed("describe", "what do you see"))).text


def test_a_turn_that_is_not_addressed_is_not_answered() -> None:
    assert feed(AnswerStage({}, START), routed("describe", "nice weather", addressed=False)) == []


def test_an_observer_is_opened_on_first_use_and_keeps_what_it_found_on_a_frame() -> None:
    opened: list[Lines] = []

    def open_reader() -> Lines:
        opened.append(Lines())
        return opened[-1]

    stage = AnswerStage({"text": open_reader}, START)
    feed(stage, scene())
    assert opened == []
    items = feed(stage, routed("read_text", "read this"))
    assert answer_of(items).text == "Platform 4. Way out."
    assert sum(isinstance(item, Working) for item in items) >= 2
    feed(stage, routed("read_text", "read this", turn_id=2))
    assert len(opened) == 1 and opened[0].passes == 2


def test_the_first_line_is_spoken_before_the_last_is_read() -> None:
    reader = Lines()
    stage = AnswerStage({"text": lambda: reader}, START)
    feed(stage, scene())
    first = next(
        item for item in stage.step("routed", routed("read_text", "read this"), NOW_NS) if isinstance(item, Say)
    )
    assert first.text == "Platform 4." and reader.passes == 1


def test_an_answer_closed_in_the_middle_leaves_the_stage_ready() -> None:
    stage = AnswerStage({"text": Lines}, START)
    feed(stage, scene())
    running = stage.step("routed", routed("read_text", "read this"), NOW_NS)
    assert isinstance(next(running), Working)
    running.close()  # type: ignore[attr-defined]
    assert answer_of(feed(stage, routed("read_text", "read this", turn_id=2))).text == "Platform 4. Way out."


def test_reading_goes_on_where_an_interrupted_answer_left_it() -> None:
    reader = Lines()
    stage = AnswerStage({"text": lambda: reader}, START)
    feed(stage, scene())
    running = stage.step("routed", routed("read_text", "read this"), NOW_NS)
    assert any(isinstance(item, Say) for item in running)
    running.close()  # type: ignore[attr-defined]
    assert answer_of(feed(stage, routed("read_text", "read this", turn_id=2))).text == "Platform 4. Way out."
    assert reader.passes == 2


def test_a_new_frame_is_read_anew() -> None:
    reader = Lines()
    stage = AnswerStage({"text": lambda: reader}, START)
    feed(stage, scene())
    feed(stage, routed("read_text", "read this"))
    fresh = scene()
    feed(stage, replace(fresh, frame=replace(fresh.frame, frame_id=8)))
    feed(stage, routed("read_text", "read this", turn_id=2))
    assert reader.passes == 4


def test_repeat_says_what_was_heard_of_the_last_answer() -> None:
    stage = AnswerStage({}, START)
    for state, text, turn_id in [("started", "A dog.", 1), ("started", "A cup.", 2), ("started", "At two.", 2)]:
        feed(stage, Playback(0, state, text, TurnRef(turn_id, 0)))  # type: ignore[arg-type]
    feed(stage, Playback(0, "started", "The camera is gone.", None))
    assert answer_of(feed(stage, routed("repeat", "say that again", turn_id=3))).text == "A cup. At two."


def test_an_alert_is_remembered_for_the_question_whether_anything_comes() -> None:
    stage = AnswerStage({}, START)
    feed(stage, scene())
    feed(stage, Alert("car", 7, NOW_NS, AHEAD, 0.9, "Car ahead, coming closer."))
    assert answer_of(feed(stage, routed("warn", "is anything coming"))).text == "Car ahead, coming closer."


def test_effects_are_items_of_the_turn() -> None:
    assert Effect(TurnRef(1, 0), "volume", 1.0) in feed(AnswerStage({}, START), routed("volume", "louder"))


def test_time_is_the_sessions() -> None:
    answer = answer_of(feed(AnswerStage({}, START), routed("time_date", "what time is it"), 420 * NS_PER_S))
    assert answer.text == "5:07 PM." and answer.frame_age_ms is None


def test_a_scene_keeps_its_pixels_unchanged_and_is_not_copied() -> None:
    stage, shown = AnswerStage({}, START), scene(thing("cup"))
    feed(stage, shown)
    before = shown.frame.pixels
    feed(stage, routed("describe", "what do you see"))
    assert isinstance(shown, Scene) and shown.frame.pixels is before and not np.any(before)


class Names:
    """A classifier's observer that counts its passes: a crop, then the whole picture."""

    kind = "label"
    passes = 0

    def gather(self, frame: VideoFrame, known: tuple[Evidence, ...]) -> Iterator[tuple[Evidence, ...]]:
        found: tuple[Evidence, ...] = ()
        for region in (AHEAD, None):
            self.passes += 1
            found += (Evidence("label", "cup", 0.9, region, "names", NOW_NS, frame.frame_id),)
            yield found


def test_a_doubtful_thing_costs_one_look_at_its_crop_and_none_at_the_whole_picture() -> None:
    names = Names()
    stage = AnswerStage({"label": lambda: names}, START)
    feed(stage, scene(thing("cup", AHEAD, 0.4)))
    assert answer_of(feed(stage, routed("is_there", "is there a cup"))).text.startswith("Yes, a cup")
    assert names.passes == 1
