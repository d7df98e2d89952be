"""EfficientNet-Lite0 (Tan 2020): EfficientNet (Tan & Le 2019) without squeeze-and-excitation, with ReLU6 for swish.

The checkpoint is a PyTorch state dictionary whose convolutions pad as TensorFlow's "same" does.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import nn
from torch.nn import functional

from edgemm.bundles.figures import Figure
from edgemm.bundles.manifest import CentreCrop, ColourOrder, Graph, Normalise, Resize
from edgemm.bundles.tensors import TensorSpec
from edgemm.errors import CheckpointError
from export.families import Traced
from export.families.onnx_builder import IR_VERSION, OPSET
from export.sources import Checkpoint
from export.sources.checkpoints import load_torch_state

LABELS = Path(__file__).with_name("labels") / "imagenet.tsv"
BATCH_NORM_EPSILON = 1e-3


@dataclass(frozen=True)
class Stage:
    """Equal blocks one after another; only the first strides and widens."""

    blocks: int
    kernel: int
    stride: int
    expansion: int
    channels: int


# Lite0: width and depth multipliers 1.0 (Tan & Le 2019, table 1).
STEM_CHANNELS = 32
STAGES = (
    Stage(1, 3, 1, 1, 16),
    Stage(2, 3, 2, 6, 24),
    Stage(2, 5, 2, 6, 40),
    Stage(3, 3, 2, 6, 80),
    Stage(3, 5, 1, 6, 112),
    Stage(4, 5, 2, 6, 192),
    Stage(1, 3, 1, 6, 320),
)
HEAD_CHANNELS = 1280
CLASSES = 1000
CROP, RESIZE = 224, 256
MEAN = (127.0, 127.0, 127.0)
STD = (128.0, 128.0, 128.0)


class SameConv(nn.Conv2d):
    """Convolution with TensorFlow's "same" padding: the odd pixel goes to the right and to the bottom."""

    def __init__(self, inputs: int, outputs: int, kernel: int, stride: int = 1, groups: int = 1) -> None:
        super().__init__(inputs, outputs, kernel, stride, groups=groups, bias=False)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        (kernel, _), (stride, _) = self.kernel_size, self.stride
        edges: list[int] = []
        for length in (x.shape[3], x.shape[2]):
            total = max((-(-length // stride) - 1) * stride + kernel - length, 0)
            edges += [total // 2, total - total // 2]
        return super().forward(functional.pad(x, edges) if any(edges) else x)


class Block(nn.Module):
    """Inverted residual: expand, depthwise, project. Attribute names are the checkpoint's."""

    def __init__(self, inputs: int, stage: Stage, stride: int) -> None:
        super().__init__()
        inner = inputs * stage.expansion
        self._expands = stage.expansion != 1
        if self._expands:
            self._expand_conv, self._bn0 = SameConv(inputs, inner, 1), _norm(inner)
        self._depthwise_conv = SameConv(inner, inner, stage.kernel, stride, groups=inner)
        self._bn1 = _norm(inner)
        self._project_conv, self._bn2 = SameConv(inner, stage.channels, 1), _norm(stage.channels)
        self._adds = stride == 1 and inputs == stage.channels

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        y = functional.relu6(self._bn0(self._expand_conv(x))) if self._expands else x
        y = functional.relu6(self._bn1(self._depthwise_conv(y)))
        y = self._bn2(self._project_conv(y))
        return x + y if self._adds else y


class EfficientNetLite(nn.Module):
    """`image (1, 3, row, column)` → `scores (1, class)` in 0..1."""

    def __init__(self) -> None:
        super().__init__()
        self._conv_stem, self._bn0 = SameConv(3, STEM_CHANNELS, 3, stride=2), _norm(STEM_CHANNELS)
        channels, blocks = STEM_CHANNELS, []
        for stage in STAGES:
            for index in range(stage.blocks):
                blocks.append(Block(channels, stage, stage.stride if index == 0 else 1))
                channels = stage.channels
        self._blocks = nn.ModuleList(blocks)
        self._conv_head, self._bn1 = SameConv(channels, HEAD_CHANNELS, 1), _norm(HEAD_CHANNELS)
        self._fc = nn.Linear(HEAD_CHANNELS, CLASSES)

    def forward(self, image: torch.Tensor) -> torch.Tensor:
        x = functional.relu6(self._bn0(self._conv_stem(image)))
        for block in self._blocks:
            x = block(x)
        x = functional.relu6(self._bn1(self._conv_head(x)))
        x = functional.adaptive_avg_pool2d(x, 1).flatten(1)
        return functional.softmax(self._fc(x), dim=1)


def _norm(channels: int) -> nn.BatchNorm2d:
    return nn.BatchNorm2d(channels, eps=BATCH_NORM_EPSILON)


def export(checkpoint: Checkpoint, work: Path, options: dict[str, Any]) -> Traced:
    """`classifier.onnx` under `work`. No options."""
    if options:
        raise CheckpointError("EfficientNet-Lite takes no options", found=", ".join(options))
    model = load_model(checkpoint.folder / "model.pth")
    path = work / "classifier.onnx"
    image = torch.from_numpy(np.random.default_rng(0).uniform(-1, 1, (1, 3, CROP, CROP)).astype(np.float32))
    _trace(model, image, path)
    graph = Graph(
        file="classifier.onnx",
        inputs={"image": TensorSpec(name="image", dtype="float32", axes=(1, 3, CROP, CROP))},
        outputs={"scores": TensorSpec(name="scores", dtype="float32", axes=(1, CLASSES))},
    )
    return Traced(
        graphs={"classifier": graph},
        paths={"classifier": path},
        preprocess=(
            Resize(mode="shorter_side", height=RESIZE, width=RESIZE),
            CentreCrop(height=CROP, width=CROP),
            ColourOrder(order="rgb"),
            Normalise(mean=MEAN, std=STD),
        ),
        settings={"labels_file": "labels.tsv"},
        files={"labels.tsv": LABELS},
        parity=(_parity(model, image, path),),
    )


def load_model(path: Path) -> EfficientNetLite:
    """The model with the checkpoint's weights. CheckpointError naming tensors that are missing, extra or misshapen."""
    state = load_torch_state(path)
    model = EfficientNetLite().eval()
    wanted = {name: tuple(value.shape) for name, value in model.state_dict().items()}
    given = {name: tuple(value.shape) for name, value in state.items()}
    wrong = {name: shape for name, shape in wanted.items() if given.get(name) != shape}
    extra = sorted(given.keys() - wanted.keys())
    if wrong or extra:
        name = next(iter(wrong), None)
        raise CheckpointError(
            f"{path.name} is not an EfficientNet-Lite0: {len(wrong)} tensors missing or misshapen, {len(extra)} extra",
            expected=f"{name} {wrong[name]}" if name else f"{len(wanted)} tensors",
            found=given.get(name, "no such tensor") if name else ", ".join(extra[:3]),
            remedy="Take the checkpoint that the recipe names, or another recipe.",
        )
    model.load_state_dict(state, strict=True)
    return model


def _trace(model: EfficientNetLite, image: torch.Tensor, path: Path) -> None:
    import onnx

    with torch.inference_mode():
        program = torch.onnx.export(
            model,
            (image,),
            dynamo=True,
            opset_version=OPSET,
            input_names=["image"],
            output_names=["scores"],
            verbose=False,
        )
    if program is None:
        raise CheckpointError("torch returned no ONNX program")
    traced = program.model_proto
    traced.ir_version = IR_VERSION
    onnx.checker.check_model(traced, full_check=True)
    onnx.save(traced, path)


def _parity(model: EfficientNetLite, image: torch.Tensor, path: Path) -> Figure:
    from edgemm.backends import open_session

    with torch.inference_mode():
        expected = model(image).numpy()
    found = open_session(path).run({"image": image.numpy()})["scores"]
    return Figure(name="parity_scores", value=float(np.abs(found - expected).max()), at_most=1e-4)
