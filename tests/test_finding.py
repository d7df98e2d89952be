"""Which thing a question asks for."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runtime.language.finding import find_thing, known_as, misheard, one_edit, without_place
from runtime.language.phrasing import an, counted, listed, plural
from runtime.language.things import THING_OF_WORD


@pytest.mark.parametrize(
    ("question", "thing"),
    [
        ("Is there a cup on the table?", "cup"),
        ("How many people are there?", "person"),
        ("Where's my phone?", "cell phone"),
        ("Is the TV on the left?", "tv"),
        ("do you see a traffic light", "traffic light"),
        ("is there a sofa", "couch"),
        ("Where is my stethoscope?", "stethoscope"),
        ("is there a fire extinguisher near the door", "fire extinguisher"),
        ("is there a botle", "bottle"),
        ("count the dogus", "dog"),
        ("what do you see", None),
        ("count the stethoscopes", "stethoscopes"),
        ("which way is the stethoscope", "stethoscope"),
        ("are there any micro waves", "microwave"),
        ("is there a wheel chair", "wheelchair"),
    ],
)
def test_the_first_thing_named_is_the_one_asked_for(question: str, thing: str | None) -> None:
    assert find_thing(question) == thing


@pytest.mark.parametrize(
    ("question", "core"),
    [
        ("do you see a cup on the table", "do you see a cup"),
        ("is there a cup here", "is there a cup"),
        ("how many cups are in the room", "how many cups"),
        ("where is the nearest chair", "where is the nearest chair"),
        ("is there", "is"),
        ("here", "here"),
    ],
)
def test_where_a_question_asks_is_no_part_of_what_it_asks(question: str, core: str) -> None:
    assert without_place(question) == core


def test_a_thing_is_known_by_its_singular() -> None:
    assert known_as("cups", frozenset()) == "cup"
    assert known_as("berries", {"berry"}) == "berry"
    assert known_as("unicorns", {"berry"}) is None


@given(st.sampled_from(sorted(THING_OF_WORD)))
def test_every_name_is_found_in_a_question(name: str) -> None:
    assert find_thing(f"Is there a {name} here?") == THING_OF_WORD[name]


def test_a_word_of_its_own_is_not_taken_for_a_misheard_thing() -> None:
    assert misheard("house") is None and misheard("boots") is None


def test_a_short_or_ambiguous_word_is_not_guessed() -> None:
    assert misheard("cap") is None and misheard("cot") is None


@given(st.text("abc", min_size=1, max_size=8), st.integers(0, 7))
def test_dropping_a_letter_is_one_edit(word: str, place: int) -> None:
    shorter = word[: place % len(word)] + word[place % len(word) + 1 :]
    assert one_edit(word, shorter) and one_edit(shorter, word)


def test_words_are_put_together_as_people_do() -> None:
    assert (an("apple"), an("cup"), an("scissors"), an("tv")) == ("an apple", "a cup", "scissors", "a television")
    assert (plural("person"), plural("knife"), plural("box")) == ("people", "knives", "boxes")
    assert (counted(1, "cup"), counted(3, "cup"), counted(14, "cup")) == ("a cup", "three cups", "14 cups")
    assert (listed(["a"]), listed(["a", "b"]), listed(["a", "b", "c"])) == ("a", "a and b", "a, b and c")
