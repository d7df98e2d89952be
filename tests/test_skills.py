"""What each skill says about hand-made scenes: plainly, with "perhaps", or not at all."""

from __future__ import annotations

from dataclasses import replace

import pytest

from edgemm.media import NS_PER_S
from runtime.evidence.coco_imagenet import COCO_OF_SYNSET
from runtime.items import Alert, Effect, SourceState, ViewState
from runtime.language.things import THINGS
from runtime.skills import FALLBACK, SKILLS, Sentence
from tests.scenes import AHEAD, LEFT, NOW_NS, RIGHT, TURN, HandMadeLook, ask, label, refused, scene, spoken, thing

VIEW_QUESTIONS = [
    ("describe", "what do you see"),
    ("is_there", "is there a cup"),
    ("how_many", "how many people are there"),
    ("where_is", "where is the bottle"),
    ("read_text", "read this"),
    ("read_code", "read the code"),
    ("colour", "what colour is this"),
    ("warn", "is anything coming"),
]


# --- describe


def test_describe_names_what_is_clear_first_and_hedges_the_rest() -> None:
    look = HandMadeLook(scene(thing("cat", LEFT, 0.4), thing("cup", AHEAD, 0.8)))
    assert spoken("describe", "what do you see", look).startswith("A cup and perhaps a cat.")


def test_describe_counts_and_places() -> None:
    look = HandMadeLook(scene(thing("person", LEFT), thing("person", RIGHT), thing("bus", AHEAD)))
    first, second = (step.text for step in ask("describe", "what do you see", look) if isinstance(step, Sentence))
    assert first == "A bus and two people."
    assert second.startswith("The bus at twelve o'clock")


def test_a_person_that_the_classifier_calls_a_cat_is_perhaps_a_cat() -> None:
    seen = scene(thing("person", AHEAD, 0.7))
    crop = (label("cat", 0.6, AHEAD),)
    said = spoken("describe", "what do you see", HandMadeLook(seen, found={"label": crop}))
    assert "person" not in said and "cat" in said


def test_what_detector_and_classifier_contest_stays_hedged_although_a_second_box_agrees() -> None:
    seen = scene(thing("person", AHEAD, 0.59), thing("cat", (0.38, 0.3, 0.6, 0.7), 0.4))
    crop = (label("cat", 0.8, AHEAD), label("cat", 0.8, (0.38, 0.3, 0.6, 0.7)))
    said = spoken("describe", "what do you see", HandMadeLook(seen, found={"label": crop}))
    assert said.startswith("Perhaps a cat")


def test_a_cat_above_a_weak_dog_that_the_classifier_calls_a_cat_is_plain() -> None:
    seen = scene(thing("cat", AHEAD, 0.78), thing("dog", AHEAD, 0.4))
    said = spoken("describe", "", HandMadeLook(seen, found={"label": (label("cat", 0.8, AHEAD),)}))
    assert said.startswith("A cat at twelve o'clock")


def test_a_well_known_class_that_the_classifier_does_not_name_is_hedged() -> None:
    crop = (label("rock beauty", 0.3, AHEAD),)
    look = HandMadeLook(scene(thing("bird", AHEAD, 0.62)), found={"label": crop})
    assert spoken("is_there", "is there a bird", look).startswith("Perhaps a bird")
    look = HandMadeLook(scene(thing("person", AHEAD, 0.62)), found={"label": crop})
    assert spoken("is_there", "is there a person", look).startswith("Yes, a person")


def test_a_well_known_class_that_the_classifier_surely_calls_another_is_not_claimed() -> None:
    look = HandMadeLook(scene(thing("bird", AHEAD, 0.58)), found={"label": (label("rock beauty", 0.9, AHEAD),)})
    assert spoken("is_there", "is there a bird", look) == "I don't see a bird."


def test_a_doubtful_box_that_the_classifier_cannot_name_is_hedged() -> None:
    look = HandMadeLook(scene(thing("vase", LEFT, 0.62)), found={"label": (label("football helmet", 0.1, AHEAD),)})
    assert spoken("is_there", "is there a vase", look).startswith("Perhaps a vase")


