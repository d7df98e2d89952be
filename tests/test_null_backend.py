"""The null backend: the shapes of a model, none of its work. And the count of threads that pays off."""

from __future__ import annotations

import time
from pathlib import Path

import numpy as np
import pytest

from edgemm.backends import open_session
from edgemm.backends.null import NullSession
from edgemm.backends.threads import best_threads, measure_threads
from edgemm.bundles.bundle import write_bundle
from edgemm.bundles.manifest import Graph, Manifest, Source
from edgemm.bundles.tensors import TensorSpec
from edgemm.errors import BundleError
from edgemm.proof_graph import proof_graph


@pytest.fixture
def bundle(tmp_path):
    """A bundle with one graph `y = x + x`, described with named axes."""
    model = tmp_path / "model.onnx"
    model.write_bytes(proof_graph())
    graph = Graph(
        file="graphs/model.onnx",
        inputs={"x": TensorSpec(name="x", dtype="float32", axes=("frame", 2))},
        outputs={
            "y": TensorSpec(name="y", dtype="int64", axes=("frame", 3)),
            "z": TensorSpec(name="z", dtype="string", axes=("word",)),
        },
    )
    source = Source(kind="file", name="proof", revision="1", sha256="0" * 64)
    manifest = Manifest(
        name="proof",
        family="onnx",
        task="none",
        precision="float32",
        target="cpu-x86",
        source=source,
        graphs={"model": graph},
        files={},
    )
    return write_bundle(tmp_path / "bundle", manifest, {"graphs/model.onnx": model})


def test_outputs_are_zeros_whose_named_axes_follow_the_inputs(bundle):
    outputs = open_session(bundle.graph_path("model"), backend="null").run({"x": np.ones((5, 2), np.float32)})
    assert outputs["y"].shape == (5, 3) and outputs["y"].dtype == np.int64 and not outputs["y"].any()
    assert outputs["z"].shape == (1,)


def test_an_input_that_does_not_fit_is_refused(bundle):
    session = NullSession(bundle.graph_path("model"))
    with pytest.raises(BundleError, match="tensor 'x'"):
        session.run({"x": np.ones((5, 9), np.float32)})
    with pytest.raises(BundleError, match="tensor 'x'"):
        session.run({})


def test_it_can_take_its_time(bundle):
    session = NullSession(bundle.graph_path("model"), delay_ms=20)
    started = time.perf_counter()
    session.run({"x": np.ones((1, 2), np.float32)})
    assert time.perf_counter() - started >= 0.02


def test_a_graph_outside_a_bundle_is_refused():
    with pytest.raises(BundleError, match=r"manifest\.json"):
        NullSession(Path("/nowhere/model.onnx"))


class Costly:
    """A session whose runs cost what is listed, by a clock that only they move."""

    inputs: tuple[TensorSpec, ...] = ()
    outputs: tuple[TensorSpec, ...] = ()

    def __init__(self, clock: list[float], *costs_ms: float) -> None:
        self._clock, self._costs_ms = clock, iter([*costs_ms, *[costs_ms[-1]] * 99])

    def run(self, inputs):
        self._clock[0] += next(self._costs_ms)
        return {}


@pytest.mark.parametrize(
    ("costs_ms", "best"),
    [
        ({1: [10], 2: [10]}, 1),
        ({1: [10], 2: [9.5]}, 1),  # not worth a core
        ({1: [10], 2: [8.9]}, 2),
        ({1: [20], 2: [1], 4: [20]}, 2),
        ({1: [20], 2: [15], 4: [14]}, 2),
        ({1: [20], 2: [15], 4: [10]}, 4),
        ({1: [10], 2: [500, 8]}, 2),  # the first run warms up
        ({1: [10], 2: [8, 8, 500, 8]}, 2),  # a hiccup is none of its doing
    ],
)
def test_more_threads_are_taken_only_when_they_are_faster(costs_ms, best, monkeypatch):
    clock = [0.0]
    monkeypatch.setattr("edgemm.backends.threads.time.perf_counter", lambda: clock[0])
    assert best_threads({count: Costly(clock, *costs) for count, costs in costs_ms.items()}, {}, runs=5) == best


def test_threads_are_measured_on_a_real_graph(tmp_path):
    path = tmp_path / "model.onnx"
    path.write_bytes(proof_graph())
    assert measure_threads(path, {"x": np.ones(1, np.float32)}, candidates=(1, 2), runs=3) in (1, 2)
