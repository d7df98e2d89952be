"""Detection: which things stand where in a picture.

Graph `detector`:
    in   image  (1, channel, row, column) float32, by the manifest's preprocess
    out  boxes  (box, xyxy) float32, corners in 0..1 of the network's view, before suppression
         scores (box, class) float32 in 0..1
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from pydantic import BaseModel, ConfigDict, Field

from edgemm.backends import open_session
from edgemm.bundles.bundle import Bundle
from edgemm.bundles.tensors import Array
from edgemm.errors import BundleError, InputError
from edgemm.media import VideoFrame
from edgemm.pictures.preprocess import Boxes, preprocess
from edgemm.tasks.examples import Example

Scores = npt.NDArray[np.float32]
ClassIds = npt.NDArray[np.int64]


class DetectionSettings(BaseModel):
    """`settings` of a detection bundle."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    score_threshold: float = Field(0.35, ge=0.0, le=1.0)
    iou_threshold: float = Field(0.6, ge=0.0, le=1.0)
    max_detections: int = Field(100, ge=1)
    labels_file: str = "labels.txt"
    """File of the bundle with one class name a line, in the order of the graph's classes."""


@dataclass(frozen=True, eq=False)
class Detections:
    """What was found in one picture, best score first.

    `boxes (box, xyxy)` in 0..1 of the picture; `scores (box,)`; `class_ids (box,)`; `labels` one name for each box.
    """

    boxes: Boxes
    scores: Scores
    class_ids: ClassIds
    labels: tuple[str, ...]

    def __post_init__(self) -> None:
        count = len(self.labels)
        if self.boxes.shape != (count, 4) or self.scores.shape != (count,) or self.class_ids.shape != (count,):
            raise ValueError(
                f"expected {count} boxes, scores and class ids, found "
                f"{self.boxes.shape}, {self.scores.shape}, {self.class_ids.shape}"
            )

    def __len__(self) -> int:
        return len(self.labels)


class Detector:
    """Finds things in pictures. Takes an opened bundle; knows nothing of the model's family."""

    def __init__(self, bundle: Bundle, threads: int = 1) -> None:
        self.settings = bundle.settings(DetectionSettings)
        self.labels = tuple(bundle.text(self.settings.labels_file).splitlines())
        graph = bundle.graph("detector", takes=("image",), gives=("boxes", "scores"))
        self._image = graph.inputs["image"].name
        self._boxes, self._scores = graph.outputs["boxes"].name, graph.outputs["scores"].name
        self._steps = bundle.manifest.preprocess
        self._session = open_session(bundle.graph_path("detector"), threads=threads)

    def detect(self, frame: VideoFrame, *, score_threshold: float | None = None) -> Detections:
        """Detections of one frame; `score_threshold` replaces the bundle's."""
        image, geometry = preprocess(frame, self._steps)
        outputs = self._session.run({self._image: image})
        boxes, scores = outputs[self._boxes], outputs[self._scores]
        if scores.ndim != 2 or scores.shape[1] != len(self.labels) or boxes.shape != (len(scores), 4):
            raise BundleError(
                "the detector's outputs do not fit its labels",
                expected=f"boxes (box, 4), scores (box, {len(self.labels)})",
                found=f"{boxes.shape}, {scores.shape}",
            )
        threshold = self.settings.score_threshold if score_threshold is None else score_threshold
        box_ids, class_ids = np.nonzero(scores >= threshold)
        kept = suppress(
            boxes[box_ids],
            scores[box_ids, class_ids],
            class_ids,
            iou_threshold=self.settings.iou_threshold,
            max_kept=self.settings.max_detections,
        )
        box_ids, class_ids = box_ids[kept], class_ids[kept]
        return Detections(
            boxes=geometry.to_frame(boxes[box_ids]),
            scores=scores[box_ids, class_ids],
            class_ids=class_ids.astype(np.int64),
            labels=tuple(self.labels[class_id] for class_id in class_ids),
        )

    def calibration_inputs(self, example: Example) -> Iterator[tuple[str, dict[str, Array]]]:
        """What the graph is fed for an example: (role, {tensor name: array})."""
        image, _ = preprocess(example_frame(example), self._steps)
        yield "detector", {self._image: image}


def example_frame(example: Example) -> VideoFrame:
    """The picture of an example as a frame. Raises InputError."""
    import cv2

    pixels = None if example.image is None else cv2.imread(str(example.image), cv2.IMREAD_COLOR)
    if pixels is None:
        raise InputError("example without a readable picture", found=example.image)
    return VideoFrame(np.asarray(pixels, np.uint8), capture_time_ns=0, frame_id=0)


def suppress(
    boxes: Boxes, scores: Scores, class_ids: npt.NDArray[np.integer], *, iou_threshold: float, max_kept: int
) -> npt.NDArray[np.int64]:
    """Class-wise non-maximum suppression: indices of the boxes that stay, best score first.

    A box goes when a better one of the same class overlaps it by more than `iou_threshold`.
    """
    order = np.argsort(-scores, kind="stable")
    kept: list[int] = []
    while len(order) and len(kept) < max_kept:
        best, rest = order[0], order[1:]
        kept.append(int(best))
        same = class_ids[rest] == class_ids[best]
        order = rest[~(same & (overlap(boxes[best], boxes[rest]) > iou_threshold))]
    return np.array(kept, np.int64)


def overlap(box: npt.NDArray[np.float32], others: Boxes) -> Scores:
    """Intersection over union of `box (xyxy,)` with each of `others (box, xyxy)`."""
    corner = np.maximum(box[:2], others[:, :2])
    size = np.clip(np.minimum(box[2:], others[:, 2:]) - corner, 0.0, None)
    shared = size[:, 0] * size[:, 1]
    areas = (others[:, 2] - others[:, 0]) * (others[:, 3] - others[:, 1])
    union = areas + (box[2] - box[0]) * (box[3] - box[1]) - shared
    ratio: Scores = np.divide(shared, union, out=np.zeros_like(shared), where=union > 0)
    return ratio
