"""Quality of what sees, reads and embeds: each figure held to an example worked by hand or to the field's library."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import cv2
import jiwer
import numpy as np
import pytest

from edgemm.errors import InputError
from edgemm.evaluation import (
    classification,
    detection,
    embedding,
    text_recognition,
)
from edgemm.evaluation.detection import Boxes, matched, mean_average_precision
from edgemm.tasks.detection import Detections
from edgemm.tasks.examples import Box, Example
from tests.scripted_figures import FLOAT32, QUANTISED, by_name, values


def detections(rows: Sequence[tuple[str, float, list[float]]]) -> Detections:
    names = sorted({"cat", "dog", "cup"})
    return Detections(
        np.array([box for _, _, box in rows], np.float32).reshape(-1, 4),
        np.array([score for _, score, _ in rows], np.float32),
        np.array([names.index(label) for label, _, _ in rows], np.int64),
        tuple(label for label, _, _ in rows),
    )


LEFT, RIGHT = [0.0, 0.0, 0.5, 1.0], [0.5, 0.0, 0.9, 1.0]
HALF_LEFT = [0.0, 0.0, 0.25, 1.0]
"""Overlaps LEFT by exactly a half."""


def test_one_box_matches_one() -> None:
    one, two = detections([("cat", 0.9, LEFT)]), detections([("cat", 0.9, LEFT), ("cat", 0.8, LEFT)])
    assert matched(two, one) == 1 and matched(one, two) == 1 and matched(two, two) == 2


def test_boxes_of_other_labels_places_or_half_the_size_do_not_match() -> None:
    cat = detections([("cat", 0.9, LEFT)])
    assert matched(cat, detections([("dog", 0.9, LEFT)])) == 0
    assert matched(cat, detections([("cat", 0.9, RIGHT)])) == 0
    assert matched(cat, detections([("cat", 0.9, HALF_LEFT)])) == 0
    assert matched(cat, detections([("cat", 0.9, [0.0, 0.0, 0.26, 1.0])])) == 1
    assert matched(cat, detections([])) == matched(detections([]), cat) == 0


def test_average_precision_is_the_area_under_the_curve_of_101_recalls() -> None:
    truths = [Boxes(np.array([LEFT, RIGHT]), ("cat", "cat"))]
    found = [detections([("cat", 0.9, LEFT), ("cat", 0.8, [0.0, 0.0, 0.1, 0.1]), ("cat", 0.7, RIGHT)])]
    assert mean_average_precision(truths, found) == pytest.approx((51 * 1 + 50 * 2 / 3) / 101)
    assert mean_average_precision(truths, [detections([])]) == 0.0
    assert np.isnan(mean_average_precision([Boxes(np.zeros((0, 4)), ())], found))


def test_average_precision_is_the_mean_over_the_labels_of_the_truth_at_an_overlap_of_a_half() -> None:
    truths = [Boxes(np.array([LEFT, RIGHT]), ("cat", "dog")), Boxes(np.zeros((0, 4)), ())]
    cup = ("cup", 0.9, RIGHT)  # no such truth: not counted
    assert mean_average_precision(truths, [detections([("cat", 0.9, LEFT), cup]), detections([])]) == pytest.approx(0.5)
    just, not_quite = [0.0, 0.0, 0.251, 1.0], [0.0, 0.0, 0.249, 1.0]
    for box, value in ((just, 0.5), (not_quite, 0.0)):
        assert mean_average_precision(truths, [detections([("cat", 0.9, box)]), detections([])]) == pytest.approx(value)


def test_a_detector_agrees_by_the_share_of_what_both_report(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    expected = detections([("cat", 0.9, LEFT), ("dog", 0.8, RIGHT)])
    other = detections([("cat", 0.9, LEFT)])

    class Scripted:
        def __init__(self, bundle: Any) -> None:
            self.found = expected if bundle is FLOAT32 else other

        def detect(self, frame: Any, score_threshold: float | None = None) -> Detections:
            assert score_threshold in (None, 0.05)
            return self.found

    monkeypatch.setattr(detection, "Detector", Scripted)
    examples = pictures(tmp_path, 2)
    found = values(detection.compare(FLOAT32, QUANTISED, examples))  # type: ignore[arg-type]
    assert found["map50_agreement"] == pytest.approx(0.5) and found["f1_agreement"] == pytest.approx(2 * 2 / 6)
    truth = (Box(label="cat", xyxy=(0, 0, 10, 10)), Box(label="dog", xyxy=(10, 0, 18, 10)))
    labelled = [example.model_copy(update={"boxes": truth}) for example in examples]
    assert values(detection.evaluate(FLOAT32, labelled)) == {"map50": pytest.approx(1.0)}  # type: ignore[arg-type]


def pictures(folder: Path, count: int) -> list[Example]:
    """Grey pictures of 20 x 10 pixels whose brightness is their number."""
    for number in range(count):
        cv2.imwrite(str(folder / f"{number}.png"), np.full((10, 20, 3), number, np.uint8))
    return [Example(image=folder / f"{number}.png") for number in range(count)]


def test_a_classifiers_shares_of_first_and_first_five(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Picture n is guessed to be n, n + 1, …; the labels are n, n + 4, n + 5 and n by name."""

    class Scripted:
        def __init__(self, bundle: Any) -> None:
            self.shift = 0 if bundle is FLOAT32 else 1

        def classify(self, frame: Any, top: int) -> list[Any]:
            number = int(frame.pixels[0, 0, 0])
            first = number + (self.shift if number == 3 else 0)
            return [SimpleNamespace(synset=f"n{first + i}", label=f"thing {first + i}") for i in range(top)]

    monkeypatch.setattr(classification, "Classifier", Scripted)
    labels = ["n0", "n5", "n7", "thing 3"]
    examples = [e.model_copy(update={"label": label}) for e, label in zip(pictures(tmp_path, 4), labels, strict=True)]
    found = by_name(classification.evaluate(FLOAT32, examples))  # type: ignore[arg-type]
    assert found["top1_accuracy"].value == 0.5 and found["top5_accuracy"].value == 0.75
    assert found["top1_accuracy"].interval == pytest.approx(classification.wilson_interval(2, 4))
    assert values(classification.compare(FLOAT32, QUANTISED, examples)) == {"top1_agreement": 0.75}  # type: ignore[arg-type]


