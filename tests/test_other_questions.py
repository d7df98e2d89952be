"""What is near a skill's phrases and asks for something else is refused; what asks for it in other words is not."""

from __future__ import annotations

import re

import pytest

from runtime.items import TurnText
from runtime.language.wording import Wording
from runtime.skills import FALLBACK, SKILLS, Request, Sentence, Skill
from runtime.skills.fallback import refusal
from runtime.stages.route import Route
from tests.asked_otherwise import ASKS_FOR_IT, ASKS_MORE, NEAR_NOTHING, rows
from tests.exported import exported
from tests.scenes import TURN, HandMadeLook, scene, spoken, thing
from tests.test_route import outcome


def wording(name: str) -> Wording:
    skill = SKILLS[name]
    return Wording(skill.phrases, skill.names, skill.words, skill.words_after)


@pytest.mark.parametrize(("nearest", "text"), rows(ASKS_MORE))
def test_a_word_that_is_left_over_means_another_question(nearest: str, text: str) -> None:
    assert not wording(nearest).fits(text) and not wording(nearest).fits(f"Please, {text}?")


@pytest.mark.parametrize(("skill", "text"), rows(ASKS_FOR_IT))
def test_a_request_in_other_words_leaves_nothing_over(skill: str, text: str) -> None:
    assert wording(skill).fits(text) and wording(skill).fits(f"{text.capitalize()}, please.")


@pytest.mark.parametrize(("name", "skill"), SKILLS.items())
def test_every_phrase_is_in_its_skills_words(name: str, skill: Skill) -> None:
    assert all(wording(name).fits(phrase) for phrase in skill.phrases)


@pytest.fixture(scope="module")
def real_route() -> Route:
    from edgemm.tasks.embedding import Embedder

    return Route(Embedder(exported("minilm-l6")), SKILLS, FALLBACK)


@pytest.mark.parametrize("text", [*(text for _, text in rows(ASKS_MORE)), *NEAR_NOTHING.strip().splitlines()])
def test_minilm_refuses_what_asks_more(real_route: Route, text: str) -> None:
    [routed] = outcome(real_route, TurnText(TURN, text), "typed")
    assert routed.skill == FALLBACK.name


@pytest.mark.parametrize(("skill", "text"), rows(ASKS_FOR_IT))
def test_minilm_routes_what_asks_for_it(real_route: Route, skill: str, text: str) -> None:
    [routed] = outcome(real_route, TurnText(TURN, text), "typed")
    assert routed.skill == skill


# --- how it is refused


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Turn off the radio.", "I can't turn off the radio."),
        ("Could you please call my mother now?", "I can't call your mother."),
        ("take me home", "I can't take you home."),
        ("Can you tell me if the cup is full?", "I can't tell you if the cup is full."),
        ("Navigate to the station, please", "I can't navigate to the station."),
    ],
)
def test_a_command_is_refused_by_its_name(text: str, said: str) -> None:
    assert refusal(text) == said


@pytest.mark.parametrize(
    ("text", "about"),
    [
        ("Where am I?", "where you are"),
        ("how far is it", "measure"),
        ("How tall is the man?", "measure"),
        ("who is that", "who somebody is"),
        ("whose bag is this", "whose"),
        ("what is behind me", "only where the camera does"),
        ("is the dog friendly", "name things, count them"),
        ("is the driver asleep", "name things, count them"),
    ],
)
def test_a_question_is_refused_with_what_cannot_be_known(text: str, about: str) -> None:
    assert refusal(text).startswith("I can't ") and about in refusal(text)


@pytest.mark.parametrize("text", [*(text for _, text in rows(ASKS_MORE)), *NEAR_NOTHING.strip().splitlines()])
def test_every_refusal_is_one_sentence_and_claims_nothing(text: str) -> None:
    (said,) = FALLBACK.answer(Request(TURN, text), HandMadeLook(scene(thing("dog"), thing("person"))))
    assert isinstance(said, Sentence) and said.refused and not said.evidence
    assert re.fullmatch(r"I can't [^.?!]+\.(?: Ask me: what can I ask\?)?", said.text)


def test_a_bus_stop_is_no_bus_and_a_dog_bed_no_dog() -> None:
    look = HandMadeLook(scene(thing("bus"), thing("dog"), thing("car")))
    for text, name in (("is there a bus stop", "bus stops"), ("where are the car keys", "car keys")):
        assert spoken("is_there", text, look).startswith(f"I can't recognise {name}.")
    assert spoken("is_there", "do you see a dog bed", look).startswith("I can't recognise dog beds.")


def test_a_child_on_a_chair_is_no_chair() -> None:
    look = HandMadeLook(scene(thing("chair")))
    assert spoken("is_there", "is there a child on the chair", look).startswith("I can't recognise children.")
