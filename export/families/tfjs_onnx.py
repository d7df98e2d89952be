"""TensorFlow.js graph model → ONNX nodes, channels first.

A transpose of the source costs no node here: each value remembers which of its stored axes holds which of TensorFlow's,
and only an operation that needs another layout makes a real transpose.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from edgemm.bundles.tensors import Array
from edgemm.errors import CheckpointError
from export.families.onnx_builder import OnnxBuilder
from export.families.tfjs import GraphModel, Node, operands_of
from export.families.tfjs_numpy import compute

Axes = tuple[int, ...]

CHANNELS_FIRST: Axes = (0, 2, 3, 1)
"""TensorFlow's NHWC axis i lies at this axis of the stored NCHW tensor."""


@dataclass(frozen=True)
class Value:
    """A computed tensor. TensorFlow's axis i is axis `stored_at[i]` of the ONNX tensor `name`."""

    name: str
    stored_at: Axes


class TfjsConverter:
    """Converts the nodes of a model into `builder`; ask `output` for what a post-process continues from.

    `names`: the source's inputs → the builder's.
    """

    def __init__(self, model: GraphModel, builder: OnnxBuilder, names: Mapping[str, str]) -> None:
        self.builder = builder
        self.constants: dict[str, Array] = dict(model.weights)
        self.values = {name: Value(names[name], tuple(range(len(shape)))) for name, shape in model.inputs.items()}
        for node in model.nodes:
            if node.op in ("Const", "Placeholder"):
                continue
            if all(name in self.constants for name in node.inputs):
                self.constants |= compute(node, [self.constants[name] for name in node.inputs])
            elif node.op in _CONVERT:
                with operands_of(node):
                    self.values |= _CONVERT[node.op](self, node)
            else:
                raise CheckpointError("cannot convert an operation", expected=", ".join(_CONVERT), found=node.op)

    def output(self, name: str, stored_at: Axes) -> str:
        """The ONNX tensor of a value of the source graph, in the wanted layout."""
        return self.stored(name, stored_at).name

    def stored(self, name: str, stored_at: Axes) -> Value:
        """A value in the wanted layout; a transpose node only where it lies differently. Raises CheckpointError."""
        if name not in self.values or sorted(self.values[name].stored_at) != sorted(stored_at):
            raise CheckpointError(
                f"value '{name}'", expected=f"computed, with {len(stored_at)} axes", found="none such"
            )
        value = self.values[name]
        move = [value.stored_at[stored_at.index(axis)] for axis in range(len(stored_at))]
        if move == sorted(move):
            return Value(value.name, stored_at)
        made = self.emit("Transpose", [value.name], name=f"{value.name}_moved_{len(self.builder.nodes)}", perm=move)
        return Value(made, stored_at)

    def emit(self, op: str, inputs: list[str], *, name: str, **attributes: object) -> str:
        """One node with one output."""
        return self.builder.emit(op, inputs, name=_plain(name), attributes=attributes)[0]

    def constant(self, node: Node, role: str, value: Array) -> str:
        return self.builder.constant(f"{_plain(node.name)}_{role}", value)


def _plain(name: str) -> str:
    return name.removeprefix("PartitionedCall/").removeprefix("onnx_tf_prefix_").replace("/", "_")


def _elementwise(op: str, alpha: bool = False) -> Callable[[TfjsConverter, Node], dict[str, Value]]:
    def convert(converter: TfjsConverter, node: Node) -> dict[str, Value]:
        value = converter.values[node.inputs[0]]
        attributes = {"alpha": node.attributes["alpha"]} if alpha else {}
        return {node.name: Value(converter.emit(op, [value.name], name=node.name, **attributes), value.stored_at)}

    return convert


def _add(converter: TfjsConverter, node: Node) -> dict[str, Value]:
    first, second = sorted(node.inputs, key=lambda name: name in converter.constants)
    value = converter.values[first]
    if second in converter.constants:
        constant = converter.constants[second]
        wide = constant.reshape((1,) * (len(value.stored_at) - constant.ndim) + constant.shape)
        other = converter.constant(node, "addend", np.transpose(wide, np.argsort(value.stored_at)))
    else:
        other = converter.stored(second, value.stored_at).name
    return {node.name: Value(converter.emit("Add", [value.name, other], name=node.name), value.stored_at)}


def _conv(converter: TfjsConverter, node: Node) -> dict[str, Value]:
    _check_form(node)
    weights = converter.constant(node, "weights", converter.constants[node.inputs[1]].transpose(3, 2, 0, 1))
    return _windowed(converter, node, "Conv", [weights])


def _max_pool(converter: TfjsConverter, node: Node) -> dict[str, Value]:
    _check_form(node)
    return _windowed(converter, node, "MaxPool", [], kernel_shape=node.attributes["ksize"][1:3])