def test_a_rival_name_on_the_same_box_leaves_both_in_doubt() -> None:
    look = HandMadeLook(scene(thing("horse", AHEAD, 0.62), thing("cow", AHEAD, 0.55)), found={})
    assert spoken("is_there", "is there a horse", look).startswith("Perhaps a horse")
    assert spoken("is_there", "is there a cow", look).startswith("Perhaps a cow")


def test_an_animal_that_the_classifier_names_surely_is_plain_and_a_thing_is_not() -> None:
    look = HandMadeLook(scene(thing("person", AHEAD, 0.45)), found={"label": (label("gibbon", 0.95),)})
    assert spoken("describe", "what do you see", look).startswith("A gibbon.")
    look = HandMadeLook(scene(), found={"label": (label("daisy", 0.99),)})
    assert spoken("describe", "what do you see", look) == "Perhaps a daisy."


def test_kinds_of_one_group_are_told_and_asked_for_as_the_group() -> None:
    kinds = (label("ringlet", 0.4), label("admiral", 0.25), label("monarch", 0.15))
    look = HandMadeLook(scene(), found={"label": kinds})
    assert spoken("describe", "what do you see", look) == "A butterfly."
    assert spoken("is_there", "is there a butterfly", look) == "Yes, a butterfly."
    look = HandMadeLook(scene(), found={"label": (label("ringlet", 0.8),)})
    assert spoken("describe", "what do you see", look) == "A butterfly."
    look = HandMadeLook(scene(), found={"label": kinds[:1]})
    assert spoken("describe", "what do you see", look) == "Perhaps a ringlet."
    assert spoken("is_there", "is there a butterfly", look) == "Perhaps a butterfly."


def test_a_faint_box_that_overlaps_a_plain_one_is_a_part_of_it_and_not_one_more() -> None:
    bird, wing, apart = (0.0, 0.1, 0.54, 0.7), (0.41, 0.1, 0.67, 0.56), (0.7, 0.1, 0.9, 0.5)
    named = {"label": (label("bird", 0.9, bird), label("bird", 0.9, wing), label("bird", 0.9, apart))}
    look = HandMadeLook(scene(thing("bird", bird, 0.53), thing("bird", wing, 0.5)), found=named)
    assert spoken("how_many", "how many birds are there", look) == "One bird."
    look = HandMadeLook(scene(thing("bird", bird, 0.53), thing("bird", apart, 0.45)), found=named)
    assert spoken("how_many", "how many birds are there", look) == "Two birds."


def test_the_classifier_alone_tells_what_but_neither_where_nor_how_many() -> None:
    look = HandMadeLook(scene(), found={"label": (label("sports ball", 0.9),)})
    assert spoken("is_there", "is there a ball", look) == "Yes, a ball."
    assert spoken("where_is", "where is the ball", look) == "Perhaps a ball, I'm not sure where."


def test_what_looks_like_cutlery_is_perhaps_a_spoon() -> None:
    look = HandMadeLook(scene(), found={"label": (label("ladle", 0.6),)})
    assert spoken("is_there", "is there a spoon", look) == "Perhaps a spoon."


def test_of_boxes_that_are_plain_through_the_classifier_alone_one_is_counted() -> None:
    wing, body = (0.0, 0.1, 0.5, 0.6), (0.45, 0.1, 0.7, 0.6)
    crops = (label("bird", 0.9, wing), label("bird", 0.9, body))
    look = HandMadeLook(scene(thing("bird", wing, 0.4), thing("bird", body, 0.38)), found={"label": crops})
    assert spoken("how_many", "how many birds are there", look) == "One bird."


def test_where_three_may_be_people_there_is_somebody() -> None:
    boxes = [(0.2 * i, 0.3, 0.2 * i + 0.1, 0.7) for i in range(3)]
    look = HandMadeLook(scene(*(thing("person", box, 0.5) for box in boxes)))
    assert spoken("is_there", "is anybody there", look).startswith("Yes, a person")
    look = HandMadeLook(scene(*(thing("clock", box, 0.5) for box in boxes)))
    assert spoken("is_there", "is there a clock", look).startswith("Perhaps three clocks")


