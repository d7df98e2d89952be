"""Evaluations judge by the task's own output: a bundle agrees with itself, and a broken one is found out."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import numpy_helper

from edgemm.bundles.bundle import Bundle, write_bundle
from edgemm.bundles.figures import Figure
from edgemm.evaluation import evaluator
from edgemm.pictures.picture_files import write_picture
from edgemm.sound.sound_files import write_sound
from edgemm.tasks.examples import Example
from tests.exported import exported

ANSWERS = [Example(text="I see two cups."), Example(text="No.")]


def by_name(figures: tuple[Figure, ...]) -> dict[str, float]:
    return {figure.name: figure.value for figure in figures}


def spoilt(bundle: Bundle, role: str, folder: Path, scale: float) -> Bundle:
    """The bundle with the float32 vectors and matrices of one graph scaled; of 8-bit weights those are the scales."""
    model = onnx.load(bundle.graph_path(role))
    constants = [attribute.t for node in model.graph.node if node.op_type == "Constant" for attribute in node.attribute]
    for weight in [*model.graph.initializer, *constants]:
        values = numpy_helper.to_array(weight)
        if values.dtype == np.float32 and values.size > 8:
            weight.CopyFrom(numpy_helper.from_array(values * np.float32(scale), weight.name))
    path = folder / "spoilt.onnx"
    onnx.save(model, path)
    files = {name: bundle.path(name) for name in bundle.manifest.files}
    files[bundle.manifest.graphs[role].file] = path
    figures = bundle.manifest.model_copy(update={"figures": ()})
    return write_bundle(folder / "bundle", figures, files)


def test_the_same_voice_adds_no_errors_and_needs_no_recogniser(monkeypatch: pytest.MonkeyPatch) -> None:
    voice = exported("piper-joe")
    monkeypatch.setenv("EDGEMM_BUNDLES", "/nowhere")
    found = by_name(evaluator("speech_synthesis")[1](voice, voice, ANSWERS))
    assert found == {"waveform_difference_max": 0.0, "waveform_snr_db": 120.0, "recognised_wer_increase_points": 0.0}


def test_a_voice_that_cannot_be_understood_is_found_out(tmp_path: Path) -> None:
    voice = exported("piper-joe")
    exported("whisper-tiny.en")
    found = by_name(evaluator("speech_synthesis")[1](voice, spoilt(voice, "decoder", tmp_path, 0.5), ANSWERS))
    assert found["recognised_wer_increase_points"] > 20 and found["waveform_snr_db"] < 10


def test_a_reader_that_reads_wrong_is_found_out(tmp_path: Path) -> None:
    from tests.test_text_recognition import picture_of

    write_picture(tmp_path / "sign.png", picture_of([("Exit", (40, 40)), ("Gate 4", (40, 200))]).pixels)
    examples = [Example(image=tmp_path / "sign.png", text="Exit\nGate 4", group="plain")]
    reader = exported("pp-ocrv6-small")
    evaluate, compare = evaluator("text_recognition")
    assert by_name(evaluate(reader, examples))["character_error_rate_to_truth"] == 0.0
    assert by_name(compare(reader, reader, examples))["character_error_rate"] == 0.0
    broken = by_name(compare(reader, spoilt(reader, "recogniser", tmp_path, 0.3), examples))
    assert broken["character_error_rate"] > 0.5 and broken["character_error_increase_points"] > 50


@pytest.mark.parametrize(
    ("task", "recipe", "role"),
    [("voice_activity", "silero-vad", "detector"), ("end_of_turn", "smart-turn-v3", "classifier")],
)
def test_probabilities_are_compared_on_sound(task: str, recipe: str, role: str, tmp_path: Path) -> None:
    time_s = np.arange(32_000) / 16_000
    sound = (0.3 * np.sin(2 * np.pi * 180 * time_s) * np.sin(2 * np.pi * 3 * time_s)).astype(np.float32)
    write_sound(tmp_path / "hum.wav", sound, 16_000)
    examples = [Example(audio=tmp_path / "hum.wav")]
    bundle = exported(recipe)
    same = by_name(evaluator(task)[1](bundle, bundle, examples))
    assert same == {"probability_difference_max": 0.0, "decision_agreement": 1.0}
    other = by_name(evaluator(task)[1](bundle, spoilt(bundle, role, tmp_path, 0.2), examples))
    assert other["probability_difference_max"] > 1e-3
