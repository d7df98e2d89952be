"""NanoDet (RangiLyu, Apache-2.0), imported from a TensorFlow.js graph model.

The source graph ends, for each stride, in class scores and, for each box edge, in the logits of 11 distances
(Li et al. 2020, "Generalized Focal Loss"). The rest is added here, so that the graph ends as the detection task asks:
boxes in 0..1.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from edgemm.bundles.figures import Figure
from edgemm.bundles.manifest import ColourOrder, Graph, Normalise, Resize
from edgemm.bundles.tensors import Array, TensorSpec
from edgemm.errors import CheckpointError
from export.families import Traced
from export.families.onnx_builder import OnnxBuilder
from export.families.tfjs import GraphModel, read_graph_model
from export.families.tfjs_numpy import evaluate
from export.families.tfjs_onnx import TfjsConverter
from export.sources import Checkpoint

EDGES = 4
BINS = 11
LABELS = Path(__file__).with_name("labels") / "coco.txt"

# NanoDet's own preprocessing: BGR, ImageNet mean and standard deviation.
MEAN = (103.53, 116.28, 123.675)
STD = (57.375, 57.12, 58.395)


@dataclass(frozen=True)
class Level:
    """One feature map: `stride` in pixels of the network's input, names of its two outputs in the source graph."""

    stride: int
    cells: int
    scores: str
    bins: str


def export(checkpoint: Checkpoint, work: Path, options: dict[str, Any]) -> Traced:
    """`detector.onnx` under `work`. Options: `score_threshold`, `iou_threshold` (detection settings)."""
    labels = LABELS.read_text(encoding="utf-8").splitlines()
    model = read_graph_model(checkpoint.folder / "nanodet.json")
    size, levels = _levels(model, len(labels))
    path = work / "detector.onnx"
    _convert(model, size, levels, len(labels), path)
    boxes = sum(level.cells for level in levels)
    image = TensorSpec(name="image", dtype="float32", axes=(1, 3, size, size))
    graph = Graph(
        file="detector.onnx",
        inputs={"image": image},
        outputs={
            "boxes": TensorSpec(name="boxes", dtype="float32", axes=(boxes, 4)),
            "scores": TensorSpec(name="scores", dtype="float32", axes=(boxes, len(labels))),
        },
    )
    return Traced(
        graphs={"detector": graph},
        paths={"detector": path},
        preprocess=(
            Resize(mode="stretch", height=size, width=size),
            ColourOrder(order="bgr"),
            Normalise(mean=MEAN, std=STD),
        ),
        settings={"labels_file": "labels.txt", **options},
        files={"labels.txt": LABELS},
        parity=_parity(model, size, levels, path),
    )


def _levels(model: GraphModel, classes: int) -> tuple[int, list[Level]]:
    """Input size in pixels and the levels, largest map first. CheckpointError if this is not such a NanoDet."""
    shapes = list(model.inputs.values())
    if len(shapes) != 1 or len(shapes[0]) != 4 or shapes[0][:2] != (1, 3) or shapes[0][2] != shapes[0][3]:
        raise CheckpointError("not a NanoDet of this form", expected="one input (1, 3, size, size)", found=shapes)
    size = shapes[0][2]
    by_width: dict[int, dict[int, str]] = {classes: {}, EDGES * BINS: {}}
    for name, shape in model.outputs.items():
        if len(shape) == 3 and shape[2] in by_width:
            by_width[shape[2]][shape[1]] = name
    scores, bins = by_width[classes], by_width[EDGES * BINS]
    if not scores or scores.keys() != bins.keys() or 2 * len(scores) != len(model.outputs):
        raise CheckpointError(
            "not a NanoDet of this form",
            expected=f"for each stride outputs (1, cell, {classes}) and (1, cell, {EDGES * BINS})",
            found=dict(model.outputs),
        )
    counts = sorted(scores, reverse=True)
    return size, [Level(round(size / cells**0.5), cells, scores[cells], bins[cells]) for cells in counts]


