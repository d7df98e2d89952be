"""One inference of a graph with random inputs that fit its specs: does it load and run, and what does it return?"""

from __future__ import annotations

import math

import numpy as np

from edgemm.backends import InferenceSession
from edgemm.bundles.manifest import Graph
from edgemm.bundles.tensors import Array, TensorSpec
from edgemm.errors import BundleError

_SIZES_TRIED = (64, 16, 1)
"""Sizes for named axes: some graphs need a few steps to work on, others exactly one."""
_BATCH_AXES = frozenset({"batch", "text", "clip", "picture"})
"""Axes along which a graph does the same thing several times; once is enough."""

_MOST_VALUES = 1 << 28
"""Of one input: what a manifest asks for may be anything."""


def probe(
    session: InferenceSession, graph: Graph, sizes: dict[str, int] | None = None, seed: int = 0
) -> dict[str, int]:
    """Run `graph` once and check inputs and outputs against its specs. Returns the sizes of all named axes.

    `sizes` fixes named axes; the others are tried at a few sizes. Raises BundleError with the last failure.
    """
    failure: BundleError | None = None
    for size in _SIZES_TRIED:
        fixed = {name: (sizes or {}).get(name, 1 if name in _BATCH_AXES else size) for name in _axis_names(graph)}
        try:
            outputs = session.run(random_inputs(graph, fixed, seed))
            bound = dict(fixed)
            for spec in graph.outputs.values():
                bound = spec.check(outputs[spec.name], bound)
            return bound
        except BundleError as error:
            failure = error
    assert failure is not None
    raise failure


def random_inputs(graph: Graph, sizes: dict[str, int], seed: int = 0) -> dict[str, Array]:
    """Inputs by the graph's own tensor names; named axes take their size from `sizes`."""
    generator = np.random.default_rng(seed)
    return {spec.name: _random(spec, sizes, generator) for spec in graph.inputs.values()}


def _axis_names(graph: Graph) -> list[str]:
    axes = [axis for spec in graph.inputs.values() for axis in spec.axes]
    return sorted({axis for axis in axes if isinstance(axis, str)})


def _random(spec: TensorSpec, sizes: dict[str, int], generator: np.random.Generator) -> Array:
    shape = tuple(axis if isinstance(axis, int) else sizes[axis] for axis in spec.axes)
    if min(shape, default=0) < 0 or math.prod(shape) > _MOST_VALUES:
        raise BundleError(f"tensor '{spec.name}'", expected=f"at most {_MOST_VALUES} values", found=shape)
    if spec.dtype.startswith("float"):
        return generator.standard_normal(shape).astype(spec.dtype)
    # 1 is a valid token, length, mask and sample rate selector in every graph; larger numbers may be out of range.
    return np.full(shape, "1", "O") if spec.dtype == "string" else np.ones(shape, dtype=spec.dtype)
