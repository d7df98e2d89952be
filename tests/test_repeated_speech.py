"""What a person says again is heard as often as it was said, and so is what comes after it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from edgemm.evaluation.english_normaliser import normalised
from edgemm.media import Samples
from edgemm.sound.sound_files import read_sound
from edgemm.tasks.speech_recognition import SpeechRecogniser
from edgemm.tasks.transcription import Transcription
from export.data.voices import Voice, speak
from tests.exported import exported

FLITE = Voice("flite", "slt")


@pytest.fixture(scope="module")
def recogniser() -> SpeechRecogniser:
    return SpeechRecogniser(exported("whisper-tiny.en"))


def heard(recogniser: SpeechRecogniser, text: str) -> Transcription:
    return recogniser.transcribe(speak(FLITE, text))


@pytest.mark.parametrize("times", [2, 3, 4, 6])
def test_a_sentence_said_again_and_what_follows_it(recogniser: SpeechRecogniser, times: int) -> None:
    found = heard(recogniser, "Bring the red cup. " * times + "Then stop and turn around.")
    text = normalised(found.text)
    assert text.endswith("then stop and turn around")
    # Of four, tiny.en itself hears three at full context.
    assert times - times // 4 <= text.count("bring the red cup") <= times + times // 4
    assert found.complete


@pytest.mark.parametrize(
    ("said", "last"),
    [
        ("Good morning. Good morning. Good morning. Where is my cup?", "where is my cup"),
        ("Help. Help. Help. Help. Help. Help. Someone is here.", "someone is here"),
        ("one two three one two three one two three go", "go"),
        ("five five five five five five five five five seven", "7"),
    ],
)
def test_words_and_numbers_said_again_and_what_follows_them(recogniser: SpeechRecogniser, said: str, last: str) -> None:
    assert normalised(heard(recogniser, said).text).endswith(last)


@pytest.mark.parametrize("times", [2, 3])
def test_nothing_that_was_said_twice_is_halved(recogniser: SpeechRecogniser, times: int) -> None:
    found = heard(recogniser, "What time is it? " * times)
    assert normalised(found.text).count("what time is it") == times


@pytest.mark.parametrize("said", ["no no", "bye bye"])
def test_two_words_are_two_words(recogniser: SpeechRecogniser, said: str) -> None:
    assert normalised(heard(recogniser, said).text) == said


def test_what_is_said_once_takes_one_pass(recogniser: SpeechRecogniser) -> None:
    assert not heard(recogniser, "Where is the yellow cup on the table?").retried


def test_a_loop_of_the_decoder_is_kept_once(recogniser: SpeechRecogniser) -> None:
    assert normalised(heard(recogniser, "10 of clubs").text) == "10 of clubs"


def test_repetition_over_the_border_of_two_windows(recogniser: SpeechRecogniser) -> None:
    sentence, pause = speak(FLITE, "Bring the red cup."), np.zeros(4_000, np.float32)
    parts: list[Samples] = [part for _ in range(27) for part in (sentence, pause)]
    sound = np.concatenate([*parts, speak(FLITE, "Then stop and turn around.")])
    assert len(sound) > 32 * 16_000
    found = recogniser.transcribe(sound)
    text = normalised(found.text)
    assert text.endswith("then stop and turn around") or not found.complete
    assert text.count("red cup") > 20


def test_a_clip_with_a_channel_wired_the_other_way_round(recogniser: SpeechRecogniser, tmp_path: Path) -> None:
    import soundfile

    mono = speak(FLITE, "Where is the yellow cup on the table?")
    soundfile.write(tmp_path / "said.wav", np.stack([mono, -mono], axis=1), 16_000)
    found = recogniser.transcribe(read_sound(tmp_path / "said.wav").samples)
    assert normalised(found.text) == "where is the yellow cup on the table"
