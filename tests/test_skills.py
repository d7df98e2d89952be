"""What each skill says about hand-made scenes: plainly, with "perhaps", or not at all."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

import pytest

from edgemm.media import NS_PER_S
from runtime.evidence.coco_imagenet import COCO_OF_SYNSET
from runtime.items import Alert, Effect, SourceState, ViewState
from runtime.language.things import THINGS
from runtime.skills import FALLBACK, SKILLS, Sentence
from tests.scenes import AHEAD, LEFT, NOW_NS, TURN, HandMadeLook, ask, refused, scene, spoken, thing

VIEW_QUESTIONS = [
    ("describe", "what do you see"),
    ("is_there", "is there a cup"),
    ("how_many", "how many people are there"),
    ("where_is", "where is the bottle"),
    ("read_text", "read this"),
    ("read_code", "read the code"),
    ("colour", "what colour is this"),
    ("warn", "is anything coming"),
]


# --- read text, read code, colour, light


def test_text_is_read_line_by_line_and_a_doubtful_line_is_hedged() -> None:
    lines = (
        thing("Platform 4", (0.1, 0.2, 0.9, 0.3), 0.95, "text"),
        thing("way out", (0.1, 0.6, 0.9, 0.7), 0.6, "text"),
    )
    assert spoken("read_text", "read this", HandMadeLook(found={"text": lines})) == "Platform 4. Perhaps: way out."


@pytest.mark.parametrize("marks", ["***", "• • •", "!!!", "— — —", "…", "☆", "()[]", " "])
def test_marks_without_a_letter_or_digit_are_not_read_aloud(marks: str) -> None:
    rule = thing(marks, (0.1, 0.4, 0.9, 0.5), 0.95, "text")
    assert refused("read_text", "read this", HandMadeLook(found={"text": (rule,)}))
    between = (thing("Platform 4", AHEAD, 0.95, "text"), rule, thing("Way out", AHEAD, 0.95, "text"))
    assert spoken("read_text", "read this", HandMadeLook(found={"text": between})) == "Platform 4. Way out."


def test_no_text_is_refused() -> None:
    assert refused("read_text", "read this", HandMadeLook())


@pytest.mark.parametrize(
    ("content", "answer"),
    [
        ("QR code\nhttps://example.com/menu?id=1", "QR code: a link to example.com."),
        ("QR code\nWIFI:T:WPA;S:Guests;P:secret;;", "QR code: the wireless network Guests."),
        ("bar code\n4006381333931", "Bar code: 4 0 0 6 3 8 1 3 3 3 9 3 1."),
        ("QR code\nHello", "QR code: Hello."),
    ],
)
def test_a_code_is_said_as_what_it_is(content: str, answer: str) -> None:
    look = HandMadeLook(found={"code": (thing(content, AHEAD, 1.0, "code"),)})
    assert spoken("read_code", "read the code", look) == answer


def test_colour_of_this_is_that_of_the_middle() -> None:
    look = HandMadeLook(found={"colour": (thing("mostly white and red", AHEAD, 0.6, "colour"),)})
    assert spoken("colour", "what colour is this", look) == "Mostly white and red."


def test_colour_of_a_thing_is_that_of_its_box() -> None:
    colours = (thing("white", (0.35, 0.35, 0.65, 0.65), 0.9, "colour"), thing("blue", LEFT, 0.9, "colour"))
    look = HandMadeLook(scene(thing("car", LEFT)), found={"colour": colours})
    assert spoken("colour", "what colour is the car?", look) == "Blue."


@pytest.mark.parametrize(
    ("name", "score", "said"),
    [
        ("brown", 0.9, "Brown."),
        ("mostly red and white", 0.5, "Perhaps mostly red and white."),
        ("light grey", 0.9, "Perhaps light grey."),
        ("mostly beige", 0.65, "Perhaps mostly beige."),
    ],
)
def test_a_colour_is_hedged_when_it_is_mixed_or_may_be_white_in_the_shade(name: str, score: float, said: str) -> None:
    look = HandMadeLook(scene(thing("car", LEFT)), found={"colour": (thing(name, LEFT, score, "colour"),)})
    assert spoken("colour", "what colour is the car?", look) == said


def test_colour_of_a_thing_that_is_not_in_view() -> None:
    assert spoken("colour", "what colour is the car", HandMadeLook()).startswith("I don't see a car.")


def test_light_answers_in_the_dark() -> None:
    dark = ViewState(7, NOW_NS, "dark")
    look = HandMadeLook(view=dark, found={"light": (thing("it is dark", AHEAD, 0.1, "light"),)})
    assert spoken("light", "is the light on", look) == "It is dark."


# --- warn


def test_warn_repeats_a_recent_alert() -> None:
    alert = Alert("car", 7, NOW_NS, AHEAD, 0.8, "Car ahead, coming closer.")
    look = HandMadeLook(alert=(NOW_NS - NS_PER_S, alert))
    assert spoken("warn", "is anything coming", look) == "Car ahead, coming closer."
    assert "don't see" in spoken("warn", "is anything coming", replace(look, alert=(NOW_NS - 9 * NS_PER_S, alert)))


# --- what needs no picture


def test_repeat_says_the_last_answer_again() -> None:
    assert spoken("repeat", "say that again", HandMadeLook(spoken=("A cup.", "At two."))) == "A cup. At two."
    assert refused("repeat", "say that again", HandMadeLook())


@pytest.mark.parametrize(
    ("skill", "text", "effect"),
    [
        ("stop", "stop", Effect(TURN, "stop")),
        ("volume", "speak louder", Effect(TURN, "volume", 1.0)),
        ("volume", "turn it down please", Effect(TURN, "volume", -1.0)),
        ("volume", "that is too loud", Effect(TURN, "volume", -1.0)),
        ("rate", "speak faster", Effect(TURN, "rate", 1.0)),
        ("rate", "slower", Effect(TURN, "rate", -1.0)),
        ("rate", "you talk too fast", Effect(TURN, "rate", -1.0)),
        ("rate", "you are too slow", Effect(TURN, "rate", 1.0)),
        ("rate", "speak at normal speed", Effect(TURN, "rate", 0.0)),
    ],
)
def test_settings_change_by_effect(skill: str, text: str, effect: Effect) -> None:
    assert effect in ask(skill, text, HandMadeLook())


def test_time_and_date_are_the_sessions() -> None:
    assert spoken("time_date", "what time is it", HandMadeLook()) == "5:07 PM."
    assert spoken("time_date", "what is the date", HandMadeLook()) == "Tuesday, November 24, 2026."


def test_help_offers_every_skill_that_has_an_example() -> None:
    said = spoken("help", "what can I ask", HandMadeLook()).lower()
    assert all(skill.help.rstrip("?").lower() in said for skill in SKILLS.values())


def test_status_names_what_is_broken_and_its_remedy() -> None:
    broken = SourceState("microphone", "stalled", remedy="Plug it in again.")
    assert "microphone is stalled. Plug it in again." in spoken(
        "status", "status", HandMadeLook(sources={"microphone": broken})
    )
    assert spoken("status", "status", HandMadeLook()) == "Everything works, and the picture is clear."


def test_fallback_says_how_to_go_on() -> None:
    assert refused("fallback", "sing me a song", HandMadeLook()) and FALLBACK.phrases == ()


# --- when we cannot see


@pytest.mark.parametrize(("skill", "question"), VIEW_QUESTIONS)
@pytest.mark.parametrize("state", ["dark", "bright", "blurred", "covered", "frozen", "stale", "missing"])
def test_a_picture_that_supports_nothing_is_refused_aloud_with_a_remedy(skill: str, question: str, state: str) -> None:
    look = HandMadeLook(scene(thing("cup")), view=ViewState(7, NOW_NS, state))  # type: ignore[arg-type]
    (said,) = ask(skill, question, look)
    assert isinstance(said, Sentence) and said.refused and said.text.startswith("I can't see: ")
    assert said.text.count(".") >= 2  # the reason, then the remedy


@pytest.mark.parametrize(("skill", "question"), VIEW_QUESTIONS)
def test_an_old_picture_is_refused(skill: str, question: str) -> None:
    old = HandMadeLook(scene(thing("cup"), time_ns=NOW_NS - 2 * NS_PER_S))
    assert "stopped sending" in spoken(skill, question, old) and refused(skill, question, old)


@pytest.mark.parametrize(("skill", "question"), VIEW_QUESTIONS)
@pytest.mark.parametrize("state", ["missing", "stalled"])
def test_without_a_camera_the_question_is_refused_with_the_cameras_remedy(
    skill: str, question: str, state: Literal["missing", "stalled"]
) -> None:
    gone = SourceState("camera", state, remedy="Plug the camera in.")
    look = HandMadeLook(scene(thing("cup")), sources={"camera": gone})
    assert spoken(skill, question, look) == f"I can't see: the camera is {state}. Plug the camera in."


def test_before_the_first_picture_the_question_is_refused() -> None:
    assert refused("describe", "what do you see", HandMadeLook(scene=None))


# --- the table


def test_every_skill_is_found_by_its_own_name_and_has_phrases() -> None:
    assert all(name == skill.name for name, skill in SKILLS.items())
    assert all(skill.phrases for skill in SKILLS.values() if skill is not FALLBACK)


def test_no_phrase_belongs_to_two_skills() -> None:
    phrases = [phrase.lower() for skill in SKILLS.values() for phrase in skill.phrases]
    assert len(phrases) == len(set(phrases))


def test_the_detectors_eighty_classes_have_names_and_every_table_agrees() -> None:
    assert len(THINGS) == 80 and set(COCO_OF_SYNSET.values()) <= set(THINGS)
