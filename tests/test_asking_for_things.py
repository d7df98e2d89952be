"""Whether a thing is there, how many there are, and where."""

from __future__ import annotations

import pytest

from runtime.skills import Sentence
from tests.scenes import AHEAD, LEFT, RIGHT, HandMadeLook, ask, label, refused, scene, spoken, thing


def test_presence_comes_with_its_direction() -> None:
    look = HandMadeLook(scene(thing("cup", AHEAD)))
    assert spoken("is_there", "Is there a cup on the table?", look).startswith("Yes, a cup, at twelve o'clock")


def test_presence_names_its_evidence() -> None:
    cup = thing("cup", AHEAD)
    (said,) = ask("is_there", "is there a cup", HandMadeLook(scene(cup, thing("dog", LEFT))))
    assert isinstance(said, Sentence) and said.evidence == (cup,)


@pytest.mark.parametrize("question", ["is there somebody", "do you see any persons", "can you see a man"])
def test_people_have_many_names(question: str) -> None:
    assert spoken("is_there", question, HandMadeLook(scene(thing("person")))).startswith("Yes, a person")


def test_absence_is_what_we_do_not_see_never_that_there_is_none() -> None:
    assert spoken("is_there", "is there a cup", HandMadeLook(scene(thing("dog")))) == "I don't see a cup."


def test_a_weak_detection_is_perhaps() -> None:
    assert spoken("is_there", "is there a cup", HandMadeLook(scene(thing("cup", AHEAD, 0.4)))).startswith(
        "Perhaps a cup"
    )


def test_asked_for_the_contested_name_it_says_what_it_may_be() -> None:
    look = HandMadeLook(scene(thing("person", AHEAD, 0.59)), found={"label": (label("cat", 0.6, AHEAD),)})
    assert spoken("is_there", "is there a person", look) == "I'm not sure: it may be a cat."
    assert "a cat" in spoken("is_there", "is there a cat", look)


def test_a_thing_outside_all_vocabularies_is_refused() -> None:
    look = HandMadeLook(scene(thing("cup")))
    said = spoken("is_there", "is there a stethoscope", look)
    assert said.startswith("I can't recognise stethoscopes.") and refused("is_there", "is there a stethoscope", look)


def test_a_thing_that_only_the_classifier_knows_is_perhaps_there() -> None:
    look = HandMadeLook(scene(thing("vase")), found={"label": (label("daisy", 0.6),)})
    assert spoken("is_there", "is there a daisy", look) == "Perhaps a daisy."


def test_a_name_of_the_classifier_is_known_in_the_plural_too() -> None:
    look = HandMadeLook(scene(), found={"label": (label("daisy", 0.6),)})
    assert spoken("is_there", "are there any daisies", look) == "Perhaps a daisy."


def test_a_question_without_a_thing_is_asked_back() -> None:
    assert refused("is_there", "is there", HandMadeLook())


@pytest.mark.parametrize(
    ("scores", "answer"),
    [
        ((0.8, 0.8, 0.8, 0.8, 0.4), "Four people, perhaps five."),
        ((0.8, 0.8), "Two people."),
        ((0.8,), "One person."),
        ((0.4,), "Perhaps one person."),
        ((0.4, 0.4), "Perhaps two people."),
        ((), "I don't see any people."),
    ],
)
def test_only_the_clear_ones_are_counted_and_the_others_hedged(scores: tuple[float, ...], answer: str) -> None:
    boxes = [(0.18 * i, 0.3, 0.18 * i + 0.1, 0.7) for i in range(len(scores))]
    look = HandMadeLook(scene(*(thing("person", box, score) for box, score in zip(boxes, scores, strict=True))))
    assert spoken("how_many", "how many people are there?", look) == answer


def test_where_is_gives_the_clock_face() -> None:
    assert spoken("where_is", "where is the bottle", HandMadeLook(scene(thing("bottle", RIGHT)))).startswith(
        "A bottle, at one o'clock"
    )


def test_where_is_without_field_of_view_gives_a_side() -> None:
    look = HandMadeLook(scene(thing("bottle", LEFT)), horizontal_fov_deg=None)
    assert spoken("where_is", "where is the bottle", look) == "A bottle, on the left."


def test_several_are_placed_from_left_to_right() -> None:
    look = HandMadeLook(scene(thing("chair", RIGHT), thing("chair", LEFT)))
    assert spoken("where_is", "where are the chairs", look) == "Two chairs, at eleven o'clock and at one o'clock."
