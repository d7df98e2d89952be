"""infer, transcribe and speak: text for people, one object for programs, a file when asked; bad input has its code."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import soundfile

from edgemm import cli
from edgemm.commands.infer_sounds import speech_stretches
from edgemm.commands.inferences import _SHOWS, Inference, show_of
from edgemm.host import host_target
from edgemm.pictures.picture_files import read_picture, write_picture
from edgemm.tasks import TASKS
from tests.exported import exported
from tests.needed import module

SENTENCE = "Where is the cup on the table?"


@pytest.fixture
def bundles(request) -> list[str]:
    """`--bundles` for the commands that open a pack's roles; skips without the recipes that the test is marked with."""
    roots = [exported(recipe).folder.parent.parent for recipe in request.param]
    return ["--bundles", str(roots[0]), "--target", exported(request.param[0]).folder.name]


needs_voice = pytest.mark.parametrize("bundles", [("piper-joe",)], indirect=True)
needs_voice_and_recogniser = pytest.mark.parametrize("bundles", [("piper-joe", "whisper-tiny.en")], indirect=True)


def output(capsys, *arguments: str) -> dict:
    assert cli.main([*arguments, "--json"]) == 0
    return json.loads(capsys.readouterr().out)


def test_every_task_has_something_to_show():
    assert set(_SHOWS) == set(TASKS)
    assert all(callable(show_of(task)) for task in TASKS)


@needs_voice
def test_speech_goes_into_a_file(capsys, tmp_path, bundles):
    path = tmp_path / "hello.wav"
    said = output(capsys, "speak", SENTENCE, "--save", str(path), *bundles)
    samples, rate_hz = soundfile.read(path)
    assert rate_hz == said["sample_rate_hz"] and said["duration_s"] == pytest.approx(len(samples) / rate_hz, abs=1e-3)
    assert 0.5 < said["duration_s"] < 6 and np.abs(samples).max() > 0.05


@needs_voice
def test_speech_goes_through_a_pipe(bundles):
    command = [sys.executable, "-m", "edgemm", "speak", "--save", "-", *bundles]
    done = subprocess.run(command, input=b"Hello.", capture_output=True, check=True)
    samples, _ = soundfile.read(io.BytesIO(done.stdout))
    assert len(samples) > 1000


@needs_voice
def test_faster_speech_is_shorter(capsys, tmp_path, bundles):
    durations = [
        output(capsys, "speak", SENTENCE, "--rate", rate, "--save", str(tmp_path / "x.wav"), *bundles)["duration_s"]
        for rate in ("1", "2")
    ]
    assert durations[1] < 0.7 * durations[0]


def test_nothing_to_say_is_bad_input(capsys):
    assert cli.main(["speak", "  "]) == 2
    assert "nothing to say" in capsys.readouterr().err


@needs_voice
@pytest.mark.parametrize("text", ["👍", "...", "\u0301", "\u200b", "\x01\x02", "\udcff"])
def test_a_text_without_anything_to_pronounce_is_bad_input(capsys, tmp_path, bundles, text):
    assert cli.main(["speak", text, "--save", str(tmp_path / "x.wav"), *bundles]) == 2
    assert "nothing to say" in capsys.readouterr().err
    assert not (tmp_path / "x.wav").exists()
    assert cli.main(["infer", str(exported("piper-joe").folder), "hello", text]) == 2
    assert "nothing to say" in capsys.readouterr().err


@needs_voice
@pytest.mark.parametrize("text", ["１２３", "привет", "你好", "Hi 👍 there", "\x01100P fast"])
def test_whatever_has_letters_or_digits_is_spoken(capsys, tmp_path, bundles, text):
    assert output(capsys, "speak", text, "--save", str(tmp_path / "x.wav"), *bundles)["duration_s"] > 0.2


@needs_voice
@pytest.mark.parametrize("sent", [b"", b"\xff\xfe", None], ids=["empty", "no text", "closed"])
def test_standard_input_that_holds_no_text_is_bad_input(bundles, sent):
    speak = [sys.executable, "-m", "edgemm", "speak", "--save", "-", *bundles]
    command = ["sh", "-c", '"$@" <&-', "sh", *speak] if sent is None else speak
    done = subprocess.run(command, input=sent, capture_output=True)
    assert done.returncode == 2 and (b"nothing to say" in done.stderr or b"no text" in done.stderr)


def test_a_text_without_end_is_refused_before_any_of_it_is_spoken():
    command = f"yes | {sys.executable} -m edgemm speak --save x.wav"
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=False)
    assert done.returncode == 2 and "too long: expected at most 30000 letters" in done.stderr


def test_standard_output_is_not_promised_twice(capsys):
    assert cli.main(["speak", "hello", "--json", "--save", "-"]) == 2


@needs_voice_and_recogniser
def test_what_is_spoken_can_be_transcribed(capsys, tmp_path, bundles):
    path = tmp_path / "question.wav"
    output(capsys, "speak", SENTENCE, "--save", str(path), *bundles)
    heard = output(capsys, "transcribe", str(path), *bundles)
    assert "cup" in heard["text"].lower() and heard["language"] == "en"
    assert heard["segments"][0]["text"].strip() in heard["text"]


