"""How the benchmark of answers judges: only what is said plainly is right or wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench.judge import judge
from bench.kinds import goes_by
from bench.question_set import SKILL_OF, Asked, Kind, questions
from edgemm.pictures.photographs import Photograph, read_photographs
from runtime.language.finding import find_thing
from runtime.language.things import THINGS
from runtime.skills import SKILLS

PHOTO = Photograph(
    file=Path("made_up.jpg"),
    source="made up",
    author="nobody",
    licence="CC0-1.0",
    use="questions",
    things={"cup": 2, "dog": "several", "kite": 1},
    also=("frying pan",),
    unsure=("bowl",),
    small=("kite",),
)


def verdict(kind: Kind, answer: str, thing: str = "", truth: str = "", *, refused: bool = False) -> str:
    return judge(Asked(PHOTO, kind, "?", thing, truth), answer, refused)


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ("Two cups and a bowl. The bowl at twelve o'clock.", "right"),
        ("Dogs at two o'clock and near.", "right"),
        ("A frying pan.", "right"),
        ("Three cups.", "wrong"),
        ("Two cups and a cat.", "wrong"),
        ("A cup, perhaps two.", "right"),
        ("Two cups and perhaps a cat.", "right"),
        ("Perhaps a cat.", "hedged"),
        ("A bowl.", "hedged"),
    ],
)
def test_a_description_is_wrong_with_one_plain_thing_that_is_not_there(answer: str, expected: str) -> None:
    assert verdict("describe", answer) == expected


def test_a_word_for_a_kind_is_true_of_what_is_of_that_kind_and_not_the_other_way_round() -> None:
    assert goes_by("building", "palace") and goes_by("fish", "goldfish") and goes_by("solar panel", "solar panels")
    assert not goes_by("palace", "building") and not goes_by("building", "bridge") and not goes_by("shark", "dolphin")


def test_absence_is_wrong_of_what_fills_a_part_of_the_picture_and_not_of_what_is_small() -> None:
    assert verdict("present", "I don't see a cup.", "cup") == "wrong"
    assert verdict("present", "I don't see a kite.", "kite") == "hedged"
    assert verdict("present", "Yes, a cup, at two o'clock.", "cup") == "right"
    assert verdict("absent", "I don't see a cat.", "cat") == "right"
    assert verdict("absent", "Yes, a cat, at two o'clock.", "cat") == "wrong"
    assert verdict("absent", "I'm not sure: it may be a dog.", "cat") == "hedged"


def test_a_direction_is_right_to_half_an_hour_and_what_the_eye_leaves_open() -> None:
    assert verdict("where", "A cup, at twelve o'clock.", "cup", "0.5") == "right"
    assert verdict("where", "A cup, at one o'clock.", "cup", "0.75") == "right"
    assert verdict("where", "A cup, at eleven o'clock.", "cup", "0.75") == "wrong"
    assert verdict("where", "Two cups, at one o'clock and at eleven o'clock.", "cup", "0.75") == "wrong"


def test_a_count_must_be_exact() -> None:
    assert verdict("count", "Two cups.", "cup", "2") == "right"
    assert verdict("count", "One cup.", "cup", "2") == "wrong"
    assert verdict("count", "One cup, perhaps two.", "cup", "2") == "hedged"
    assert verdict("none", "I don't see any cats.", "cat", "0") == "right"


def test_a_colour_may_have_several_names() -> None:
    assert verdict("colour", "Mostly white.", "cup", "white or light grey") == "right"
    assert verdict("colour", "Red.", "cup", "white or light grey") == "wrong"
    assert verdict("colour", "Perhaps mostly white.", "cup", "white") == "hedged"


def test_reading_needs_the_words() -> None:
    assert verdict("read", "WET FLOOR.", truth="WET FLOOR") == "right"
    assert verdict("read", "WET FLOUR.", truth="WET FLOOR") == "wrong"


def test_a_refusal_is_right_only_where_it_is_wanted_and_names_the_reason() -> None:
    assert verdict("unknown", "I can't recognise passports.", refused=True) == "right"
    assert verdict("present", "I can't see: the picture is dark.", "cup", refused=True) == "refused"
    assert verdict("unusable", "I can't see: the picture is dark.", truth="dark", refused=True) == "right"
    assert verdict("unusable", "I can't see: the picture is dark.", truth="covered", refused=True) == "refused"
    assert verdict("unusable", "A cup.", truth="dark") == "wrong"


def test_the_questions_are_many_and_each_names_what_it_is_about() -> None:
    held_out = [photo for photo in read_photographs() if photo.use in ("evaluation", "questions")]
    asked = questions(held_out)
    assert len(asked) >= 300 and asked == questions(held_out)
    assert {question.kind for question in asked} >= set(SKILL_OF) - {"nothing written"}
    assert set(SKILL_OF.values()) <= set(SKILLS)
    assert all(find_thing(question.text) == question.thing for question in asked if question.thing)


def test_truth_about_places_and_sizes_is_about_things_that_are_there() -> None:
    for photo in read_photographs():
        assert set(photo.at) <= {name for name, count in photo.things.items() if count == 1}, photo.name
        assert set(photo.small) <= set(photo.things) <= set(THINGS), photo.name


def test_every_photograph_stands_in_the_notice_with_its_author() -> None:
    notice = (Path(__file__).parent.parent / "NOTICE").read_text(encoding="utf-8")
    for photo in read_photographs():
        rows = notice.partition(f"\n{photo.file.name}\n")[2].splitlines()[:3]
        assert [row.split(maxsplit=1)[1] for row in rows] == [photo.source, photo.author, photo.licence], photo.name