def test_an_embedders_figures(monkeypatch: pytest.MonkeyPatch) -> None:
    north, east, between = [1.0, 0.0], [0.0, 1.0], [0.6, 0.8]
    table = {
        "float32": {"up": north, "right": east, "q1": north, "q2": east, "q3": between},
        "quantised": {"up": north, "right": east, "q1": [0.8, 0.6], "q2": east, "q3": [0.8, 0.6]},
    }

    class Scripted:
        def __init__(self, bundle: Any) -> None:
            self.vectors = table[bundle.name]

        def embed(self, texts: Sequence[str]) -> Any:
            return np.array([self.vectors[text] for text in texts])

    monkeypatch.setattr(embedding, "Embedder", Scripted)
    examples = [Example(text=text, label=text, group="phrase") for text in ("up", "right")]
    examples += [Example(text="q1", label="up"), Example(text="q2", label="right"), Example(text="q3", label="up")]
    found = values(embedding.compare(FLOAT32, QUANTISED, examples))  # type: ignore[arg-type]
    assert found["cosine_mean"] == pytest.approx((0.8 + 1.0 + 0.96) / 3) and found["cosine_min"] == pytest.approx(0.8)
    assert found["nearest_phrase_agreement"] == found["nearest_label_agreement"] == pytest.approx(2 / 3)
    right = values(embedding.evaluate(FLOAT32, examples))  # type: ignore[arg-type]
    assert right == {"nearest_phrase_right": pytest.approx(2 / 3)}


def test_a_readers_error_rates_are_jiwers(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    truth = ["Exit", "Gate  4\nA", "", "code"]
    read = {"float32": ["Exit", "Gate 4 A", ""], "quantised": ["Exot", "Gate 44 A", ""]}

    class Scripted:
        def __init__(self, bundle: Any) -> None:
            self.texts = read[bundle.name]

        def read(self, frame: Any) -> list[Any]:
            return [SimpleNamespace(text=part) for part in self.texts[int(frame.pixels[0, 0, 0])].split()]

    monkeypatch.setattr(text_recognition, "TextReader", Scripted)
    groups = ["sign", "door", "door", "code"]
    examples = [
        e.model_copy(update={"text": text, "group": group})
        for e, text, group in zip(pictures(tmp_path, 4), truth, groups, strict=True)
    ]
    found = values(text_recognition.evaluate(QUANTISED, examples))  # type: ignore[arg-type]
    assert found["character_error_rate_to_truth"] == pytest.approx(
        jiwer.cer(["Exit", "Gate 4 A"], ["Exot", "Gate 44 A"])
    )
    assert found["character_error_rate_sign"] == pytest.approx(1 / 4)
    assert found["character_error_rate_door"] == pytest.approx(1 / 8)
    cost = values(text_recognition.compare(FLOAT32, QUANTISED, examples))  # type: ignore[arg-type]
    assert cost["character_error_rate"] == cost["character_error_rate_to_truth"] == pytest.approx(2 / 12)
    assert cost["character_error_increase_points"] == pytest.approx(100 * 2 / 12)
    assert text_recognition._error_rate("", ["ab", ""], ["ab", "xyz"]).value == pytest.approx(3 / 2)
    assert text_recognition._error_rate("", [""], ["xyz"]).value == 3


@pytest.mark.parametrize("groups", [("phrase",), ("question",), ()])
def test_an_embedder_is_judged_on_phrases_and_on_questions_or_not_at_all(groups: tuple[str, ...]) -> None:
    with pytest.raises(InputError, match="phrase"):
        embedding._split([Example(text="is there a cup", group=group) for group in groups])
