"""Builds an ONNX graph node by node, and the two foldings that an imported convolution needs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from edgemm.bundles.tensors import Array
from edgemm.errors import CheckpointError

OPSET = 20
IR_VERSION = 10


class OnnxBuilder:
    """Nodes and constants in the order in which they are made; `save` checks and writes the model.

    `inputs`: the graph's float32 inputs by name with their axes.
    """

    def __init__(self, inputs: Mapping[str, Sequence[int | str]]) -> None:
        self.inputs = inputs
        self.nodes: list[onnx.NodeProto] = []
        self.constants: dict[str, Array] = {}

    def constant(self, name: str, value: Array) -> str:
        """Name of a constant; an equal name gets a number."""
        unique = name if name not in self.constants else f"{name}_{len(self.constants)}"
        self.constants[unique] = value
        return unique

    def emit(
        self,
        op: str,
        inputs: Sequence[str],
        *,
        name: str,
        attributes: Mapping[str, Any] | None = None,
        outputs: int = 1,
    ) -> list[str]:
        """Add a node; the names of its outputs."""
        names = [name if i == 0 else f"{name}_{i}" for i in range(outputs)]
        self.nodes.append(helper.make_node(op, list(inputs), names, name=name, **(attributes or {})))
        return names

    def shape_of(self, name: str) -> list[int]:
        """Sizes of a value made so far, by ONNX's shape inference; 0 for an axis that varies."""
        inferred = onnx.shape_inference.infer_shapes(self._model("so_far", {name: None}), strict_mode=True)
        return [axis.dim_value for axis in inferred.graph.output[0].type.tensor_type.shape.dim]

    def fold_convolutions(self) -> None:
        """Zero padding and a constant bias go into the convolution that they surround, -inf padding into a MaxPool."""
        readers = Counter(name for node in self.nodes for name in node.input)
        makers = {name: node for node in self.nodes for name in node.output}
        dropped: list[str] = []
        for node in self.nodes:
            if node.op_type in ("Conv", "MaxPool"):
                pad = makers.get(node.input[0])
                if pad is not None and self._is_border_of(pad, node) and readers[pad.output[0]] == 1:
                    edges = self.constants[pad.input[1]].reshape(2, 4)[:, 2:].ravel().tolist()
                    node.attribute.append(helper.make_attribute("pads", edges))
                    node.input[0] = pad.input[0]
                    dropped.append(pad.name)
            elif node.op_type == "Add" and node.input[1] in self.constants:
                conv, bias = makers.get(node.input[0]), self.constants[node.input[1]]
                is_bias = bias.ndim == 4 and bias.size == bias.shape[1]
                if conv is not None and conv.op_type == "Conv" and is_bias and readers[conv.output[0]] == 1:
                    conv.input.append(self.constant(f"{conv.name}_bias", bias.ravel()))
                    conv.output[0] = node.output[0]
                    dropped.append(node.name)
        self.nodes = [node for node in self.nodes if node.name not in dropped]

    def _is_border_of(self, pad: onnx.NodeProto, node: onnx.NodeProto) -> bool:
        """Whether `pad` adds, around the picture only, what `node` itself takes its border to be."""
        if pad.op_type != "Pad" or any(attribute.name in ("pads", "auto_pad") for attribute in node.attribute):
            return False
        edges, fill = self.constants[pad.input[1]].reshape(2, -1), self.constants[pad.input[2]].item()
        border = 0.0 if node.op_type == "Conv" else -np.inf
        return edges.shape == (2, 4) and not edges[:, :2].any() and fill == border

    def save(self, path: Path, outputs: Mapping[str, Sequence[int | str]]) -> None:
        """Check and write the model; `outputs`: float32 outputs by name with their axes. Raises CheckpointError."""
        try:
            model = onnx.shape_inference.infer_shapes(self._model(path.stem, outputs), strict_mode=True)
            onnx.checker.check_model(model, full_check=True)
        except Exception as error:  # onnx raises unrelated types
            raise CheckpointError("the converted graph does not fit together", found=str(error)[:300]) from error
        onnx.save(model, path)

    def _model(self, name: str, outputs: Mapping[str, Sequence[int | str] | None]) -> onnx.ModelProto:
        used = {name for node in self.nodes for name in node.input}
        graph = helper.make_graph(
            self.nodes,
            name,
            [helper.make_tensor_value_info(name, TensorProto.FLOAT, axes) for name, axes in self.inputs.items()],
            [helper.make_tensor_value_info(name, TensorProto.FLOAT, axes) for name, axes in outputs.items()],
            [numpy_helper.from_array(value, name) for name, value in self.constants.items() if name in used],
        )
        return helper.make_model(graph, opset_imports=[helper.make_opsetid("", OPSET)], ir_version=IR_VERSION)
