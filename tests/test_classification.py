"""The classifier names what a picture, or a part of it, shows."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from edgemm.bundles.bundle import Bundle
from edgemm.errors import BundleError, InputError
from edgemm.evaluation.classification import compare, evaluate, wilson_interval
from edgemm.media import VideoFrame
from edgemm.tasks import open_task
from edgemm.tasks.classification import Classifier
from edgemm.tasks.examples import Example
from tests.bundle_damage import replace_file
from tests.exported import exported
from tests.tiny_vision import SIZE, classifier_bundle

LABELS = ["n1\tsky", "n2\tmeadow", "n3\tfire truck"]


def coloured(blue: int, green: int, red: int) -> VideoFrame:
    pixels = np.empty((40, 60, 3), np.uint8)
    pixels[:] = (blue, green, red)
    return VideoFrame(pixels, 0, 0)


def test_guesses_come_best_first_with_name_and_synset(tmp_path: Path) -> None:
    guesses = Classifier(classifier_bundle(tmp_path / "bundle", LABELS)).classify(coloured(10, 30, 200), top=2)
    assert [(guess.label, guess.synset) for guess in guesses] == [("fire truck", "n3"), ("meadow", "n2")]
    assert guesses[0].score > 0.99 > guesses[1].score >= 0.0


def test_a_region_is_looked_at_alone(tmp_path: Path) -> None:
    classifier = Classifier(classifier_bundle(tmp_path / "bundle", LABELS))
    pixels = coloured(200, 0, 0).pixels.copy()
    pixels[20:, 30:] = (0, 250, 0)
    frame = VideoFrame(pixels, 0, 0)
    assert classifier.classify(frame)[0].label == "sky"
    assert classifier.classify(frame, region=(0.5, 0.5, 1.0, 1.0))[0].label == "meadow"


def test_labels_that_do_not_fit_the_graph_are_refused(tmp_path: Path) -> None:
    classifier = Classifier(classifier_bundle(tmp_path / "bundle", LABELS[:2]))
    with pytest.raises(BundleError, match="labels"):
        classifier.classify(coloured(0, 0, 0))


def examples(folder: Path, labels: list[str | None]) -> list[Example]:
    cv2.imwrite(str(folder / "blue.png"), coloured(220, 10, 10).pixels)
    cv2.imwrite(str(folder / "green.png"), coloured(10, 220, 10).pixels)
    return [
        Example(image=folder / name, label=label) for name, label in zip(("blue.png", "green.png"), labels, strict=True)
    ]


def test_accuracy_counts_first_guesses_by_name_or_synset(tmp_path: Path) -> None:
    bundle = classifier_bundle(tmp_path / "bundle", LABELS)
    figures = {figure.name: figure.value for figure in evaluate(bundle, examples(tmp_path, ["sky", "n3"]))}
    assert figures == {"top1_accuracy": 0.5, "top5_accuracy": 1.0}


def test_examples_without_a_label_cannot_be_measured(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="label"):
        evaluate(classifier_bundle(tmp_path / "bundle", LABELS), examples(tmp_path, ["sky", None]))


def test_agreement_is_the_share_of_equal_first_guesses(tmp_path: Path) -> None:
    one = classifier_bundle(tmp_path / "a" / "bundle", LABELS)
    other = classifier_bundle(tmp_path / "b" / "bundle", [LABELS[0], LABELS[2], LABELS[1]])
    pictures = examples(tmp_path, [None, None])
    assert compare(one, one, pictures)[0].value == 1.0
    [figure] = compare(one, other, pictures)
    assert figure.name == "top1_agreement" and figure.value == 0.5 and figure.samples == 2


def test_what_calibration_sees_is_what_the_classifier_sees(tmp_path: Path) -> None:
    classifier = Classifier(classifier_bundle(tmp_path / "bundle", LABELS))
    [(role, inputs)] = classifier.calibration_inputs(examples(tmp_path, [None, None])[0])
    assert role == "classifier" and inputs["image"].shape == (1, 3, SIZE, SIZE)
    np.testing.assert_array_equal(inputs["image"][0, :, 0, 0], [220, 10, 10])


def test_wilsons_interval_is_that_of_the_textbook() -> None:
    low, high = wilson_interval(81, 263)
    assert (round(low, 4), round(high, 4)) == (0.2553, 0.3662)  # Newcombe 1998, table I, method 3


@pytest.mark.parametrize(("name", "label"), [("coffee", "espresso"), ("pagoda", "palace")])
def test_the_exported_classifier_names_what_is_there(name: str, label: str) -> None:
    from edgemm.pictures.photographs import read_photographs

    bundle = exported("efficientnet-lite0")
    [photo] = [photo for photo in read_photographs() if photo.name == name]
    image = cv2.imread(str(photo.file))
    assert image is not None
    guesses = Classifier(bundle).classify(VideoFrame(np.asarray(image, np.uint8), 0, 0))
    assert label in {guess.label for guess in guesses}


def test_labels_that_are_no_text_are_refused_although_their_hash_is_right(tmp_path: Path) -> None:
    folder = classifier_bundle(tmp_path / "bundle", LABELS).folder
    replace_file(folder, "labels", b"n1\tsky\n\xff\n")
    with pytest.raises(BundleError, match="'labels' is no UTF-8 text"):
        open_task(Bundle.open(folder))
