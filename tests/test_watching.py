"""Whether something comes closer is answered only by alerts that are awake; status knows whatever does not work."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import cv2
import numpy as np
import pytest

from edgemm.media import NS_PER_S
from runtime.items import Alert, Answer, Fault, Press, SourceState, Tone, ViewState, Watched
from runtime.skills.watching import why_unwatched
from runtime.table.pipeline import pipeline
from tests.moving_pictures import photograph
from tests.scenes import AHEAD, NOW_NS, HandMadeLook, refused, scene, spoken
from tests.whole_line import SeesNothing as Detector
from tests.whole_line import Told, asked, film, parts, played

QUESTIONS = ["is a car coming", "is anything coming", "is something coming closer", "is anything approaching"]
SEEN_NOTHING = "I don't see anything coming closer"


def pictures(count: int, turn_from: int | None = None, turned: int = 6, light: float = 1.0) -> Iterator[np.ndarray]:
    """A camera with sensor noise that stands still, and may turn for a while by a tenth of its width a picture."""
    noise = np.random.default_rng(0).normal(0.0, 2.0, (360, 640, 3)).astype(np.float32)
    wide = photograph("coffee", 1280, 360).astype(np.float32)
    for number in range(count):
        steps = 0 if turn_from is None else min(max(0, number - turn_from), turned)
        shown = np.roll(wide, -64 * steps, axis=1)[:, :640] * light
        yield np.clip(shown + np.roll(noise, 7 * number, axis=0), 0, 255).astype(np.uint8)


def asked_at(at_s: float, question: str, shown: Iterator[np.ndarray], line: object | None = None) -> Answer:
    rows = pipeline(line or parts())  # type: ignore[arg-type]
    [answer] = played(rows, film(shown), asked(at_s, question), end_s=at_s + 2.0).answers
    assert answer.skill == "warn"
    return answer


@pytest.mark.parametrize("question", QUESTIONS)
def test_while_everything_watches_it_says_that_it_sees_nothing_come(question: str) -> None:
    answer = asked_at(3.05, question, pictures(40))
    assert SEEN_NOTHING in answer.text and not answer.refused


def failing(stage: str, line: object) -> tuple[object, ...]:
    """The table with one stage that fails on every item."""

    class Fails:
        def step(self, port: str, item: object, now_ns: int) -> Iterator[object]:
            raise RuntimeError("model error")
            yield

    rows = pipeline(line)  # type: ignore[arg-type]
    return tuple(replace(row, stage=Fails()) if row.name == stage else row for row in rows)


@pytest.mark.parametrize("stage", ["look", "hazard", "frame_quality"])
def test_with_a_failing_eye_it_is_refused_and_status_does_not_say_that_all_works(stage: str) -> None:
    told = played(
        failing(stage, parts()),
        film(pictures(60)),
        asked(3.05, "is a car coming", 1),
        asked(5.05, "status", 2),
        end_s=7.0,
    )
    warned, status = told.answers
    assert warned.refused and SEEN_NOTHING not in warned.text
    assert "Everything works" not in status.text


def test_a_detector_that_begins_to_fail_is_noticed_within_a_second() -> None:
    answer = asked_at(4.5, "is a car coming", pictures(60), parts(Detector(fails_from_s=3.0)))
    assert answer.refused and SEEN_NOTHING not in answer.text


def test_with_alerts_off_it_is_refused_with_the_cause_and_status_says_so() -> None:
    line = parts(alerts=False)
    answer = asked_at(3.05, "is a car coming", pictures(40), line)
    assert answer.refused and "alerts are switched off" in answer.text
    [status] = played(pipeline(line), film(pictures(40)), asked(3.05, "status"), end_s=5.0).answers
    assert "Everything works" not in status.text and "alerts are switched off" in status.text


def test_of_one_still_picture_it_is_refused() -> None:
    still = next(pictures(1))
    for at_s in (0.3, 1.05, 3.05):
        answer = asked_at(at_s, "is a car coming", iter([still] * 50))
        assert answer.refused and SEEN_NOTHING not in answer.text


@pytest.mark.parametrize("after_s", [0.1, 0.5, 0.9])
def test_while_the_head_turns_and_just_after_it_is_refused(after_s: float) -> None:
    answer = asked_at(2.6 + after_s, "is a car coming", pictures(60, turn_from=20))
    assert answer.refused and "hold the camera still" in answer.text.lower()


def test_a_while_after_a_turn_of_the_head_it_is_answered() -> None:
    assert SEEN_NOTHING in asked_at(4.55, "is a car coming", pictures(60, turn_from=20)).text


def test_of_pictures_that_change_their_size_it_is_refused_and_nothing_fails() -> None:
    shown = [cv2.resize(p, (640, 200 + 10 * (i % 5))) for i, p in enumerate(pictures(50))]
    told = played(pipeline(parts()), film(shown), asked(3.05, "is a car coming"), end_s=5.0)
    assert told.answers[0].refused
    assert not [item for _, item in told.items if isinstance(item, Fault)]


def test_a_moment_after_the_last_picture_it_is_refused() -> None:
    assert asked_at(4.2, "is a car coming", pictures(30)).refused


@pytest.mark.parametrize(
    ("watched", "sees"),
    [
        (None, False),
        (Watched(1, NOW_NS), True),
        (Watched(1, NOW_NS - NS_PER_S), True),
        (Watched(1, NOW_NS - NS_PER_S - 1), False),
        (Watched(1, NOW_NS, "view"), False),
        (Watched(1, NOW_NS, "unsteady"), False),
        (Watched(1, NOW_NS, "still"), False),
    ],
)
def test_alerts_are_awake_while_a_picture_of_the_last_second_could_show_an_approach(
    watched: Watched | None, sees: bool
) -> None:
    assert (why_unwatched(True, watched, NOW_NS) is None) == sees
    assert why_unwatched(False, watched, NOW_NS) is not None


def test_a_recent_alert_is_the_answer_even_while_the_camera_moves() -> None:
    alert = Alert("car", 7, NOW_NS, AHEAD, 0.8, "Car ahead, coming closer.")
    look = HandMadeLook(alert=(NOW_NS - NS_PER_S, alert), unwatched="the picture has just changed.")
    assert spoken("warn", "is a car coming", look) == "Car ahead, coming closer."


@pytest.mark.parametrize("source", ["camera", "microphone", "speaker", "button"])
@pytest.mark.parametrize("state", ["missing", "stalled"])
def test_status_names_every_source_that_is_lost(source: str, state: str) -> None:
    gone = SourceState(source, state, remedy="Plug it in.")  # type: ignore[arg-type]
    said = spoken("status", "status", HandMadeLook(sources={source: gone}))
    assert f"{source} is {state}. Plug it in." in said and "Everything works" not in said


@pytest.mark.parametrize("stage", ["recogniser", "route", "voice", "alert_voice", "speaker", "answer", "a_new_one"])
def test_status_tells_of_a_stage_that_failed_in_the_last_minute(stage: str) -> None:
    said = spoken("status", "status", HandMadeLook(faults_ns={stage: NOW_NS - 50 * NS_PER_S}))
    assert "Everything works" not in said and "could not always" in said and "_" not in said
    assert "Everything works" in spoken(
        "status", "status", HandMadeLook(faults_ns={stage: NOW_NS - 61 * NS_PER_S}, now_ns=NOW_NS)
    )


@pytest.mark.parametrize("state", ["dark", "bright", "blurred", "covered", "frozen", "stale", "missing"])
def test_status_tells_of_a_view_that_is_unusable(state: str) -> None:
    look = HandMadeLook(scene(), view=ViewState(7, NOW_NS, state))  # type: ignore[arg-type]
    assert "works" not in spoken("status", "status", look)


def test_status_tells_of_alerts_that_are_blind() -> None:
    said = spoken("status", "status", HandMadeLook(unwatched="the picture does not move at all."))
    assert "Everything works" not in said and "does not move" in said


def test_an_ended_video_is_neither_answered_from_nor_called_a_lost_camera() -> None:
    over = SourceState(
        "camera", "ended", "film.mp4 has been played", "The video is over. Start again to play it again."
    )
    look = HandMadeLook(sources={"camera": over})
    for skill, question in (("warn", "is a car coming"), ("describe", "what do you see")):
        said = spoken(skill, question, look)
        assert "the video is over" in said and "cable" not in said and refused(skill, question, look)


def test_a_detector_that_hangs_is_not_blamed_on_the_camera() -> None:
    look = HandMadeLook(scene(time_ns=NOW_NS - 3 * NS_PER_S), view=ViewState(7, NOW_NS, "ok"))
    assert refused("describe", "what do you see", look)
    assert "camera" not in spoken("describe", "what do you see", look)


@pytest.mark.parametrize(("skill", "question"), [("describe", "what do you see"), ("is_there", "is there a cup")])
def test_nothing_is_answered_from_a_picture_that_nobody_could_judge(skill: str, question: str) -> None:
    assert refused(skill, question, HandMadeLook(faults_ns={"frame_quality": NOW_NS - NS_PER_S // 10}))
    assert "judge" not in spoken(skill, question, HandMadeLook(faults_ns={"frame_quality": NOW_NS - 5 * NS_PER_S}))


def said_unasked(told: Told) -> list[str]:
    return [text for _, text in told.heard if text]


def test_a_view_that_becomes_dark_is_told_unasked_and_told_when_it_is_light_again() -> None:
    shown = [*pictures(40), *pictures(60, light=0.05), *pictures(60)]
    said = said_unasked(played(pipeline(parts()), film(shown), end_s=18.0))
    assert [text.split(".")[0] for text in said] == [
        "I can't warn you of what comes closer now: the picture is dark",
        "The picture is clear again",
    ]


def test_with_good_pictures_nothing_is_said_unasked() -> None:
    assert said_unasked(played(pipeline(parts()), film(pictures(100)), end_s=10.0)) == []


def test_after_stop_nothing_sounds_any_more() -> None:
    rows = pipeline(parts())
    told = played(rows, film(pictures(90)), asked(2.05, "what can I ask", 1), asked(3.05, "stop", 2), end_s=9.0)
    assert [item for time_s, item in told.items if isinstance(item, Tone) and time_s > 3.0] == []
    assert [text for time_s, text in told.heard if time_s > 3.1] == []
    assert [text for time_s, text in told.heard if time_s < 3.0]


@pytest.mark.parametrize("after_s", [0.004, 0.3])
def test_after_edgemm_stop_the_answer_that_was_being_worked_on_is_not_heard(after_s: float) -> None:
    stop = [(int((2.05 + after_s) * NS_PER_S), "daemon", Press("command"))]
    told = played(pipeline(parts()), film(pictures(50)), asked(2.05, "what can I ask"), stop, end_s=5.0)
    assert [text for time_s, text in told.heard if time_s > 2.1 + after_s] == []


def test_an_alert_is_the_most_urgent_of_what_the_floor_hears() -> None:
    rows = {row.name: row for row in pipeline(parts())}
    assert rows["floor"].links[0].item is Alert and rows["floor"].links[0].producer == "hazard"
