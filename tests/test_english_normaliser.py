"""Text is normalised as Whisper's evaluation does it, so that WER counts words and not spelling."""

from __future__ import annotations

from itertools import islice

import pytest

from edgemm.evaluation.english_normaliser import normalised
from tests.needed import module

SENTENCES = """ten of clubs|twenty one|one hundred and five|two thousand and twenty|nineteen ninety nine|5 5|five five
a quarter past three|it's $20|twenty dollars and five cents|three point five|the first|twenty-first|Mr. Smith won't
I'm gonna|1,000|oh five|double seven|half past two|two and a half|3rd of May|he's been|can't|o'clock|colour|50%
fifty percent|one million two hundred thousand|um hello|[noise] (laugh) hey|minus three|seven hundred|one oh one|forty 2
two fifty|you've got|ma'am|café|zero zero seven|10s|the 1980s|nineteen eighties|twenty one hundred|A.M.|ten a.m.|one
the one|ones|1|eleven|sixty five thousand four hundred and two|a hundred|hundred|fifth|eighth|twelfth of June|second
five hundred million|two point five million|3 million|4.5 percent|five pounds|thirty-three, four, six ninety-two
8 of spades|Eight of spades, four of close, seven of hearts.|half-hearted|Jan 5th|2nd|no. 1|one two three four
ninety nine percent|zero|one zero|ten twenty|seven eleven|it is 7:30 now|seven thirty|double o seven|one and two
a hundred and one|two or three|five to ten|It's twelve o'clock.|what's that?|plus five|triple five|50 cents|ten euros
he'd gone|she'd done it|don't|we'll|y'all|let's|Dr. Who|St. John|-5|3-4|1/2|hello...|U.S.A.|fifty-fifty|twenties
first second third|sixth|nineteenth|twentieth|hundredth|one hundredth|5th|two hundred fifty
three hundred sixty five days|What do you see?|read this|How many chairs are there?|what time is it"""


def texts() -> list[str]:
    return [text for line in SENTENCES.splitlines() for text in line.split("|")]


@pytest.mark.parametrize("text", texts())
def test_it_agrees_with_the_library(text: str) -> None:
    library = module("transformers.models.whisper.english_normalizer")
    assert normalised(text) == library.EnglishTextNormalizer({})(text).strip()


def test_it_agrees_with_the_library_on_everything_that_evaluation_speaks() -> None:
    library = module("transformers.models.whisper.english_normalizer")
    speech = module("export.data.speech_sentences")
    theirs = library.EnglishTextNormalizer({})
    spoken = [*speech.commands(), *islice(speech.sentences(2), 300)]
    assert [text for text in spoken if normalised(text) != theirs(text)] == []


def test_words_and_digits_of_a_number_are_the_same() -> None:
    assert normalised("Ten of clubs.") == normalised("10 of clubs")
    assert normalised("one of them") == "one of them"


def test_nothing_is_left_of_nothing() -> None:
    assert normalised("?!") == normalised("") == ""
