"""The manifest of a bundle: everything that the runtime must know about a model, typed and versioned."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from edgemm.bundles.figures import Figure
from edgemm.bundles.tensors import TensorSpec

SCHEMA_VERSION = 1


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


_Side = Annotated[int, Field(ge=1, le=1 << 14)]
"""Pixels of a picture's side."""
_Count = Annotated[int, Field(ge=1, le=1 << 20)]


class Resize(_Frozen):
    """Resize to (height, width); `shorter_side` keeps the aspect ratio and scales the shorter side to `height`."""

    step: Literal["resize"] = "resize"
    mode: Literal["stretch", "shorter_side", "letterbox"]
    height: _Side
    width: _Side
    interpolation: Literal["linear", "cubic", "area"] = "linear"


class CentreCrop(_Frozen):
    step: Literal["centre_crop"] = "centre_crop"
    height: _Side
    width: _Side


class ColourOrder(_Frozen):
    step: Literal["colour_order"] = "colour_order"
    order: Literal["rgb", "bgr"]


class Normalise(_Frozen):
    """(value - mean) / std per channel, on pixel values 0..255, in the current colour order."""

    step: Literal["normalise"] = "normalise"
    mean: tuple[float, float, float]
    std: tuple[float, float, float]


class LogMel(_Frozen):
    """Whisper-style log-mel spectrogram (Radford et al. 2022, section 2.2)."""

    step: Literal["log_mel"] = "log_mel"
    sample_rate_hz: _Count = 16_000
    mel_bins: Annotated[int, Field(ge=1, le=1024)] = 80
    window_samples: _Count = 400
    hop_samples: _Count = 160
    max_s: Annotated[float, Field(gt=0, le=600)] = 30.0


PreprocessStep = Annotated[Resize | CentreCrop | ColourOrder | Normalise | LogMel, Field(discriminator="step")]


class StatePair(_Frozen):
    """A tensor that a graph returns and takes again at the next call (a KV cache, an RNN state)."""

    past: str
    present: str
    axis: str | None = None
    """Name of the axis that grows, None for a state of fixed size."""


class Graph(_Frozen):
    """One ONNX graph. `inputs` and `outputs` map the task's role for a tensor to the graph's own tensor."""

    file: str
    inputs: dict[str, TensorSpec]
    outputs: dict[str, TensorSpec]
    states: tuple[StatePair, ...] = ()


class Source(_Frozen):
    """Where the weights came from."""

    kind: Literal["package", "hub", "folder", "file"]
    name: str
    revision: str
    sha256: str
    licence: str = "not stated"
    upstream: str = ""


class Measured(_Frozen):
    """Cost of one typical call on the exporting host."""

    host: str
    latency_p50_ms: float
    latency_p95_ms: float
    peak_rss_mb: float
    threads: int


class Manifest(_Frozen):
    """`manifest.json`. `files` maps every other file of the bundle to its SHA-256."""

    schema_version: int = SCHEMA_VERSION
    name: str
    family: str
    task: str
    precision: str
    target: str
    source: Source
    graphs: dict[str, Graph]
    preprocess: tuple[PreprocessStep, ...] = ()
    settings: dict[str, Any] = Field(default_factory=dict)
    """Task settings; the task's own pydantic model checks them (`Bundle.settings`)."""
    files: dict[str, str]
    tools: dict[str, str] = Field(default_factory=dict)
    figures: tuple[Figure, ...] = ()
    measured: Measured | None = None
    host: dict[str, str] | None = None
    """Host signature; only for engines and pre-optimised graphs. None: runs on any host."""
