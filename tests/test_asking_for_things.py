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


def test_each_of_several_things_is_answered() -> None:
    look = HandMadeLook(scene(thing("dog", LEFT), thing("dog", RIGHT), thing("cup")))
    assert spoken("is_there", "is there a dog and a cat", look).endswith("at one o'clock. I don't see a cat.")
    assert spoken("where_is", "where are the cat and the cup", look).startswith("I don't see a cat. A cup, at twelve")
    assert spoken("how_many", "how many dogs, cups and cats", look) == "Two dogs. One cup. I don't see any cats."
    assert spoken("is_there", "do you see a cup or a stethoscope", look).split(". ")[1].startswith("I can't recognise")


def test_what_is_on_or_in_what_is_not_claimed() -> None:
    look = HandMadeLook(scene(thing("cup")))
    said = spoken("is_there", "is there a cup on my table", look)
    assert said.startswith("Yes, a cup, at twelve o'clock") and said.endswith(
        "I can't tell whether it is on your table."
    )
    assert spoken("how_many", "how many cups are in the box", look) == "One cup. I can't tell whether it is in the box."
    assert spoken("is_there", "is there a dog on the table", look) == "I don't see a dog."
    assert "whether" not in spoken("is_there", "is there a cup in front of me", look)


@pytest.mark.parametrize(
    "text", ["isn't there a cup", "is there no cup", "are there two cups", "is there a cup on my left"]
)
def test_yes_is_not_said_where_it_would_say_too_much(text: str) -> None:
    assert spoken("is_there", text, HandMadeLook(scene(thing("cup")))).startswith("A cup, at twelve o'clock")


def test_anything_is_whatever_is_seen() -> None:
    look = HandMadeLook(scene(thing("cup")))
    assert spoken("is_there", "is there anything in front of me", look).startswith("A cup at twelve o'clock")


def test_the_colour_of_what_no_box_is_known_for_is_that_of_the_middle_and_said_so() -> None:
    look = HandMadeLook(found={"colour": (thing("white", (0.35, 0.35, 0.65, 0.65), 0.9, "colour"),)})
    assert spoken("colour", "what colour is the shirt", look) == "In the middle: white."
    assert spoken("colour", "what colour is this shirt", look) == "White."


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("is there a glass", "glasses"),
        ("where are my glasses", "glasses"),
        ("where are my keys", "keys"),
        ("is there a butterfly net", "a butterfly net"),
        ("is there a child", "children"),
        ("is there a scarf", "scarves"),
        ("is there water", "water"),
    ],
)
def test_what_nobody_knows_is_named_by_a_word(text: str, said: str) -> None:
    first = spoken("is_there", text, HandMadeLook()).partition(". ")[0]
    assert first in (f"I can't recognise {said}", f"I can't recognise {said.removeprefix('a ')}s")
