"""The light voice: espeak-ng's sound from a program that waits for each sentence."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest

from edgemm.errors import InputError, MissingExtraError
from edgemm.sound.espeak_voice import EspeakVoice

needs_espeak = pytest.mark.needs("espeak-ng")
TEXT = "I see a cup, on the table. Is it yours?"


@pytest.fixture
def voice() -> Iterator[EspeakVoice]:
    voice = EspeakVoice()
    yield voice
    voice.close()


def said(voice: EspeakVoice, text: str = TEXT, rate: float = 1.0) -> np.ndarray:
    return np.concatenate([np.zeros(0, np.float32), *voice.synthesise(text, rate)])


@needs_espeak
def test_it_speaks_in_pieces_always_the_same(voice: EspeakVoice) -> None:
    pieces = list(voice.synthesise(TEXT))
    assert len(pieces) > 5 and all(piece.dtype == np.float32 for piece in pieces)
    samples = np.concatenate(pieces)
    assert 1.5 < len(samples) / voice.sample_rate_hz < 5.0
    assert 0.02 < np.sqrt(np.mean(samples**2)) < 0.5 and np.abs(samples).max() <= 1.0
    np.testing.assert_array_equal(samples, said(voice))


@needs_espeak
def test_twice_the_rate_is_about_half_as_long(voice: EspeakVoice) -> None:
    assert 0.4 < len(said(voice, rate=2.0)) / len(said(voice)) < 0.65


@needs_espeak
def test_a_sentence_can_be_cut_and_the_next_is_whole(voice: EspeakVoice) -> None:
    whole = said(voice)
    cut = voice.synthesise(TEXT)
    next(cut)
    cut.close()
    np.testing.assert_array_equal(said(voice), whole)


@needs_espeak
def test_a_waiting_program_that_died_is_replaced(voice: EspeakVoice) -> None:
    whole = said(voice)
    voice._waiting.kill()
    voice._waiting.wait()
    np.testing.assert_array_equal(said(voice), whole)


@needs_espeak
@pytest.mark.parametrize("text", ["<b> & </speak>", "日本語", "a\x00b", "x" * 2000])
def test_strange_text_is_spoken_and_not_obeyed(voice: EspeakVoice, text: str) -> None:
    assert len(said(voice, text)) > 0


@needs_espeak
def test_nothing_to_say_is_no_sound(voice: EspeakVoice) -> None:
    assert len(said(voice, " \n")) == 0


@needs_espeak
def test_an_impossible_rate_is_refused(voice: EspeakVoice) -> None:
    with pytest.raises(InputError, match="speech rate"):
        said(voice, rate=20.0)


def test_without_espeak_the_error_names_the_package(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(MissingExtraError, match="apt-get install espeak-ng"):
        EspeakVoice()
