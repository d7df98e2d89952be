"""The starter pack's detector and classifier on photographs: what is said of them."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
import skimage.data

from edgemm.media import VideoFrame
from edgemm.tasks import open_task
from runtime.evidence.labels import LabelObserver
from runtime.evidence.objects import ObjectObserver
from runtime.items import Scene, ViewState
from tests.exported import exported
from tests.scenes import NOW_NS, HandMadeLook, spoken


@pytest.fixture(scope="module")
def observers() -> Iterator[tuple[ObjectObserver, LabelObserver]]:
    detector, classifier = open_task(exported("nanodet")), open_task(exported("efficientnet-lite0"))
    yield ObjectObserver(detector, "nanodet"), LabelObserver(classifier, "efficientnet-lite0")


def look_at(name: str, observers: tuple[ObjectObserver, LabelObserver]) -> HandMadeLook:
    pixels = np.ascontiguousarray(getattr(skimage.data, name)()[..., :3][..., ::-1])
    frame = VideoFrame(pixels, NOW_NS, 1)
    objects, labels = observers
    *_, seen = objects.gather(frame, ())
    *_, named = labels.gather(frame, seen)
    return HandMadeLook(Scene(frame, seen, ViewState(1, NOW_NS, "ok")), found={"label": named})


def test_a_cat_that_is_detected_as_a_person_is_perhaps_a_cat(observers: tuple[ObjectObserver, LabelObserver]) -> None:
    look = look_at("chelsea", observers)
    assert look.scene is not None and look.scene.evidence[0].label == "person"
    assert spoken("describe", "what do you see", look) == "Perhaps a cat."
    assert spoken("is_there", "is there a person", look) == "I'm not sure: it may be a cat."
    assert spoken("is_there", "is there a cat", look).startswith("Perhaps a cat")
    assert spoken("how_many", "how many people are there", look) == "I don't see any people."


@pytest.mark.parametrize(("name", "said"), [("astronaut", "A person."), ("coffee", "A cup.")])
def test_a_clear_thing_is_named_plainly(name: str, said: str, observers: tuple[ObjectObserver, LabelObserver]) -> None:
    assert spoken("describe", "what do you see", look_at(name, observers)).startswith(said)