def test_a_second_box_around_the_same_thing_is_not_counted() -> None:
    look = HandMadeLook(scene(thing("cup", (0.1, 0.3, 0.8, 0.9)), thing("cup", (0.3, 0.3, 0.7, 0.7))))
    assert spoken("how_many", "how many cups are there", look) == "One cup."


def test_two_names_for_one_thing_without_a_classifier_are_hedged() -> None:
    seen = scene(thing("car", AHEAD, 0.7), thing("truck", AHEAD, 0.6))
    assert spoken("describe", "what do you see", HandMadeLook(seen)).startswith("Perhaps a car")


def test_a_rider_is_not_contested_by_the_motorcycle_in_his_box() -> None:
    seen = scene(thing("person", (0.3, 0.1, 0.7, 0.7), 0.6), thing("motorcycle", (0.3, 0.4, 0.7, 0.9), 0.6))
    crops = (label("motorcycle", 0.9, (0.3, 0.1, 0.7, 0.7)), label("motorcycle", 0.9, (0.3, 0.4, 0.7, 0.9)))
    said = spoken("describe", "what do you see", HandMadeLook(seen, found={"label": crops}))
    assert said.startswith("A person and a motorcycle.")


def test_outside_its_table_the_classifier_makes_unsure_and_does_not_contradict() -> None:
    seen = scene(thing("giraffe", AHEAD, 0.65))
    assert "giraffe" not in COCO_OF_SYNSET.values()
    crop = (label("dog", 0.9, AHEAD),)
    assert spoken("describe", "", HandMadeLook(seen, found={"label": crop})).startswith("Perhaps a giraffe")


def test_a_weak_detection_that_the_classifier_confirms_is_said_plainly() -> None:
    seen = scene(thing("cup", AHEAD, 0.4))
    look = HandMadeLook(seen, found={"label": (label("cup", 0.6, AHEAD),)})
    assert spoken("describe", "", look).startswith("A cup at twelve o'clock")


def test_a_doubtful_count_is_hedged_in_a_description() -> None:
    boxes = [(0.18 * i, 0.3, 0.18 * i + 0.1, 0.7) for i in range(4)]
    people = [thing("person", box, score) for box, score in zip(boxes, (0.8, 0.7, 0.6, 0.45), strict=True)]
    look = HandMadeLook(scene(*people, thing("bus", (0.75, 0.0, 1.0, 1.0))))
    assert spoken("describe", "", look).startswith("A bus and three people, perhaps four.")


def test_a_part_of_a_thing_is_not_plainly_a_second_one() -> None:
    look = HandMadeLook(scene(thing("potted plant", (0.1, 0.0, 0.9, 1.0)), thing("potted plant", (0.2, 0.1, 0.4, 0.8))))
    assert spoken("how_many", "how many plants are there", look) == "One potted plant, perhaps two."


def test_a_very_doubtful_thing_is_told_only_when_asked_for() -> None:
    look = HandMadeLook(scene(thing("cup", AHEAD), thing("car", LEFT, 0.36)))
    assert "car" not in spoken("describe", "what do you see", look)
    assert spoken("is_there", "is there a car", look).startswith("Perhaps a car")


def test_the_classifier_adds_a_name_of_which_it_is_very_sure() -> None:
    look = HandMadeLook(scene(thing("person", AHEAD)), found={"label": (label("tripod", 0.96),)})
    assert spoken("describe", "what do you see", look).endswith("Perhaps also a tripod.")


def test_describe_names_the_whole_picture_when_nothing_is_detected() -> None:
    look = HandMadeLook(scene(), found={"label": (label("daisy", 0.6),)})
    assert spoken("describe", "what do you see", look) == "Perhaps a daisy."


def test_describe_refuses_when_nothing_supports_an_answer() -> None:
    assert refused("describe", "what do you see", HandMadeLook(scene()))


# --- is there


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


# --- how many


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


# --- where is


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


