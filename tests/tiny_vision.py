"""Small real bundles of the detection and the classification task, made of a few ONNX nodes."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from edgemm.bundles.bundle import Bundle, write_bundle
from edgemm.bundles.manifest import ColourOrder, Graph, Manifest, PreprocessStep, Resize, Source
from edgemm.bundles.tensors import Array, TensorSpec

SIZE = 8
STEPS: tuple[PreprocessStep, ...] = (Resize(mode="stretch", height=SIZE, width=SIZE), ColourOrder(order="bgr"))


def detector_bundle(folder: Path, boxes: Array, scores: Array, labels: list[str], **settings: float) -> Bundle:
    """A detector that always finds `boxes (box, 4)` with `scores (box, class)` times the picture's mean / 255."""
    constants = {"fixed_boxes": boxes.astype(np.float32), "fixed_scores": scores.astype(np.float32) / 255}
    nodes = [
        helper.make_node("ReduceMean", ["image"], ["light"], keepdims=0),
        helper.make_node("Mul", ["fixed_scores", "light"], ["scores"]),
        helper.make_node("Identity", ["fixed_boxes"], ["boxes"]),
    ]
    outputs = {"boxes": boxes.shape, "scores": scores.shape}
    return _write(folder, "detection", "detector", nodes, constants, outputs, labels, settings)


def classifier_bundle(folder: Path, labels: list[str]) -> Bundle:
    """A classifier of three classes: the softmax of the mean of blue, green and red."""
    constants = {"scale": np.array(0.1, np.float32)}
    nodes = [
        helper.make_node("GlobalAveragePool", ["image"], ["means"]),
        helper.make_node("Flatten", ["means"], ["flat"]),
        helper.make_node("Mul", ["flat", "scale"], ["logits"]),
        helper.make_node("Softmax", ["logits"], ["scores"], axis=1),
    ]
    return _write(folder, "classification", "classifier", nodes, constants, {"scores": (1, 3)}, labels, {})


def _write(
    folder: Path,
    task: str,
    role: str,
    nodes: list[onnx.NodeProto],
    constants: dict[str, Array],
    outputs: dict[str, tuple[int, ...]],
    labels: list[str],
    settings: dict[str, float],
) -> Bundle:
    image = TensorSpec(name="image", dtype="float32", axes=(1, 3, SIZE, SIZE))
    graph = helper.make_graph(
        nodes,
        role,
        [helper.make_tensor_value_info("image", TensorProto.FLOAT, image.axes)],
        [helper.make_tensor_value_info(name, TensorProto.FLOAT, shape) for name, shape in outputs.items()],
        [numpy_helper.from_array(value, name) for name, value in constants.items()],
    )
    work = folder.parent
    work.mkdir(parents=True, exist_ok=True)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 20)], ir_version=10)
    onnx.save(model, work / f"{role}.onnx")
    (work / "labels").write_text("\n".join(labels) + "\n", encoding="utf-8")
    specs = {name: TensorSpec(name=name, dtype="float32", axes=shape) for name, shape in outputs.items()}
    manifest = Manifest(
        name="tiny",
        family="none",
        task=task,
        precision="float32",
        target="any",
        source=Source(kind="folder", name="test", revision="", sha256=""),
        graphs={role: Graph(file=f"{role}.onnx", inputs={"image": image}, outputs=specs)},
        preprocess=STEPS,
        settings={"labels_file": "labels", **settings},
        files={},
    )
    return write_bundle(folder, manifest, {f"{role}.onnx": work / f"{role}.onnx", "labels": work / "labels"})