def _convert(model: GraphModel, size: int, levels: list[Level], classes: int, path: Path) -> None:
    builder = OnnxBuilder({"image": (1, 3, size, size)})
    converter = TfjsConverter(model, builder, dict.fromkeys(model.inputs, "image"))
    # (1, channel, cell): the layout in which both outputs leave the last convolution.
    scores = [converter.output(level.scores, (0, 2, 1)) for level in levels]
    bins = [converter.output(level.bins, (0, 2, 1)) for level in levels]
    _decode(builder, scores, bins, levels, size, classes)
    builder.fold_convolutions()
    cells = sum(level.cells for level in levels)
    builder.save(path, {"boxes": (cells, EDGES), "scores": (cells, classes)})


def _decode(
    builder: OnnxBuilder, scores: list[str], bins: list[str], levels: list[Level], size: int, classes: int
) -> None:
    """boxes = centre ± expected distance * stride, all divided by the input size."""
    cells = sum(level.cells for level in levels)

    def constant(name: str, value: Array) -> str:
        return builder.constant(f"decode_{name}", value)

    def emit(op: str, inputs: list[str], name: str, attributes: dict[str, Any] | None = None) -> str:
        return builder.emit(op, inputs, name=name, attributes=attributes)[0]

    together = emit("Concat", scores, "decode_scores", {"axis": 2})
    flat = emit("Reshape", [together, constant("scores_shape", np.array([classes, cells]))], "decode_scores_flat")
    emit("Transpose", [flat], "scores", {"perm": [1, 0]})

    together = emit("Concat", bins, "decode_bins", {"axis": 2})
    shape = constant("bins_shape", np.array([EDGES, BINS, cells]))
    likely = emit("Softmax", [emit("Reshape", [together, shape], "decode_bins_apart")], "decode_likely", {"axis": 1})
    steps = constant("steps", np.arange(BINS, dtype=np.float32).reshape(1, BINS, 1))
    weighted = emit("Mul", [likely, steps], "decode_weighted")
    axis = constant("bin_axis", np.array([1], np.int64))
    distance = emit("ReduceSum", [weighted, axis], "decode_distance", {"keepdims": 0})
    signed = emit("Mul", [distance, constant("signed_stride", _signed_strides(levels, size))], "decode_offset")
    corners = emit("Add", [signed, constant("centres", _centres(levels, size))], "decode_corners")
    low, high = constant("low", np.array(0, np.float32)), constant("high", np.array(1, np.float32))
    emit("Transpose", [emit("Clip", [corners, low, high], "decode_clipped")], "boxes", {"perm": [1, 0]})


def _centres(levels: list[Level], size: int) -> Array:
    """(xyxy, cell): centres of the cells, row by row, in 0..1."""
    parts = []
    for level in levels:
        side = size // level.stride
        places = (np.arange(side) + 0.5) * level.stride / size
        x, y = np.tile(places, side), np.repeat(places, side)
        parts.append(np.stack([x, y, x, y]))
    return np.concatenate(parts, axis=1).astype(np.float32)


def _signed_strides(levels: list[Level], size: int) -> Array:
    """(xyxy, cell): what one step of distance moves each corner by, in 0..1; left and up are negative."""
    strides = np.concatenate([np.full(level.cells, level.stride / size) for level in levels])
    return np.stack([-strides, -strides, strides, strides]).astype(np.float32)


def _parity(model: GraphModel, size: int, levels: list[Level], path: Path) -> tuple[Figure, ...]:
    """The ONNX graph against the source graph computed in NumPy, on noise that fills the input's range."""
    from edgemm.backends import open_session

    image = np.random.default_rng(0).uniform(-2.0, 2.5, (1, 3, size, size)).astype(np.float32)
    source = evaluate(model, {next(iter(model.inputs)): image})
    scores = np.concatenate([source[level.scores][0] for level in levels])
    logits = np.concatenate([source[level.bins][0] for level in levels]).reshape(-1, EDGES, BINS).astype(np.float64)
    likely = np.exp(logits - logits.max(axis=2, keepdims=True))
    distance = (likely / likely.sum(axis=2, keepdims=True)) @ np.arange(BINS)
    boxes = np.clip(_centres(levels, size).T + distance * _signed_strides(levels, size).T, 0.0, 1.0)
    found = open_session(path).run({"image": image})
    return (
        Figure(name="parity_scores", value=float(np.abs(found["scores"] - scores).max()), at_most=1e-4),
        Figure(name="parity_boxes", value=float(np.abs(found["boxes"] - boxes).max()), at_most=1e-4),
    )
