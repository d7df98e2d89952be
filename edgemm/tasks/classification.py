"""Classification: what a picture, or a region of it, shows.

Graph `classifier`:
    in   image  (1, channel, row, column) float32, by the manifest's preprocess
    out  scores (1, class) float32 in 0..1
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from pydantic import BaseModel, ConfigDict

from edgemm.backends import open_session
from edgemm.bundles.bundle import Bundle
from edgemm.bundles.tensors import Array
from edgemm.errors import BundleError
from edgemm.media import VideoFrame
from edgemm.pictures.preprocess import Region, preprocess
from edgemm.tasks.detection import example_frame
from edgemm.tasks.examples import Example


class ClassificationSettings(BaseModel):
    """`settings` of a classification bundle."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    labels_file: str = "labels.tsv"
    """File of the bundle: one class a line, in the graph's order: WordNet synset, tab, name."""


@dataclass(frozen=True)
class Label:
    """One guess: `label` as people say it, `synset` as WordNet numbers it, `score` in 0..1 (not a probability)."""

    label: str
    synset: str
    score: float


class Classifier:
    """Names what a picture shows. Takes an opened bundle; knows nothing of the model's family."""

    def __init__(self, bundle: Bundle, threads: int = 1) -> None:
        lines = bundle.text(bundle.settings(ClassificationSettings).labels_file).splitlines()
        self.classes = tuple((synset, name) for synset, _, name in (line.partition("\t") for line in lines))
        graph = bundle.graph("classifier", takes=("image",), gives=("scores",))
        self._image, self._scores = graph.inputs["image"].name, graph.outputs["scores"].name
        self._steps = bundle.manifest.preprocess
        self._session = open_session(bundle.graph_path("classifier"), threads=threads)

    def classify(self, frame: VideoFrame, region: Region | None = None, top: int = 5) -> tuple[Label, ...]:
        """The `top` guesses for the frame, or for a region of it in 0..1, best first."""
        image, _ = preprocess(frame, self._steps, region)
        scores = self._session.run({self._image: image})[self._scores]
        if scores.shape != (1, len(self.classes)):
            raise BundleError(
                "the classifier's output does not fit its labels",
                expected=f"(1, {len(self.classes)})",
                found=scores.shape,
            )
        best = np.argsort(-scores[0], kind="stable")[:top]
        return tuple(
            Label(label=self.classes[i][1], synset=self.classes[i][0], score=float(scores[0, i])) for i in best
        )

    def calibration_inputs(self, example: Example) -> Iterator[tuple[str, dict[str, Array]]]:
        """What the graph is fed for an example: (role, {tensor name: array})."""
        image, _ = preprocess(example_frame(example), self._steps)
        yield "classifier", {self._image: image}
