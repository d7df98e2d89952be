"""End of turn: the last eight seconds, standing at the end of the window, at any loudness."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

from edgemm.bundles.bundle import Bundle, write_bundle
from edgemm.bundles.manifest import Graph, LogMel, Manifest, Source
from edgemm.bundles.tensors import TensorSpec
from edgemm.sound.sound_files import resample
from edgemm.tasks.end_of_turn import EndOfTurnDetector
from edgemm.tasks.speech_synthesis import SpeechSynthesiser
from tests.exported import exported

RATE = 16_000


def last_frames_bundle(folder: Path) -> Bundle:
    """probability = mean of the last ten frames of the features."""
    nodes = [
        helper.make_node("Slice", ["features", "start", "stop", "axis"], ["tail"]),
        helper.make_node("ReduceMean", ["tail"], ["mean"], axes=[1, 2], keepdims=0),
        helper.make_node("Reshape", ["mean", "shape"], ["probability"]),
    ]
    values = {"start": [-10], "stop": [800], "axis": [2], "shape": [1, 1]}
    graph = helper.make_graph(
        nodes,
        "tail",
        [helper.make_tensor_value_info("features", TensorProto.FLOAT, [1, 80, 800])],
        [helper.make_tensor_value_info("probability", TensorProto.FLOAT, [1, 1])],
        [numpy_helper.from_array(np.array(value), name) for name, value in values.items()],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=10)
    onnx.save(model, folder / "classifier.onnx")
    manifest = Manifest(
        name="tail",
        family="onnx",
        task="end_of_turn",
        precision="float32",
        target="cpu-x86",
        source=Source(kind="file", name="tail", revision="1", sha256="0" * 64),
        graphs={
            "classifier": Graph(
                file="classifier.onnx",
                inputs={"features": TensorSpec(name="features", dtype="float32", axes=(1, 80, 800))},
                outputs={"probability": TensorSpec(name="probability", dtype="float32", axes=(1, 1))},
            )
        },
        preprocess=(LogMel(max_s=8.0),),
        files={},
    )
    return write_bundle(folder / "bundle", manifest, {"classifier.onnx": folder / "classifier.onnx"})


def hum(seconds: float) -> np.ndarray:
    time_s = np.arange(int(seconds * RATE)) / RATE
    return (0.3 * np.sin(2 * np.pi * 220 * time_s)).astype(np.float32)


def silence(seconds: float) -> np.ndarray:
    return np.zeros(int(seconds * RATE), dtype=np.float32)


def test_a_short_sound_stands_at_the_end_of_the_window(tmp_path: Path) -> None:
    detector = EndOfTurnDetector(last_frames_bundle(tmp_path))
    ends_with_sound = detector.probability(hum(1.0))
    ends_with_silence = detector.probability(np.concatenate([hum(1.0), silence(1.0)]))
    assert ends_with_sound > ends_with_silence + 0.2


def test_what_is_older_than_eight_seconds_does_not_count(tmp_path: Path) -> None:
    detector = EndOfTurnDetector(last_frames_bundle(tmp_path))
    recent = np.concatenate([silence(7.0), hum(1.0)])
    assert detector.probability(np.concatenate([hum(4.0) * np.float32(3), recent])) == detector.probability(recent)


def test_loudness_does_not_count(tmp_path: Path) -> None:
    detector = EndOfTurnDetector(last_frames_bundle(tmp_path))
    assert detector.probability(hum(2.0) * np.float32(0.1)) == pytest.approx(detector.probability(hum(2.0)), abs=1e-3)


def test_no_sound_at_all_is_no_error(tmp_path: Path) -> None:
    assert np.isfinite(EndOfTurnDetector(last_frames_bundle(tmp_path)).probability(silence(0.0)))


@pytest.mark.parametrize(
    "phonemes", ["hˌaʊ mˈɛni pˈiːpəl ɑːɹ ðɛɹ ɪnðə ɹˈuːm?", "ɪz ðɛɹ ɐ ɹˈɛd kˈʌp ɔnðə tˈeɪbəl nˈɛkst tə mˌiː?"]
)
def test_a_question_is_complete_at_its_end_and_not_before(phonemes: str) -> None:
    detector = EndOfTurnDetector(exported("smart-turn-v3"))
    voice = SpeechSynthesiser(exported("piper-joe"))
    spoken = np.concatenate(list(voice.synthesise_phonemes(phonemes)))
    samples = resample(spoken, voice.sample_rate_hz, RATE)
    assert detector.probability(samples) > 0.5
    assert detector.probability(samples[: len(samples) * 6 // 10]) < 0.5