@pytest.mark.parametrize("bundles", [("whisper-tiny.en",)], indirect=True)
def test_a_silent_clip_gives_no_text_and_says_why(capsys, tmp_path, bundles):
    path = tmp_path / "silent.wav"
    soundfile.write(path, np.zeros(16_000), 16_000)
    assert cli.main(["transcribe", str(path), *bundles]) == 0
    captured = capsys.readouterr()
    assert captured.out == "\n" and "silent" in captured.err


def test_a_text_file_named_wav_is_refused(capsys, tmp_path):
    path = tmp_path / "notes.wav"
    path.write_text("not sound")
    assert cli.main(["transcribe", str(path)]) == 2
    assert "cannot read the sound file" in capsys.readouterr().err


def test_a_pack_without_bundles_says_how_to_make_them(capsys, tmp_path):
    assert cli.main(["speak", "hello", "--bundles", str(tmp_path)]) == 4
    assert "edgemm export" in capsys.readouterr().err


def test_infer_shows_where_somebody_speaks(capsys, tmp_path):
    voice, detector = exported("piper-joe"), exported("silero-vad")
    path = tmp_path / "hello.wav"
    output(capsys, "infer", str(voice.folder), SENTENCE, "--save", str(path))
    samples, rate_hz = soundfile.read(path)
    soundfile.write(path, np.concatenate([np.zeros(rate_hz), samples, np.zeros(rate_hz)]), rate_hz)
    (found,) = output(capsys, "infer", str(detector.folder), str(path))["results"]
    assert 0.8 < found["speech_s"][0][0] < 1.4
    assert found["speech_s"][-1][1] < len(samples) / rate_hz + 1.4


def test_infer_compares_texts_and_saves_a_vector(capsys, tmp_path):
    folder = str(exported("minilm-l6").folder)
    near, far = output(capsys, "infer", folder, "where is the cup", "find my cup", "what time is it")["results"][0][
        "cosines"
    ][1:]
    assert near > far
    output(capsys, "infer", folder, "where is the cup", "--save", str(tmp_path / "v.npy"))
    assert np.linalg.norm(np.load(tmp_path / "v.npy")) == pytest.approx(1.0, abs=1e-5)


def test_infer_draws_what_it_found(capsys, tmp_path):
    matplotlib = module("matplotlib")
    source, drawn = Path(matplotlib.get_data_path()) / "sample_data" / "grace_hopper.jpg", tmp_path / "drawn.png"
    folder = str(exported("nanodet").folder)
    (found,) = output(capsys, "infer", folder, str(source), "--save", str(drawn))["results"]
    assert "person" in [entry["label"] for entry in found["objects"]]
    before, after = read_picture(source).pixels, read_picture(drawn).pixels
    assert before.shape == after.shape and (before != after).any()


def test_infer_reads_text_and_outlines_it(capsys, tmp_path):
    import cv2

    page = np.full((240, 640, 3), 255, np.uint8)
    cv2.putText(page, "FIRE EXIT", (60, 140), cv2.FONT_HERSHEY_SIMPLEX, 3, (0, 0, 0), 6, cv2.LINE_AA)
    source, drawn, plain = tmp_path / "sign.png", tmp_path / "drawn.png", tmp_path / "sign.txt"
    write_picture(source, page)
    folder = str(exported("pp-ocrv6-small").folder)
    (found,) = output(capsys, "infer", folder, str(source), "--save", str(drawn))["results"]
    assert found["text"].upper().replace(" ", "") == "FIREEXIT"
    assert (read_picture(drawn).pixels != page).any()
    output(capsys, "infer", folder, str(source), "--save", str(plain))
    assert plain.read_text(encoding="utf-8") == found["text"] + "\n"


def test_infer_refuses_a_form_that_the_result_does_not_have(capsys, tmp_path):
    folder = str(exported("minilm-l6").folder)
    assert cli.main(["infer", folder, "hello", "--save", str(tmp_path / "x.png")]) == 2
    assert "expected .npy, .json" in capsys.readouterr().err
    assert cli.main(["infer", folder, "a", "b", "--save", str(tmp_path / "x.npy")]) == 2


def test_any_result_can_be_saved_as_json(tmp_path):
    Inference("a", {"text": "ä"}).write(tmp_path / "a.json")
    assert json.loads((tmp_path / "a.json").read_text(encoding="utf-8")) == {"text": "ä"}


def test_a_run_of_loud_windows_is_one_stretch_even_at_the_end():
    assert list(speech_stretches([0.1, 0.9, 0.9, 0.2, 0.8])) == [(0.032, 0.096), (0.128, 0.16)]
    assert list(speech_stretches([])) == []


def test_the_target_of_this_host_is_the_default():
    from edgemm.commands.pack_arguments import add_pack_arguments

    parser = cli.command_parser("speak")
    add_pack_arguments(parser)
    assert parser.parse_args([]).target == host_target()
    assert parser.parse_args([]).bundles == Path("bundles")
