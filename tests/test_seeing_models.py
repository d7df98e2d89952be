"""The starter pack's detector and classifier on photographs: what is said of them."""

from __future__ import annotations

from collections.abc import Iterator

import cv2
import numpy as np
import pytest
import skimage.data

from edgemm.media import VideoFrame
from edgemm.tasks import open_task
from runtime.evidence.labels import LabelObserver
from runtime.evidence.objects import ObjectObserver
from runtime.evidence.text import TextObserver
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
    assert spoken("describe", "what do you see", look).startswith("Perhaps a cat")
    assert spoken("is_there", "is there a person", look) == "I'm not sure: it may be a cat."
    assert spoken("is_there", "is there a cat", look).startswith("Perhaps a cat")
    assert spoken("how_many", "how many people are there", look) == "I don't see any people."


@pytest.mark.parametrize(("name", "said"), [("astronaut", "A person"), ("coffee", "A cup")])
def test_a_clear_thing_is_named_plainly(name: str, said: str, observers: tuple[ObjectObserver, LabelObserver]) -> None:
    assert spoken("describe", "what do you see", look_at(name, observers)).startswith(said)


def test_a_page_is_read_in_order_and_can_be_interrupted() -> None:
    reader = TextObserver(open_task(exported("pp-ocrv6-small")), "pp-ocrv6-small")
    page = np.full((360, 640, 3), 235, np.uint8)
    for i, line in enumerate(("PLATFORM 4", "Way out")):
        cv2.putText(page, line, (60, 120 + 120 * i), cv2.FONT_HERSHEY_DUPLEX, 2.0, (20, 20, 20), 3, cv2.LINE_AA)
    passes = list(reader.gather(VideoFrame(page, NOW_NS, 1), ()))
    assert [line.label for line in passes[-1]] == ["PLATFORM 4", "Way out"] and len(passes) > 2
    look = HandMadeLook(found={"text": passes[-1]})
    assert spoken("read_text", "read this", look) == "PLATFORM 4. Way out."
