"""Results of the tasks that look at pictures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from edgemm.commands.inferences import Inference
from edgemm.drawing import draw_detections
from edgemm.media import VideoFrame
from edgemm.media_files import read_picture, write_picture
from edgemm.tasks.classification import Classifier
from edgemm.tasks.detection import Detections, Detector

_PICTURES = (".png", ".jpg", ".jpeg", ".webp", ".bmp")


def detections(detector: Detector, inputs: Sequence[str]) -> list[Inference]:
    """Labels, scores and boxes; saved as the picture with the boxes drawn."""
    frames = [read_picture(name) for name in inputs]
    return [_detections(frame, detector.detect(frame)) for frame in frames]


def _detections(frame: VideoFrame, found: Detections) -> Inference:
    objects = [
        {"label": label, "score": round(float(score), 4), "box": [round(float(edge), 4) for edge in box]}
        for label, score, box in zip(found.labels, found.scores, found.boxes, strict=True)
    ]
    lines = [f"{entry['score']:.2f}  {entry['label']:<16} {entry['box']}" for entry in objects]

    def draw(path: Path) -> None:
        write_picture(path, draw_detections(frame, found))

    return Inference("\n".join(lines) or "nothing found", {"objects": objects}, draw, _PICTURES)


def classes(classifier: Classifier, inputs: Sequence[str]) -> list[Inference]:
    """The five best labels."""
    guesses = [classifier.classify(read_picture(name)) for name in inputs]
    return [
        Inference(
            "\n".join(f"{guess.score:.2f}  {guess.label}" for guess in found),
            {"labels": [asdict(guess) for guess in found]},
        )
        for found in guesses
    ]
