"""Which skill a text asks for, and whether it asks us at all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pytest

from runtime.items import Cancel, Item, Routed, Transcript, TurnRef, TurnText
from runtime.language.nearest_phrase import NearestPhrase
from runtime.language.phrase_forms import normal
from runtime.language.sounds_like import SoundsLike
from runtime.language.unfinished import Beginnings
from runtime.skills import FALLBACK, SKILLS, Request, Sentence
from runtime.stages.route import Route, phrases_of
from tests.exported import exported
from tests.scenes import HandMadeLook
from tests.stage_harness import run_stage

TURN = TurnRef(3, 2)


class Words:
    """A small real embedder: a text is its words; the cosine is their overlap."""

    def __init__(self) -> None:
        self.known: dict[str, int] = {}

    def embed(self, texts: Sequence[str]) -> npt.NDArray[np.float32]:
        vectors = np.zeros((len(texts), 2000), np.float32)
        for row, text in enumerate(texts):
            for word in text.split():
                vectors[row, self.known.setdefault(word, len(self.known))] = 1
        return vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-9)


@pytest.fixture(scope="module")
def route() -> Route:
    return Route(Words(), SKILLS, FALLBACK)


def heard(text: str, *, woken: bool = False, purpose: str = "guess") -> Transcript:
    return Transcript(TURN, text, purpose, -0.2, 5, woken)  # type: ignore[arg-type]


def outcome(route: Route, item: Item, port: str = "text") -> list[Item]:
    return run_stage(route, [(port, item, 10)])


def test_a_question_goes_to_its_skill_with_its_slots(route: Route) -> None:
    assert outcome(route, heard("Is there a cup?")) == [
        Routed(TURN, "Is there a cup?", "is_there", pytest.approx(1.0), True, (("thing", "cup"),), 5)
    ]


def test_the_thing_that_is_asked_for_does_not_decide_the_skill(route: Route) -> None:
    [routed] = outcome(route, heard("Is there a giraffe?"))
    assert (routed.skill, routed.score) == ("is_there", pytest.approx(1.0))


def test_a_thing_that_nobody_knows_does_not_either(route: Route) -> None:
    [routed] = outcome(route, heard("Is there a stethoscope?"))
    assert (routed.skill, routed.score) == ("is_there", pytest.approx(1.0))


def test_nor_does_where_it_is_asked_for(route: Route) -> None:
    for text in ("Is there a stethoscope here?", "Do you see a stethoscope on the shelf?", "Where is the letter?"):
        [routed] = outcome(route, heard(text))
        assert (routed.skill, routed.score) == (skill_of(text), pytest.approx(1.0)), text


def skill_of(text: str) -> str:
    return "where_is" if text.startswith("Where") else "is_there"


def spoken_as(sounds: Mapping[str, str]) -> SoundsLike:
    """Pronunciations by hand; a word that has none sounds like nothing else."""
    return SoundsLike(lambda text: " ".join(sounds.get(word, "θʒθʒθʒ") for word in text.split()), phrases_of(SKILLS))


SOUNDS = {
    "is": "ɪz",
    "there": "ðɛɹ",
    "a": "ə",
    "cup": "kʌp",
    "cut": "kʌt",
    "thing": "θɪŋ",
    "read": "ɹid",
    "this": "ðɪs",
}


def test_a_thing_that_is_not_known_is_one_that_sounds_so() -> None:
    route = Route(Words(), SKILLS, FALLBACK, sounds=spoken_as(SOUNDS))
    [routed] = outcome(route, heard("Is there a cut?"))
    assert (routed.text, routed.skill, routed.slots) == ("Is there a cut?", "is_there", (("thing", "cup"),))
    assert routed.addressed and not routed.unfinished


def test_a_thing_that_a_model_knows_is_what_it_is() -> None:
    route = Route(Words(), SKILLS, FALLBACK, sounds=spoken_as(SOUNDS), known_names={"cut"})
    [routed] = outcome(route, heard("Is there a cut?"))
    assert routed.slots == (("thing", "cut"),)


def test_what_was_heard_unfinished_stays_so_whatever_was_meant() -> None:
    route = Route(Words(), SKILLS, FALLBACK, sounds=spoken_as(SOUNDS))
    [routed] = outcome(route, heard("Is there a cut..."))
    assert (routed.slots, routed.unfinished) == ((("thing", "cup"),), True)


def test_what_is_typed_was_not_misheard() -> None:
    route = Route(Words(), SKILLS, FALLBACK, sounds=spoken_as(SOUNDS))
    [routed] = outcome(route, TurnText(TURN, "Is there a cut?"), "typed")
    assert routed.slots == (("thing", "cut"),)


def test_a_command_that_fits_no_phrase_is_one_that_sounds_so() -> None:
    route = Route(Words(), SKILLS, FALLBACK, sounds=spoken_as({**SOUNDS, "red": "ɹɛd"}))
    [routed] = outcome(route, heard("Red this."))
    assert (routed.skill, routed.addressed) == ("read_text", True)


def test_a_question_that_was_written_twice_is_asked_once(route: Route) -> None:
    [routed] = outcome(route, heard("Where is the cart? Where is the cart?"))
    assert (routed.skill, routed.score) == ("where_is", pytest.approx(1.0))


def in_part(text: str) -> Transcript:
    return replace(heard(text), complete=False)


@pytest.mark.parametrize("text", ["Is there a cup?", "Read this.", "Is it safe to cross?", "Turn it up."])
def test_half_of_a_text_asks_for_nothing_but_to_be_said_again(route: Route, text: str) -> None:
    [routed] = outcome(route, in_part(text))
    assert (routed.text, routed.skill, routed.addressed) == (text, "fallback", True)
    assert routed.unfinished  # so that the person may go on
    (said,) = FALLBACK.answer(Request(TURN, text, routed.slots), HandMadeLook())
    assert said == Sentence("I didn't hear all of that. Please say it again.", refused=True)


def test_who_asks_for_silence_gets_it_whatever_else_was_said(route: Route) -> None:
    [routed] = outcome(route, in_part("Stop. Stop."))
    assert (routed.skill, routed.slots, routed.unfinished) == ("stop", (), False)


def test_half_of_what_others_say_is_not_for_us_either(route: Route) -> None:
    routed, cancel = outcome(route, in_part("My brother went shopping yesterday."))
    assert not routed.addressed
    assert cancel == Cancel(TURN, "not_addressed")


def test_what_is_not_for_us_is_dropped_silently(route: Route) -> None:
    routed, cancel = outcome(route, heard("My brother went shopping yesterday."))
    assert not routed.addressed
    assert cancel == Cancel(TURN, "not_addressed")


def test_what_is_overheard_must_be_closer_to_a_phrase_than_what_we_were_woken_for() -> None:
    route = Route(Words(), SKILLS, FALLBACK, threshold=0.6, overheard_threshold=0.8)
    text = "Is there a cup at uncle's old place?"  # 0.71
    [woken] = outcome(route, heard(text, woken=True))
    assert (woken.skill, woken.addressed) == ("is_there", True)
    overheard, cancel = outcome(route, heard(text))
    assert not overheard.addressed
    assert cancel == Cancel(TURN, "not_addressed")


def test_after_the_wake_word_what_fits_nothing_is_told_so(route: Route) -> None:
    [routed] = outcome(route, heard("My brother went shopping yesterday.", woken=True))
    assert (routed.skill, routed.addressed) == (FALLBACK.name, True)


def test_after_the_wake_word_silence_is_not_answered(route: Route) -> None:
    assert outcome(route, heard("", woken=True))[-1] == Cancel(TURN, "not_addressed")


def test_a_typed_question_is_always_for_us(route: Route) -> None:
    [routed] = outcome(route, TurnText(TURN, "colourless green ideas"), "typed")
    assert (routed.skill, routed.addressed) == (FALLBACK.name, True)


def test_partials_are_not_routed(route: Route) -> None:
    assert outcome(route, heard("Is there a cup?", purpose="partial")) == []


def test_case_and_punctuation_do_not_matter() -> None:
    assert normal("What’s THERE, there?!") == "what's there there"


@pytest.mark.parametrize(
    "text",
    [
        "Is there a",
        "Is there...",
        "What time?",
        "How many cups?",
        "Where is my",
        "What color is the?",
        "Please speak.",
        "Read this,",
        "and",
        "",
        "Can you see?",
        "which way",
        "I put it on the",
        "Where is that?",  # what is heard of "where is the", cut off
        "Where is they?",
        "How many words.",
        "How many dogs? How many dogs?",
    ],
)
def test_a_text_that_a_phrase_goes_on_from_is_unfinished(text: str) -> None:
    assert Beginnings({name: skill.phrases for name, skill in SKILLS.items()}).unfinished(text)


@pytest.mark.parametrize(
    "text",
    [
        "Is there a cup?",
        "is there a giraffe",
        "Where is the stethoscope?",
        "What is this?",
        "How many words are there?",
        "Is the light on?",
        "What can you do?",
        "Read this.",
        "Louder, please.",
        "How many people are there?",
        "What color is this?",
        "Is there a bottle on the table?",
        "What do you see?",
    ],
)
def test_a_whole_question_is_finished_whatever_its_last_word(text: str) -> None:
    assert not Beginnings({name: skill.phrases for name, skill in SKILLS.items()}).unfinished(text)


def test_a_phrase_is_nearest_to_itself() -> None:
    nearest = NearestPhrase(Words(), {name: skill.phrases for name, skill in SKILLS.items()})
    for name, skill in SKILLS.items():
        for phrase in skill.phrases:
            assert nearest.find(phrase) == (name, pytest.approx(1.0))


ASKED = {
    "What's in front of me?": "describe",
    "What can you see there?": "describe",
    "Is there a horse?": "is_there",
    "Is there a traffic light?": "is_there",
    "Is there a cub?": "is_there",
    "Do you see an umbrella?": "is_there",
    "How many dogs are there?": "how_many",
    "Count the bottles.": "how_many",
    "Where is the dog?": "where_is",
    "Where's the battle?": "where_is",
    "Find the laptop.": "where_is",
    "Read the sign.": "read_text",
    "What is written there?": "read_text",
    "What does the barcode say?": "read_code",
    "What color is the cup?": "colour",
    "How bright is it?": "light",
    "Say it again.": "repeat",
    "Speak louder, please.": "volume",
    "Talk faster.": "rate",
    "What's the date?": "time_date",
    "Is the camera working?": "status",
}
NOT_ASKED = (
    "The weather was nice last weekend.",
    "He told her that he would be late for dinner.",
    "My brother bought a new car in the spring.",
    "Did you finish your homework?",
    "Can you pass me the salt?",
    "Thanks for watching.",
    "The train was late again.",
    "I don't know what he meant by that.",
)


@pytest.fixture(scope="module")
def real_route() -> Route:
    from edgemm.tasks.embedding import Embedder

    return Route(Embedder(exported("minilm-l6")), SKILLS, FALLBACK)


@pytest.mark.parametrize(("text", "skill"), ASKED.items())
def test_minilm_routes_questions_in_other_words(real_route: Route, text: str, skill: str) -> None:
    [routed] = outcome(real_route, heard(text))
    assert (routed.skill, routed.addressed) == (skill, True)


@pytest.mark.parametrize("text", NOT_ASKED)
def test_minilm_leaves_what_is_said_to_others(real_route: Route, text: str) -> None:
    assert not outcome(real_route, heard(text))[0].addressed
