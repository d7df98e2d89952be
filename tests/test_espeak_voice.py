"""The light voice: espeak-ng's sound from a program that waits for each sentence."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from edgemm.errors import HostError, InputError, MissingExtraError
from edgemm.sound import espeak_voice
from edgemm.sound.espeak_voice import EspeakVoice
from tests.broken_espeak import BROKEN, BreakableEspeak

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


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGSTOP])
def test_a_waiting_program_that_died_or_hangs_is_replaced(espeak: BreakableEspeak, number: signal.Signals) -> None:
    voice = EspeakVoice()
    voice.start()
    whole = said(voice)
    espeak.signal(number)
    np.testing.assert_array_equal(said(voice), whole)
    voice.close()


@pytest.mark.parametrize("how", [how for how in BROKEN if how != "answers half a second late"])
def test_a_broken_program_is_an_error_until_it_works_again(
    espeak: BreakableEspeak, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    voice = EspeakVoice()
    voice.start()
    espeak.start_broken(how)
    with monkeypatch.context() as impatient, pytest.raises(HostError, match="espeak-ng gives no sound"):
        impatient.setattr(espeak_voice, "_PATIENCE_S", 0.3)
        said(voice)
    espeak.mend()
    assert len(said(voice)) > 0
    voice.close()


def test_a_program_taken_away_is_a_missing_extra(espeak: BreakableEspeak) -> None:
    voice = EspeakVoice()
    voice.start()
    espeak.uninstall()
    with pytest.raises(MissingExtraError, match="apt-get install espeak-ng"):
        said(voice)


@needs_espeak
def test_threads_lose_no_sentence(voice: EspeakVoice) -> None:
    whole = said(voice)
    with ThreadPoolExecutor(4) as threads:
        sounds = list(threads.map(lambda _: said(voice), range(60)))
    assert all(np.array_equal(sound, whole) for sound in sounds)


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
