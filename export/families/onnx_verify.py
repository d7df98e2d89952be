"""The verification run: what an uncut ONNX file computes at named places, and how far a graph cut from it is off."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import onnx
import onnxruntime as ort
from onnx import numpy_helper

from edgemm.backends.onnxruntime import element_type, session_options
from edgemm.bundles.figures import Figure
from edgemm.bundles.tensors import Array, DType
from edgemm.errors import BundleError, CheckpointError, ConfigError
from export.families.onnx_cut import exposed
from export.families.onnx_options import GraphOptions, OnnxOptions

_SEED = 20


def run_exposed(name: str, model: onnx.ModelProto, options: OnnxOptions) -> dict[str, Array]:
    """Every tensor of the uncut file that the options name, for one set of inputs, the file's own inputs included.

    Raises ConfigError or CheckpointError: an input without role or range, a type no array has, a run that fails.
    """
    graphs = [graph for graph in options.graphs.values() if graph.file == name]
    axes = {t.tensor: t.axes for graph in graphs for t in (*graph.inputs.values(), *graph.outputs.values())}
    names = [*axes, *(constant for graph in graphs for constant in graph.constants if constant not in axes)]
    session = _session(exposed(model, names).SerializeToString(), f"'{name}'")
    random = np.random.default_rng(_SEED)
    feeds = {}
    for node in session.get_inputs():
        if node.name not in axes:
            raise ConfigError(f"input '{node.name}' of '{name}' plays no role", expected="a role in options.graphs")
        shape = [_size(axis, options.sizes) for axis in axes[node.name]]
        feeds[node.name] = _sample(node.name, _type_of(node), shape, options.ranges.get(node.name), random)
    outputs = [node.name for node in session.get_outputs() if node.name in names and _type_of(node)]
    constants = {t.name: numpy_helper.to_array(t) for t in model.graph.initializer if t.name in names}
    return {**constants, **feeds, **dict(zip(outputs, _run(session, outputs, feeds, f"'{name}'"), strict=True))}


def check_axes(role: str, graph: GraphOptions, truth: Mapping[str, Array], sizes: Mapping[str, int]) -> None:
    """Raises ConfigError when the axes in the options are not those that the file gives."""
    bound = dict(sizes)
    for tensor in (*graph.inputs.values(), *graph.outputs.values()):
        found = truth[tensor.tensor].shape
        fits = len(found) == len(tensor.axes)
        for axis, size in zip(tensor.axes, found, strict=False):
            fits = fits and size == (axis if isinstance(axis, int) else bound.setdefault(axis, size))
        if not fits:
            raise ConfigError(
                f"graph '{role}': axes of tensor '{tensor.tensor}'", expected=list(found), found=list(tensor.axes),
                remedy=f"Sizes of named axes so far: {bound}." if bound else None,
            )  # fmt: skip


def parity(role: str, path: Path, graph: GraphOptions, truth: Mapping[str, Array], tolerance: float) -> Figure:
    """The graph cut to `path`, fed with what the uncut file has at its inputs, against what that has at its outputs.

    The value is no number where one side has none, or where there is nothing to compare: then the gate fails.
    """
    session = _session(str(path), f"graph '{role}'")
    names = [tensor.tensor for tensor in graph.outputs.values()]
    given = {node.name for node in session.get_inputs()}
    found = _run(session, names, {name: truth[name] for name in sorted(given)}, f"graph '{role}'")
    differences = [difference(value, truth[name]) for name, value in zip(names, found, strict=True)]
    count = sum(_numbers(truth[name]) for name in names)
    return Figure(
        name=f"{role}_parity",
        value=float(np.max(differences)) if count else float("nan"),
        at_most=tolerance,
        samples=count,
        note="cut graph against the file it is from",
    )


def difference(found: Array, expected: Array) -> float:
    """Largest difference as a part of the largest finite magnitude (at least 1).

    Equal infinities, and places where neither side has a number, differ by 0; NaN when only one side has one. Whole
    numbers, flags and texts are equal or infinitely different, and so are arrays of unlike shape or type.
    """
    if found.shape != expected.shape or found.dtype != expected.dtype:
        return float("inf")
    if expected.dtype.kind != "f":
        return 0.0 if np.array_equal(found, expected) else float("inf")
    found, expected = found.astype(np.float64), expected.astype(np.float64)
    alike = (found == expected) | (np.isnan(found) & np.isnan(expected))
    with np.errstate(invalid="ignore"):
        worst = np.max(np.abs(found - expected)[~alike], initial=0.0)
    return float(worst / max(1.0, np.max(np.abs(expected[np.isfinite(expected)]), initial=0.0)))


def _numbers(values: Array) -> int:
    """How many of the values can be compared."""
    return values.size - int(np.isnan(values).sum()) if values.dtype.kind == "f" else values.size


def _size(axis: int | str, sizes: Mapping[str, int]) -> int:
    if isinstance(axis, str) and axis not in sizes:
        raise ConfigError(f"no size for axis '{axis}'", expected="one in options.sizes")
    return axis if isinstance(axis, int) else sizes[axis]


def _type_of(node: ort.NodeArg) -> DType:
    try:
        return element_type(node)
    except BundleError as error:
        raise CheckpointError(str(error)) from None


def _sample(
    name: str, dtype: DType, shape: list[int], bounds: tuple[float, float] | None, random: np.random.Generator
) -> Array:
    if dtype == "string":
        raise ConfigError(
            f"input '{name}' cannot be filled for the verification run", expected="numbers or flags", found="string",
            remedy="Take off the part that reads text (onnx.utils.extract_model), and let the file start behind it.",
        )  # fmt: skip
    if dtype == "bool":
        return random.integers(0, 1, shape, endpoint=True).astype(np.bool_)
    if dtype.startswith("float"):
        values = random.standard_normal(shape) if bounds is None else random.uniform(*bounds, shape)
        return values.astype(dtype)
    if bounds is None:
        raise ConfigError(f"no range for input '{name}' of type {dtype}", expected="one in options.ranges")
    limits = np.iinfo(dtype)
    if not limits.min <= bounds[0] <= bounds[1] <= limits.max:
        raise ConfigError(
            f"range of input '{name}'", expected=f"{limits.min}..{limits.max} ({dtype})", found=list(bounds)
        )
    return random.integers(int(bounds[0]), int(bounds[1]), shape, dtype=np.dtype(dtype), endpoint=True)


def _session(model: bytes | str, what: str) -> ort.InferenceSession:
    try:
        return ort.InferenceSession(model, session_options(1), providers=["CPUExecutionProvider"])
    except Exception as error:  # onnxruntime raises its own unrelated types
        raise CheckpointError(f"ONNX Runtime cannot load {what}", found=error) from error


def _run(session: ort.InferenceSession, outputs: list[str], feeds: Mapping[str, Array], what: str) -> list[Array]:
    try:
        values: list[Array] = session.run(outputs, feeds)
    except Exception as error:  # onnxruntime raises its own unrelated types
        raise CheckpointError(
            f"the verification run of {what} failed", found=error,
            remedy="Check `axes`, `sizes` and `ranges` in the recipe's options.",
        ) from error  # fmt: skip
    return values


def tensor_types(truth: Mapping[str, Array]) -> dict[str, str]:
    """NumPy type of each tensor by name; texts are `string`."""
    return {name: "string" if value.dtype.kind in "OU" else str(value.dtype) for name, value in truth.items()}