# --- read text, read code, colour, light


def test_text_is_read_line_by_line_and_a_doubtful_line_is_hedged() -> None:
    lines = (
        thing("Platform 4", (0.1, 0.2, 0.9, 0.3), 0.95, "text"),
        thing("way out", (0.1, 0.6, 0.9, 0.7), 0.6, "text"),
    )
    assert spoken("read_text", "read this", HandMadeLook(found={"text": lines})) == "Platform 4. Perhaps: way out."


def test_no_text_is_refused() -> None:
    assert refused("read_text", "read this", HandMadeLook())


@pytest.mark.parametrize(
    ("content", "answer"),
    [
        ("QR code\nhttps://example.com/menu?id=1", "QR code: a link to example.com."),
        ("QR code\nWIFI:T:WPA;S:Guests;P:secret;;", "QR code: the wireless network Guests."),
        ("bar code\n4006381333931", "Bar code: 4 0 0 6 3 8 1 3 3 3 9 3 1."),
        ("QR code\nHello", "QR code: Hello."),
    ],
)
def test_a_code_is_said_as_what_it_is(content: str, answer: str) -> None:
    look = HandMadeLook(found={"code": (thing(content, AHEAD, 1.0, "code"),)})
    assert spoken("read_code", "read the code", look) == answer


def test_colour_of_this_is_that_of_the_middle() -> None:
    look = HandMadeLook(found={"colour": (thing("mostly white and red", AHEAD, 0.6, "colour"),)})
    assert spoken("colour", "what colour is this", look) == "Mostly white and red."


def test_colour_of_a_thing_is_that_of_its_box() -> None:
    colours = (thing("white", (0.35, 0.35, 0.65, 0.65), 0.9, "colour"), thing("blue", LEFT, 0.9, "colour"))
    look = HandMadeLook(scene(thing("car", LEFT)), found={"colour": colours})
    assert spoken("colour", "what colour is the car?", look) == "Blue."


@pytest.mark.parametrize(
    ("name", "score", "said"),
    [
        ("brown", 0.9, "Brown."),
        ("mostly red and white", 0.5, "Perhaps mostly red and white."),
        ("light grey", 0.9, "Perhaps light grey."),
        ("mostly beige", 0.65, "Perhaps mostly beige."),
    ],
)
def test_a_colour_is_hedged_when_it_is_mixed_or_may_be_white_in_the_shade(name: str, score: float, said: str) -> None:
    look = HandMadeLook(scene(thing("car", LEFT)), found={"colour": (thing(name, LEFT, score, "colour"),)})
    assert spoken("colour", "what colour is the car?", look) == said


def test_colour_of_a_thing_that_is_not_in_view() -> None:
    assert spoken("colour", "what colour is the car", HandMadeLook()).startswith("I don't see a car.")


def test_light_answers_in_the_dark() -> None:
    dark = ViewState(7, NOW_NS, "dark")
    look = HandMadeLook(view=dark, found={"light": (thing("it is dark", AHEAD, 0.1, "light"),)})
    assert spoken("light", "is the light on", look) == "It is dark."


# --- warn


def test_warn_repeats_a_recent_alert() -> None:
    alert = Alert("car", 7, NOW_NS, AHEAD, 0.8, "Car ahead, coming closer.")
    look = HandMadeLook(alert=(NOW_NS - NS_PER_S, alert))
    assert spoken("warn", "is anything coming", look) == "Car ahead, coming closer."
    assert "don't see" in spoken("warn", "is anything coming", replace(look, alert=(NOW_NS - 9 * NS_PER_S, alert)))


# --- what needs no picture


def test_repeat_says_the_last_answer_again() -> None:
    assert spoken("repeat", "say that again", HandMadeLook(spoken=("A cup.", "At two."))) == "A cup. At two."
    assert refused("repeat", "say that again", HandMadeLook())


