"""Quality of a detector: mean average precision at an overlap of 0.5 (COCO's definition, pycocotools)."""

from __future__ import annotations

import contextlib
import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from edgemm.bundles.bundle import Bundle
from edgemm.bundles.figures import Figure
from edgemm.errors import InputError
from edgemm.tasks.detection import Detections, Detector, example_frame, overlap
from edgemm.tasks.examples import Example

OVERLAP = 0.5
CURVE_THRESHOLD = 0.05
"""Detections down to this score count for average precision, which looks at the whole curve."""


@dataclass(frozen=True, eq=False)
class Boxes:
    """Boxes of one picture: `xyxy (box, 4)` in any one unit, and a label for each."""

    xyxy: np.ndarray[Any, Any]
    labels: tuple[str, ...]


def evaluate(bundle: Bundle, examples: Sequence[Example]) -> tuple[Figure, ...]:
    """`map50` against the boxes of the examples. Raises InputError when an example has none."""
    detector = Detector(bundle)
    truths, found = [], []
    for example in examples:
        if example.boxes is None:
            raise InputError("cannot measure a detector", expected="`boxes` in every example", found=example.image)
        frame = example_frame(example)
        size = np.array([frame.width, frame.height] * 2, np.float32)
        corners = np.array([box.xyxy for box in example.boxes], np.float32).reshape(-1, 4)
        truths.append(Boxes(corners / size, tuple(box.label for box in example.boxes)))
        found.append(detector.detect(frame, score_threshold=CURVE_THRESHOLD))
    return (_figure("map50", mean_average_precision(truths, found), examples),)


def compare(reference: Bundle, candidate: Bundle, examples: Sequence[Example]) -> tuple[Figure, ...]:
    """Agreement of `candidate` with `reference`, whose detections stand for the truth.

    `map50_agreement`: mean average precision; `f1_agreement`: of what both report at the bundle's own threshold.
    """
    detector, other = Detector(reference), Detector(candidate)
    truths, found, hits, reported = [], [], 0, 0
    for example in examples:
        frame = example_frame(example)
        expected = detector.detect(frame)
        truths.append(Boxes(expected.boxes, expected.labels))
        found.append(other.detect(frame, score_threshold=CURVE_THRESHOLD))
        same = other.detect(frame)
        hits += matched(expected, same)
        reported += len(expected) + len(same)
    return (
        _figure("map50_agreement", mean_average_precision(truths, found), examples),
        _figure("f1_agreement", 2 * hits / reported if reported else float("nan"), examples),
    )


def mean_average_precision(truths: Sequence[Boxes], found: Sequence[Detections]) -> float:
    """Mean over the labels that occur in `truths` of average precision at `OVERLAP`; NaN without any."""
    from pycocotools.coco import COCO
    from pycocotools.cocoeval import COCOeval

    names = sorted({label for boxes in truths for label in boxes.labels})
    if not names:
        return float("nan")
    ids = {name: number for number, name in enumerate(names, start=1)}
    annotations = [
        {**_box(box), "id": 0, "image_id": image, "category_id": ids[label], "iscrowd": 0}
        for image, boxes in enumerate(truths)
        for box, label in zip(boxes.xyxy, boxes.labels, strict=True)
    ]
    for number, annotation in enumerate(annotations, start=1):
        annotation["id"] = number  # 0 would read as "not matched"
    results = [
        {**_box(box), "image_id": image, "category_id": ids[label], "score": float(score)}
        for image, detections in enumerate(found)
        for box, label, score in zip(detections.boxes, detections.labels, detections.scores, strict=True)
        if label in ids
    ]
    if not results:
        return 0.0
    with contextlib.redirect_stdout(io.StringIO()):  # pycocotools prints its progress
        truth = COCO()
        truth.dataset = {
            "info": {},
            "images": [{"id": image} for image in range(len(truths))],
            "categories": [{"id": number, "name": name} for name, number in ids.items()],
            "annotations": annotations,
        }
        truth.createIndex()
        evaluation = COCOeval(truth, truth.loadRes(results), "bbox")
        evaluation.params.iouThrs = np.array([OVERLAP])
        evaluation.params.areaRng, evaluation.params.areaRngLbl = [[0, 1e10]], ["all"]
        evaluation.params.maxDets = [100]
        evaluation.evaluate()
        evaluation.accumulate()
    precision = evaluation.eval["precision"]
    return float(precision[precision > -1].mean())


def matched(first: Detections, second: Detections) -> int:
    """How many of `first` have a partner of their own in `second`: same label, overlap above `OVERLAP`."""
    free, count = np.ones(len(second), np.bool_), 0
    for box, class_id in zip(first.boxes, first.class_ids, strict=True):
        overlaps = np.where(free & (second.class_ids == class_id), overlap(box, second.boxes), 0.0)
        if len(overlaps) and overlaps.max() > OVERLAP:
            free[overlaps.argmax()] = False
            count += 1
    return count


def _box(xyxy: np.ndarray[Any, Any]) -> dict[str, Any]:
    """COCO's form, in thousandths of the picture."""
    left, top, right, bottom = (1000.0 * float(value) for value in xyxy)
    return {"bbox": [left, top, right - left, bottom - top], "area": (right - left) * (bottom - top)}


def _figure(name: str, value: float, examples: Sequence[Example]) -> Figure:
    origins = {example.origin or str(example.image) for example in examples}
    return Figure(name=name, value=value, samples=len(examples), note=f"{len(origins)} distinct photographs")
