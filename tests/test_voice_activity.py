"""Voice activity: a stream of windows, each with the last 64 samples before it and the state of the model."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

from edgemm.bundles.bundle import Bundle, write_bundle
from edgemm.bundles.manifest import Graph, Manifest, Source
from edgemm.bundles.tensors import TensorSpec
from edgemm.errors import InputError
from edgemm.tasks.voice_activity import VoiceActivityDetector
from tests.exported import exported


def counting_bundle(folder: Path) -> Bundle:
    """probability = first sample of the window with context + state[0, 0, 0]; the state counts windows."""
    index = {name: np.array([[value]]) for name, value in (("first", [0, 0]), ("origin", [0, 0, 0]))}
    nodes = [
        helper.make_node("GatherND", ["samples", "first"], ["start"]),
        helper.make_node("GatherND", ["state", "origin"], ["count"]),
        helper.make_node("Add", ["start", "count"], ["sum"]),
        helper.make_node("Reshape", ["sum", "shape"], ["probability"]),
        helper.make_node("Add", ["state", "one"], ["next_state"]),
    ]
    values = {**{k: v.reshape(1, -1) for k, v in index.items()}, "shape": np.array([1, 1]), "one": np.float32(1)}
    specs = {"samples": (1, 576), "state": (2, 1, 128), "probability": (1, 1), "next_state": (2, 1, 128)}
    info = {name: helper.make_tensor_value_info(name, TensorProto.FLOAT, axes) for name, axes in specs.items()}
    graph = helper.make_graph(
        nodes,
        "counting",
        [info["samples"], info["state"]],
        [info["probability"], info["next_state"]],
        [numpy_helper.from_array(np.asarray(value), name) for name, value in values.items()],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=10)
    onnx.save(model, folder / "detector.onnx")
    tensor = {name: TensorSpec(name=name, dtype="float32", axes=axes) for name, axes in specs.items()}
    manifest = Manifest(
        name="counting",
        family="onnx",
        task="voice_activity",
        precision="float32",
        target="cpu-x86",
        source=Source(kind="file", name="counting", revision="1", sha256="0" * 64),
        graphs={
            "detector": Graph(
                file="detector.onnx",
                inputs={"samples": tensor["samples"], "state": tensor["state"]},
                outputs={"probability": tensor["probability"], "state": tensor["next_state"]},
            )
        },
        files={},
    )
    return write_bundle(folder / "bundle", manifest, {"detector.onnx": folder / "detector.onnx"})


def ramp(start: int) -> np.ndarray:
    return np.arange(start, start + 512, dtype=np.float32)


def test_a_window_sees_the_last_64_samples_before_it(tmp_path: Path) -> None:
    detector = VoiceActivityDetector(counting_bundle(tmp_path))
    assert detector.push(ramp(1000)) == 0.0  # silence before the stream, state 0
    assert detector.push(ramp(1512)) == 1512 - 64 + 1  # one window counted


def test_reset_forgets_sound_and_state(tmp_path: Path) -> None:
    detector = VoiceActivityDetector(counting_bundle(tmp_path))
    detector.push(ramp(1000))
    detector.reset()
    assert detector.push(ramp(0)) == 0.0


def test_a_window_of_another_length_is_refused(tmp_path: Path) -> None:
    detector = VoiceActivityDetector(counting_bundle(tmp_path))
    with pytest.raises(InputError, match="512"):
        detector.push(np.zeros(480, dtype=np.float32))


def test_silence_and_noise_are_not_speech() -> None:
    detector = VoiceActivityDetector(exported("silero-vad"))
    noise = np.random.default_rng(4).standard_normal(512 * 40).astype(np.float32) * 0.1
    for sound in (np.zeros_like(noise), noise):
        detector.reset()
        found = [detector.push(window) for window in sound.reshape(-1, 512)]
        assert max(found[5:]) < 0.5