@pytest.mark.parametrize(
    ("skill", "text", "effect"),
    [
        ("stop", "stop", Effect(TURN, "stop")),
        ("volume", "speak louder", Effect(TURN, "volume", 1.0)),
        ("volume", "turn it down please", Effect(TURN, "volume", -1.0)),
        ("volume", "that is too loud", Effect(TURN, "volume", -1.0)),
        ("rate", "speak faster", Effect(TURN, "rate", 1.0)),
        ("rate", "slower", Effect(TURN, "rate", -1.0)),
        ("rate", "you talk too fast", Effect(TURN, "rate", -1.0)),
        ("rate", "you are too slow", Effect(TURN, "rate", 1.0)),
        ("rate", "speak at normal speed", Effect(TURN, "rate", 0.0)),
    ],
)
def test_settings_change_by_effect(skill: str, text: str, effect: Effect) -> None:
    assert effect in ask(skill, text, HandMadeLook())


def test_time_and_date_are_the_sessions() -> None:
    assert spoken("time_date", "what time is it", HandMadeLook()) == "5:07 PM."
    assert spoken("time_date", "what is the date", HandMadeLook()) == "Tuesday, November 24, 2026."


def test_help_offers_every_skill_that_has_an_example() -> None:
    said = spoken("help", "what can I ask", HandMadeLook()).lower()
    assert all(skill.help.rstrip("?").lower() in said for skill in SKILLS.values())


def test_status_names_what_is_broken_and_its_remedy() -> None:
    broken = SourceState("microphone", "stalled", remedy="Plug it in again.")
    assert "microphone is stalled. Plug it in again." in spoken(
        "status", "status", HandMadeLook(sources={"microphone": broken})
    )
    assert spoken("status", "status", HandMadeLook()) == "Everything works, and the picture is clear."


def test_fallback_says_how_to_go_on() -> None:
    assert refused("fallback", "sing me a song", HandMadeLook()) and FALLBACK.phrases == ()


# --- when we cannot see


@pytest.mark.parametrize(("skill", "question"), VIEW_QUESTIONS)
@pytest.mark.parametrize("state", ["dark", "bright", "blurred", "covered", "frozen", "stale", "missing"])
def test_a_picture_that_supports_nothing_is_refused_aloud_with_a_remedy(skill: str, question: str, state: str) -> None:
    look = HandMadeLook(scene(thing("cup")), view=ViewState(7, NOW_NS, state))  # type: ignore[arg-type]
    (said,) = ask(skill, question, look)
    assert isinstance(said, Sentence) and said.refused and said.text.startswith("I can't see: ")
    assert said.text.count(".") >= 2  # the reason, then the remedy


@pytest.mark.parametrize(("skill", "question"), VIEW_QUESTIONS)
def test_an_old_picture_is_refused(skill: str, question: str) -> None:
    old = HandMadeLook(scene(thing("cup"), time_ns=NOW_NS - 2 * NS_PER_S))
    assert "stopped sending" in spoken(skill, question, old) and refused(skill, question, old)


@pytest.mark.parametrize(("skill", "question"), VIEW_QUESTIONS)
def test_without_a_camera_the_question_is_refused_with_the_cameras_remedy(skill: str, question: str) -> None:
    gone = SourceState("camera", "missing", remedy="Plug the camera in.")
    look = HandMadeLook(scene(thing("cup")), sources={"camera": gone})
    assert spoken(skill, question, look) == "I can't see: the camera is missing. Plug the camera in."


def test_before_the_first_picture_the_question_is_refused() -> None:
    assert refused("describe", "what do you see", HandMadeLook(scene=None))


# --- the table


def test_every_skill_is_found_by_its_own_name_and_has_phrases() -> None:
    assert all(name == skill.name for name, skill in SKILLS.items())
    assert all(skill.phrases for skill in SKILLS.values() if skill is not FALLBACK)


def test_no_phrase_belongs_to_two_skills() -> None:
    phrases = [phrase.lower() for skill in SKILLS.values() for phrase in skill.phrases]
    assert len(phrases) == len(set(phrases))


def test_the_detectors_eighty_classes_have_names_and_every_table_agrees() -> None:
    assert len(THINGS) == 80 and set(COCO_OF_SYNSET.values()) <= set(THINGS)
