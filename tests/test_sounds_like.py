"""What was misheard is taken for what it sounds like, and only that."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edgemm.errors import MissingExtraError
from edgemm.sound.phonemes import PROGRAM, Phonemiser
from runtime.language.everyday_nouns import EVERYDAY_NOUNS, is_everyday
from runtime.language.pronunciation import distance, phonemes_of
from runtime.language.sounds_like import SoundsLike
from runtime.language.things import THING_OF_WORD
from runtime.skills import SKILLS
from runtime.stages.route import phrases_of
from tests.needed import programs

SIGNS = "pbtdkɡmnfvszʃhlɹjwiɪeɛæəʌɑɔʊu"
ipa = st.text(SIGNS, max_size=8).map(phonemes_of)


@pytest.fixture(scope="module")
def sounds() -> Iterator[SoundsLike]:
    programs(PROGRAM)
    espeak = Phonemiser("en-us")
    espeak.start()
    yield SoundsLike(espeak.phonemes, phrases_of(SKILLS))
    espeak.close()


@settings(deadline=None)
@given(ipa, ipa)
def test_distance_is_the_same_both_ways_and_none_to_itself(one: list[int], other: list[int]) -> None:
    assert distance(one, one) == 0.0
    assert distance(one, other) == pytest.approx(distance(other, one), abs=1e-4)


@settings(deadline=None)
@given(ipa, ipa, ipa)
def test_a_detour_is_never_shorter(one: list[int], other: list[int], third: list[int]) -> None:
    assert distance(one, other) <= distance(one, third) + distance(third, other) + 1e-4


def test_sounds_of_one_kind_are_nearer_than_of_two() -> None:
    assert distance(phonemes_of("kʌp"), phonemes_of("kʌt")) < distance(phonemes_of("kʌp"), phonemes_of("kʌs"))
    assert distance(phonemes_of("pɪn"), phonemes_of("pɛn")) < distance(phonemes_of("pɪn"), phonemes_of("pɑn"))


def test_stress_and_length_are_no_difference() -> None:
    assert distance(phonemes_of("kˈɑːɹ"), phonemes_of("kɑɹ")) == 0.0


SURE, DOUBTFUL = -0.2, -0.7


@pytest.mark.parametrize(
    ("heard", "meant"),
    [
        ("Is there a cut?", "is there a cup"),
        ("Do you see a model on the desk?", "do you see a bottle"),
        ("Is there the wine bless?", "is there the wine glass"),
        ("which weighs the laptop", "which way is the laptop"),
        ("Is there a parting meter", "is there a parking meter"),
        ("How many suit kisses are in the room?", "how many suitcases"),
        ("Red the text.", "read the text"),
        ("Slope down", "slow down"),
    ],
)
def test_what_was_misheard_is_understood(sounds: SoundsLike, heard: str, meant: str) -> None:
    found = sounds.meant(heard, SURE)
    assert found is not None and found.text == meant


@pytest.mark.parametrize(("heard", "meant"), [("Redis.", "read this"), ("Start clocking.", "stop talking")])
def test_of_a_text_that_is_not_sure_less_likeness_will_do(sounds: SoundsLike, heard: str, meant: str) -> None:
    assert sounds.meant(heard, SURE) is None
    found = sounds.meant(heard, DOUBTFUL)
    assert found is not None and found.text == meant


@pytest.mark.parametrize("log_probability", [SURE, DOUBTFUL])
@pytest.mark.parametrize(
    "heard",
    [
        "Where are my keys?",  # skis
        "Is there a unicorn?",
        "Where is the stethoscope?",
        "Is there a bread here?",  # bed
        "Find my letter.",
        "When is the football?",  # where is the football
        "Where did you buy the bread?",
        "My brother went shopping yesterday.",
        "Candle.",  # cancel
        "Master.",  # faster
        "",
        "?!",
    ],
)
def test_what_was_said_stays(sounds: SoundsLike, heard: str, log_probability: float) -> None:
    assert sounds.meant(heard, log_probability) is None


def test_other_words_in_a_phrase_that_was_heard_well_are_other_words(sounds: SoundsLike) -> None:
    for text in ("Is it true?", "What did she say?", "Are you awake?", "How much is it?"):
        assert sounds.meant(text, SURE) is None, text


def test_a_thing_that_is_known_is_nearest_to_itself(sounds: SoundsLike) -> None:
    for name in list(THING_OF_WORD)[::7]:
        nearest = sounds.nearest(f"Where is the {name}?")
        assert nearest is not None and (nearest.cost, nearest.skill) == (0.0, "where_is"), name


def test_without_the_program_what_was_heard_stands() -> None:
    def missing(text: str) -> str:
        raise MissingExtraError("the program espeak-ng is not installed", remedy="Install it.")

    assert SoundsLike(missing, phrases_of(SKILLS)).meant("Is there a cut?", SURE) is None


def test_everyday_nouns_are_none_that_a_model_knows() -> None:
    assert not {noun for noun in EVERYDAY_NOUNS if noun in THING_OF_WORD}


def test_a_plural_is_as_everyday_as_its_singular() -> None:
    assert all(map(is_everyday, ("key", "keys", "glasses", "knobs", "leaves", "batteries")))
    assert not is_everyday("cut")
