"""What the observers need of the models; edgemm.tasks has the real ones."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np
import numpy.typing as npt

from edgemm.media import VideoFrame
from runtime.evidence import Region


class DetectionsLike(Protocol):
    """`boxes (box, xyxy)` in 0..1, `scores (box,)`, `labels` one for each box."""

    @property
    def boxes(self) -> npt.NDArray[np.float32]: ...
    @property
    def scores(self) -> npt.NDArray[np.float32]: ...
    @property
    def labels(self) -> tuple[str, ...]: ...


class DetectorLike(Protocol):
    def detect(self, frame: VideoFrame) -> DetectionsLike: ...


class LabelLike(Protocol):
    @property
    def label(self) -> str: ...
    @property
    def synset(self) -> str: ...
    @property
    def score(self) -> float: ...


class ClassifierLike(Protocol):
    def classify(self, frame: VideoFrame, region: Region | None = None, top: int = 5) -> Sequence[LabelLike]: ...
