"""Results of the tasks that look at pictures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from edgemm.commands.drawing import draw_detections, draw_outlines
from edgemm.commands.inferences import Inference
from edgemm.media import VideoFrame
from edgemm.pictures.picture_files import read_picture, write_picture
from edgemm.tasks.classification import Classifier
from edgemm.tasks.detection import Detections, Detector
from edgemm.tasks.text_recognition import TextLine, TextReader

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


def texts(reader: TextReader, inputs: Sequence[str]) -> list[Inference]:
    """The lines of text; saved as the picture with each line outlined, or as .txt."""
    frames = [read_picture(name) for name in inputs]
    return [_lines(frame, reader.read(frame)) for frame in frames]


def _lines(frame: VideoFrame, found: tuple[TextLine, ...]) -> Inference:
    text = "\n".join(line.text for line in found)
    lines = [
        {"text": line.text, "score": round(line.score, 4), "corners": line.corners.round(4).tolist()} for line in found
    ]

    def save(path: Path) -> None:
        if path.suffix.lower() == ".txt":
            path.write_text(text + "\n", encoding="utf-8")
        else:
            write_picture(path, draw_outlines(frame, [line.corners for line in found]))

    return Inference(text or "no text found", {"text": text, "lines": lines}, save, (*_PICTURES, ".txt"))
