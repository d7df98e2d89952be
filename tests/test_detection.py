"""The detector says which things stand where, once each; its quality is measured against boxes or another detector."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from edgemm.commands.drawing import draw_detections
from edgemm.errors import BundleError, InputError
from edgemm.evaluation.detection import compare, evaluate
from edgemm.media import VideoFrame
from edgemm.tasks.detection import Detections, Detector, overlap, suppress
from edgemm.tasks.examples import Box, Example
from tests.exported import exported
from tests.tiny_vision import SIZE, detector_bundle

CAT = [0.1, 0.1, 0.5, 0.5]
CAT_AGAIN = [0.12, 0.1, 0.5, 0.52]
DOG = [0.6, 0.6, 0.9, 0.9]
BOXES = np.array([CAT, CAT_AGAIN, DOG], np.float32)
SCORES = np.array([[0.9, 0.1], [0.8, 0.7], [0.1, 0.6]], np.float32)
WHITE = VideoFrame(np.full((100, 200, 3), 255, np.uint8), 0, 0)


def test_a_thing_is_reported_once_and_the_best_first(tmp_path: Path) -> None:
    detector = Detector(detector_bundle(tmp_path / "bundle", BOXES, SCORES, ["cat", "dog"], score_threshold=0.5))
    found = detector.detect(WHITE)
    assert found.labels == ("cat", "dog", "dog")
    np.testing.assert_allclose(found.scores, [0.9, 0.7, 0.6], atol=1e-3)
    np.testing.assert_allclose(found.boxes, [CAT, CAT_AGAIN, DOG], atol=1e-5)
    assert list(found.class_ids) == [0, 1, 1]


def test_the_threshold_of_the_call_replaces_the_bundles(tmp_path: Path) -> None:
    detector = Detector(detector_bundle(tmp_path / "bundle", BOXES, SCORES, ["cat", "dog"], score_threshold=0.5))
    assert len(detector.detect(WHITE, score_threshold=0.85)) == 1


def test_a_dark_picture_has_no_detections_and_they_have_the_right_shape(tmp_path: Path) -> None:
    detector = Detector(detector_bundle(tmp_path / "bundle", BOXES, SCORES, ["cat", "dog"]))
    found = detector.detect(VideoFrame(np.zeros((50, 50, 3), np.uint8), 0, 0))
    assert len(found) == 0 and found.boxes.shape == (0, 4)


def test_labels_that_do_not_fit_the_graph_are_refused(tmp_path: Path) -> None:
    detector = Detector(detector_bundle(tmp_path / "bundle", BOXES, SCORES, ["cat", "dog", "cow"]))
    with pytest.raises(BundleError, match="labels"):
        detector.detect(WHITE)


def test_suppression_agrees_with_opencvs() -> None:
    generator = np.random.default_rng(7)
    corner, size = generator.uniform(0, 0.7, (200, 2)), generator.uniform(0.05, 0.3, (200, 2))
    boxes = np.concatenate([corner, corner + size], axis=1).astype(np.float32)
    scores = generator.permutation(np.linspace(0.3, 0.99, 200)).astype(np.float32)
    classes = generator.integers(0, 3, 200)
    rectangles = np.concatenate([corner, size], axis=1).tolist()
    expected = cv2.dnn.NMSBoxesBatched(rectangles, scores.tolist(), classes.tolist(), 0.0, 0.5)
    kept = suppress(boxes, scores, classes, iou_threshold=0.5, max_kept=1000)
    assert set(kept.tolist()) == set(np.asarray(expected).ravel().tolist())


def test_suppression_keeps_the_best_and_no_more_than_asked() -> None:
    boxes = np.array([[x, 0.0, x + 0.1, 0.1] for x in (0.0, 0.2, 0.4, 0.6)], np.float32)
    scores, classes = np.array([0.5, 0.9, 0.7, 0.9], np.float32), np.zeros(4, np.int64)
    for most, expected in ((0, []), (1, [1]), (3, [1, 3, 2]), (4, [1, 3, 2, 0]), (9, [1, 3, 2, 0])):
        assert suppress(boxes, scores, classes, iou_threshold=0.5, max_kept=most).tolist() == expected


def test_suppression_begins_above_the_threshold_and_within_a_class() -> None:
    boxes = np.array([[0.0, 0.0, 1.0, 1.0], [0.0, 0.0, 1.0, 0.5], [0.0, 0.0, 1.0, 0.5]], np.float32)
    scores, classes = np.array([0.9, 0.8, 0.7], np.float32), np.array([0, 0, 1])
    assert suppress(boxes, scores, classes, iou_threshold=0.5, max_kept=9).tolist() == [0, 1, 2]
    assert suppress(boxes, scores, classes, iou_threshold=0.49, max_kept=9).tolist() == [0, 2]


def test_overlap_of_boxes_without_area_is_zero() -> None:
    empty = np.array([[0.5, 0.5, 0.5, 0.5]], np.float32)
    assert overlap(empty[0], empty)[0] == 0.0


def test_what_calibration_sees_is_what_the_detector_sees(tmp_path: Path) -> None:
    detector = Detector(detector_bundle(tmp_path / "bundle", BOXES, SCORES, ["cat", "dog"]))
    cv2.imwrite(str(tmp_path / "white.png"), WHITE.pixels)
    [(role, inputs)] = detector.calibration_inputs(Example(image=tmp_path / "white.png"))
    assert role == "detector" and list(inputs) == ["image"]
    assert inputs["image"].shape == (1, 3, SIZE, SIZE) and (inputs["image"] == 255).all()
    with pytest.raises(InputError):
        next(detector.calibration_inputs(Example(image=tmp_path / "none.png")))


def picture(folder: Path, boxes: tuple[Box, ...] | None = None) -> Example:
    path = folder / "picture.png"
    cv2.imwrite(str(path), WHITE.pixels)
    return Example(image=path, boxes=boxes)


def pixels(label: str, box: list[float]) -> Box:
    return Box(label=label, xyxy=(box[0] * 200, box[1] * 100, box[2] * 200, box[3] * 100))


def test_average_precision_is_one_when_everything_is_found(tmp_path: Path) -> None:
    bundle = detector_bundle(tmp_path / "bundle", BOXES[[0, 2]], np.array([[0.9, 0], [0, 0.6]]), ["cat", "dog"])
    example = picture(tmp_path, (pixels("cat", CAT), pixels("dog", DOG)))
    [figure] = evaluate(bundle, [example])
    assert figure.name == "map50" and figure.value == pytest.approx(1.0)


def test_average_precision_halves_when_one_of_two_classes_is_missed(tmp_path: Path) -> None:
    bundle = detector_bundle(tmp_path / "bundle", BOXES[[0]], np.array([[0.9, 0]]), ["cat", "dog"])
    [figure] = evaluate(bundle, [picture(tmp_path, (pixels("cat", CAT), pixels("dog", DOG)))])
    assert figure.value == pytest.approx(0.5)


def test_examples_without_boxes_cannot_be_measured(tmp_path: Path) -> None:
    bundle = detector_bundle(tmp_path / "bundle", BOXES, SCORES, ["cat", "dog"])
    with pytest.raises(InputError, match="boxes"):
        evaluate(bundle, [picture(tmp_path)])


def test_a_detector_agrees_with_itself_and_not_with_one_that_looks_elsewhere(tmp_path: Path) -> None:
    one = detector_bundle(tmp_path / "a" / "bundle", BOXES, SCORES, ["cat", "dog"])
    other = detector_bundle(tmp_path / "b" / "bundle", BOXES + 0.45, SCORES, ["cat", "dog"])
    itself = {figure.name: figure.value for figure in compare(one, one, [picture(tmp_path)])}
    elsewhere = {figure.name: figure.value for figure in compare(one, other, [picture(tmp_path)])}
    assert itself == {"map50_agreement": pytest.approx(1.0), "f1_agreement": pytest.approx(1.0)}
    assert elsewhere["map50_agreement"] < 0.6 and elsewhere["f1_agreement"] < 0.6


def test_drawing_marks_the_box_and_leaves_the_frame_alone() -> None:
    frame = VideoFrame(np.zeros((100, 200, 3), np.uint8), 0, 0)
    found = Detections(np.array([DOG], np.float32), np.array([0.9], np.float32), np.array([1]), ("dog",))
    drawn = draw_detections(frame, found)
    assert not frame.pixels.any()
    assert drawn[60:90, 118:122].any() and drawn[75, 178:182].any() and not drawn[:40, :100].any()


def test_detections_whose_parts_do_not_fit_together_are_refused() -> None:
    with pytest.raises(ValueError, match="expected 2"):
        Detections(np.zeros((1, 4), np.float32), np.zeros(1, np.float32), np.zeros(1, np.int64), ("cat", "dog"))


@pytest.mark.parametrize(("name", "things"), [("person_dog_horse", {"person", "horse"}), ("astronaut", {"person"})])
def test_the_exported_detector_sees_what_is_there(name: str, things: set[str]) -> None:
    from edgemm.pictures.photographs import read_photographs

    bundle = exported("nanodet")
    [photo] = [photo for photo in read_photographs() if photo.name == name]
    image = cv2.imread(str(photo.file))
    assert image is not None
    found = Detector(bundle).detect(VideoFrame(np.asarray(image, np.uint8), 0, 0))
    assert things <= set(found.labels)


def test_the_exported_detector_is_as_sure_as_it_was_trained_to_be() -> None:
    """Scores in 8 bits ended at the highest one that calibration saw: 0.61 for this cow, 0.87 in float32."""
    from edgemm.pictures.photographs import read_photographs

    [photo] = [photo for photo in read_photographs() if photo.name == "cows"]
    image = cv2.imread(str(photo.file))
    assert image is not None
    found = Detector(exported("nanodet")).detect(VideoFrame(np.asarray(image, np.uint8), 0, 0))
    assert found.labels[0] == "cow" and found.scores[0] > 0.8