def _windowed(
    converter: TfjsConverter, node: Node, op: str, weights: list[str], **attributes: object
) -> dict[str, Value]:
    image = converter.stored(node.inputs[0], CHANNELS_FIRST).name
    if node.attributes["padding"] == "SAME":
        attributes["auto_pad"] = "SAME_UPPER"
    strides = node.attributes["strides"][1:3]
    made = converter.emit(op, [image, *weights], name=node.name, strides=strides, **attributes)
    return {node.name: Value(made, CHANNELS_FIRST)}


def _check_form(node: Node) -> None:
    form = node.attributes
    plain = form.get("data_format", "NHWC") == "NHWC" and set(form.get("dilations", [1])) == {1}
    if not plain or form["padding"] not in ("VALID", "SAME"):
        raise CheckpointError(f"cannot convert '{node.name}'", expected="NHWC, VALID or SAME, dilation 1", found=form)


def _pad(converter: TfjsConverter, node: Node) -> dict[str, Value]:
    value, edges = converter.values[node.inputs[0]], converter.constants[node.inputs[1]]
    fill = converter.constants[node.inputs[2]] if len(node.inputs) > 2 else np.float32(0)
    stored = edges[np.argsort(value.stored_at)].T.ravel().astype(np.int64)
    inputs = [value.name, converter.constant(node, "edges", stored), converter.constant(node, "fill", np.asarray(fill))]
    return {node.name: Value(converter.emit("Pad", inputs, name=node.name), value.stored_at)}


def _concat(converter: TfjsConverter, node: Node) -> dict[str, Value]:
    layout = converter.values[node.inputs[0]].stored_at
    parts = [converter.stored(name, layout).name for name in node.inputs[:-1]]
    axis = layout[int(converter.constants[node.inputs[-1]])]
    return {node.name: Value(converter.emit("Concat", parts, name=node.name, axis=axis), layout)}


def _split(converter: TfjsConverter, node: Node) -> dict[str, Value]:
    value, sizes, axis = converter.values[node.inputs[0]], *(converter.constants[name] for name in node.inputs[1:])
    names = converter.builder.emit(
        "Split",
        [value.name, converter.constant(node, "sizes", sizes.astype(np.int64))],
        name=_plain(node.name),
        attributes={"axis": value.stored_at[int(axis)]},
        outputs=len(sizes),
    )
    keys = [node.name if i == 0 else f"{node.name}:{i}" for i in range(len(names))]
    return {key: Value(name, value.stored_at) for key, name in zip(keys, names, strict=True)}


def _resize(converter: TfjsConverter, node: Node) -> dict[str, Value]:
    if not node.attributes.get("half_pixel_centers"):
        raise CheckpointError(f"cannot convert '{node.name}'", expected="half_pixel_centers")
    image = converter.stored(node.inputs[0], CHANNELS_FIRST).name
    shape, (rows, columns) = converter.builder.shape_of(image), converter.constants[node.inputs[1]].tolist()
    # Scales for all axes: ONNX Runtime 1.32 loses `sizes` for some of them when it fuses quantised operators.
    scales = np.array([1, 1, rows / shape[2], columns / shape[3]], np.float32)
    inputs = [image, "", converter.constant(node, "scales", scales)]
    made = converter.emit("Resize", inputs, name=node.name, mode="linear", coordinate_transformation_mode="half_pixel")
    return {node.name: Value(made, CHANNELS_FIRST)}


def _reshape(converter: TfjsConverter, node: Node) -> dict[str, Value]:
    plain = tuple(range(len(converter.values[node.inputs[0]].stored_at)))
    shape = converter.constants[node.inputs[1]].astype(np.int64)
    inputs = [converter.stored(node.inputs[0], plain).name, converter.constant(node, "shape", shape)]
    return {node.name: Value(converter.emit("Reshape", inputs, name=node.name), tuple(range(len(shape))))}


def _transpose(converter: TfjsConverter, node: Node) -> dict[str, Value]:
    value, order = converter.values[node.inputs[0]], converter.constants[node.inputs[1]].tolist()
    return {node.name: Value(value.name, tuple(value.stored_at[axis] for axis in order))}


_CONVERT: dict[str, Callable[[TfjsConverter, Node], dict[str, Value]]] = {
    "Add": _add,
    "AddV2": _add,
    "ConcatV2": _concat,
    "Conv2D": _conv,
    "Identity": lambda converter, node: {node.name: converter.values[node.inputs[0]]},
    "LeakyRelu": _elementwise("LeakyRelu", alpha=True),
    "MaxPool": _max_pool,
    "Pad": _pad,
    "PadV2": _pad,
    "Reshape": _reshape,
    "ResizeBilinear": _resize,
    "Sigmoid": _elementwise("Sigmoid"),
    "SplitV": _split,
    "Transpose": _transpose,
}
