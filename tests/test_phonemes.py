"""Phonemes: espeak-ng as a separate program, punctuation kept, ids as a Piper voice wants them."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator

import pytest

from edgemm.errors import HostError, MissingExtraError
from edgemm.sound.phonemes import Phonemiser, clauses, phoneme_ids, sentences
from tests.broken_espeak import BROKEN, BreakableEspeak

needs_espeak = pytest.mark.needs("espeak-ng")

PIPER = {
    "Hello.": "həlˈoʊ.",
    "At two o'clock, there is a chair - near you.": "æt tˈuː əklˈɑːk, ðɛɹ ɪz ɐ tʃˈɛɹ nˈɪɹ juː.",
    'The sign says: "Exit only" (push).': "ðə sˈaɪn sˈɛz: ˈɛɡzɪt ˈoʊnli pˈʊʃ.",
    "Warning! A car is coming.": "wˈɔːɹnɪŋ! ɐ kˈɑːɹ ɪz kˈʌmɪŋ.",
    "What can I ask?": "wˌʌt kæn aɪ ˈæsk?",
    "First, look left; then, right: go.": "fˈɜːst, lˈʊk lˈɛft; ðˈɛn, ɹˈaɪt: ɡˈoʊ.",
    "Read this": "ɹˈiːd ðˈɪs",
    "It's 21 degrees.": "ɪts twˈɛnti wˈʌn dᵻɡɹˈiːz.",
    "No.": "nˈoʊ.",
}
"""What piper-tts 1.8.0 gives with espeak-ng inside, for sentences on which espeak-ng 1.51 and 1.52 agree."""


@pytest.fixture(scope="module")
def phonemiser() -> Iterator[Phonemiser]:
    phonemiser = Phonemiser("en-us")
    yield phonemiser
    phonemiser.close()


@needs_espeak
@pytest.mark.parametrize("text", PIPER)
def test_phonemes_and_punctuation_are_pipers(phonemiser: Phonemiser, text: str) -> None:
    assert phonemiser.phonemes(text) == PIPER[text]


@needs_espeak
@pytest.mark.parametrize("text", ["", "   ", "...", "?!", "[[QQQ]]", "a\nb", "日本", "\x00", "<b>", "x" * 3000])
def test_strange_text_neither_fails_nor_shifts_the_next_answer(phonemiser: Phonemiser, text: str) -> None:
    phonemiser.phonemes(text.replace("\x00", ""))
    assert phonemiser.phonemes("No.") == PIPER["No."]


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGSTOP])
def test_a_program_that_died_or_hangs_is_replaced(espeak: BreakableEspeak, number: signal.Signals) -> None:
    phonemiser = Phonemiser("en-us")
    phonemiser.start()
    espeak.signal(number)
    assert phonemiser.phonemes("No.") == PIPER["No."]
    phonemiser.close()


@pytest.mark.parametrize("how", BROKEN)
def test_a_broken_program_is_an_error_with_a_remedy_until_it_works_again(espeak: BreakableEspeak, how: str) -> None:
    phonemiser = Phonemiser("en-us", patience_s=(0.1, 0.3))
    phonemiser.start()
    espeak.start_broken(how)
    with pytest.raises(HostError, match="Try `espeak-ng hello`"):
        phonemiser.phonemes("No.")
    espeak.mend()
    assert Phonemiser("en-us").phonemes("No.") == PIPER["No."]


def test_nobody_waits_behind_a_program_that_hangs(espeak: BreakableEspeak) -> None:
    patient = Phonemiser("en-us", patience_s=(600.0,))
    patient.start()
    espeak.signal(signal.SIGSTOP)

    def ask() -> None:
        with pytest.raises(HostError):
            patient.phonemes("Hello.")

    hung = threading.Thread(target=ask, daemon=True)
    hung.start()
    while patient._idle:  # until the hung program has been asked
        hung.join(0.01)
    assert patient.phonemes("No.") == PIPER["No."]
    assert hung.is_alive()
    espeak.signal(signal.SIGKILL)
    hung.join()
    patient.close()


def test_a_long_clause_is_not_cut_short() -> None:
    words = " ".join(["over"] * 2000) + " there."
    assert " ".join(words for words, _ in clauses(words)) == words.rstrip(".")
    assert clauses(words)[-1][1] == "." and all(len(line) <= 900 for line, _ in clauses(words))
    assert "".join(line for line, _ in clauses("д" * 5000)) == "д" * 5000


@needs_espeak
def test_threads_get_their_own_answers(phonemiser: Phonemiser) -> None:
    found: dict[str, set[str]] = {text: set() for text in PIPER}

    def ask(text: str) -> None:
        for _ in range(20):
            found[text].add(phonemiser.phonemes(text))

    threads = [threading.Thread(target=ask, args=(text,)) for text in PIPER]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == {text: {phonemes} for text, phonemes in PIPER.items()}


def test_without_espeak_the_error_names_the_package(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(MissingExtraError, match="apt-get install espeak-ng"):
        Phonemiser("en-us").phonemes("hello")


def test_a_title_or_a_number_does_not_end_a_clause() -> None:
    assert clauses("Dr. Smith paid 3.50, not 4!") == [("Dr. Smith paid 3.50", ","), ("not 4", "!")]


def test_ids_are_padded_and_framed_and_unknown_phonemes_left_out() -> None:
    id_map = {"_": [0], "^": [1], "$": [2], "a": [14], "b": [15]}
    assert phoneme_ids("aXb", id_map) == [1, 0, 14, 0, 15, 0, 2]


def test_long_speech_is_cut_at_sentences_then_clauses_then_words() -> None:
    assert sentences("aaa. bbb? ccc", 100) == ["aaa.", "bbb?", "ccc"]
    assert sentences("aa aa, bb bb bb cc", 10) == ["aa aa,", "bb bb bb", "cc"]
    assert sentences("x" * 25, 10) == ["x" * 10, "x" * 10, "x" * 5]
