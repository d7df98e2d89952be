"""One form of a model: each graph through the form's steps."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from edgemm.bundles.tensors import Array
from edgemm.errors import ConfigError
from export.forms import quantize
from export.forms.fuse import float32_to_fused
from export.forms.quantize_rows import float32_to_int8_rows
from export.settings.recipe_config import Blockwise, Float16, FormStep, Fused, Int8Dynamic, Int8Qdq, Int8Rows
from export.settings.target_config import Target

CalibrationInputs = Callable[[str, int], Iterator[dict[str, Array]]]
"""(graph role, number of examples) → inputs of that graph."""

_BLOCKWISE: Mapping[str, Callable[..., int]] = {
    "float32_to_int4_blockwise": quantize.float32_to_int4_blockwise,
    "float32_to_int8_blockwise": quantize.float32_to_int8_blockwise,
}


def convert(
    role: str,
    path_in: Path,
    path_out: Path,
    steps: tuple[FormStep, ...],
    target: Target,
    calibration: CalibrationInputs,
) -> dict[str, int]:
    """The float32 graph of `role` through `steps` into `path_out`. Returns nodes changed, by method."""
    counts: dict[str, int] = {}
    with tempfile.TemporaryDirectory(dir=path_out.parent) as folder:
        current = path_in
        for number, step in enumerate(steps):
            after = Path(folder) / f"{number}.onnx"
            counts[step.method] = _apply(role, current, after, step, target, calibration)
            current = after
        shutil.copyfile(current, path_out)
    return counts


def _apply(
    role: str, path_in: Path, path_out: Path, step: FormStep, target: Target, calibration: CalibrationInputs
) -> int:
    match step:
        case Fused():
            if not target.fused:
                raise ConfigError(f"target {target.name} cannot run fused operators", remedy="Leave out the step.")
            return float32_to_fused(
                path_in, path_out, model_type=step.model_type, heads=step.heads, hidden_size=step.hidden_size
            )
        case Float16():
            return quantize.float32_to_float16(path_in, path_out)
        case Int8Dynamic():
            return quantize.float32_to_int8_dynamic(
                path_in,
                path_out,
                reduce_range=target.qdq.reduce_range,
                per_channel=step.per_channel,
                exclude=step.exclude,
            )
        case Int8Qdq():
            return quantize.float32_to_int8_qdq(
                path_in,
                path_out,
                calibration(role, step.calibration_examples),
                activations=target.qdq.activations,
                weights=target.qdq.weights,
                reduce_range=target.qdq.reduce_range if step.reduce_range is None else step.reduce_range,
                calibration_method=step.calibration_method,
                per_channel=step.per_channel,
                exclude=step.exclude,
                op_types=step.op_types,
            )
        case Blockwise():
            return _BLOCKWISE[step.method](
                path_in, path_out, block_size=step.block_size, symmetric=step.symmetric, exclude=step.exclude
            )
        case Int8Rows():
            return float32_to_int8_rows(path_in, path_out)
