"""What is said of what is in view, and how plainly: by one model, by two, by their scores."""

from __future__ import annotations

from runtime.evidence.coco_imagenet import COCO_OF_SYNSET
from runtime.skills import Sentence
from tests.scenes import AHEAD, LEFT, RIGHT, HandMadeLook, ask, label, refused, scene, spoken, thing


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
