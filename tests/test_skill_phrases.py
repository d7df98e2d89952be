"""The skills' phrases, embedded by the starter pack's model, catch questions that are not among them."""

from __future__ import annotations

import pytest

from edgemm.tasks import open_task
from runtime.language.nearest_phrase import NearestPhrase
from runtime.skills import SKILLS
from runtime.stages.route import THRESHOLD
from tests.exported import exported

QUESTIONS = {
    "describe": ("What can you see in front of me?", "tell me what's in the picture", "please describe the picture"),
    "is_there": ("Do you see any bicycles?", "is there a laptop on the desk", "Is there a truck?", "is anyone here"),
    "how_many": ("How many cups are on the table?", "how many horses do you see", "count the bottles"),
    "where_is": ("Where's the dog?", "which direction is the bus", "locate the laptop", "where are the keys"),
    "read_text": ("Read this please.", "can you read the sign", "what's written on this page"),
    "read_code": ("Scan this barcode please.", "what is in this bar code"),
    "colour": ("What color is the cup?", "what colour is the bus", "which colour is it"),
    "light": ("Is it dark in here?", "where is the light coming from"),
    "warn": ("Is something coming towards me?", "is a car approaching"),
    "safety": ("Is it safe to walk across?", "may I cross the street"),
    "repeat": ("Could you say that again?", "please repeat that"),
    "stop": ("Stop it.", "stop talking please"),
    "volume": ("Quieter, please.", "a bit louder"),
    "rate": ("Speak faster please.", "talk slower"),
    "help": ("What can I ask you?", "help me"),
    "time_date": ("What time is it now?", "what is the date today"),
    "status": ("Is everything working?", "is the camera okay"),
}
NOT_FOR_US = (
    "he went to the store yesterday",
    "my sister likes pizza",
    "pass me the salt please",
    "did you watch the game last night",
    "let's order dinner",
    "how many times did I tell you",
)


@pytest.fixture(scope="module")
def nearest() -> NearestPhrase:
    phrases = {name: skill.phrases for name, skill in SKILLS.items()}
    return NearestPhrase(open_task(exported("minilm-l6")), phrases)


@pytest.mark.parametrize(("skill", "question"), [(name, text) for name, texts in QUESTIONS.items() for text in texts])
def test_a_question_finds_its_skill(nearest: NearestPhrase, skill: str, question: str) -> None:
    found, score = nearest.find(question)
    assert (found, score >= THRESHOLD) == (skill, True)


@pytest.mark.parametrize("text", NOT_FOR_US)
def test_talk_between_people_finds_none(nearest: NearestPhrase, text: str) -> None:
    assert nearest.find(text)[1] < THRESHOLD


def test_every_skill_has_a_question_here() -> None:
    assert set(QUESTIONS) == {name for name, skill in SKILLS.items() if skill.phrases}
