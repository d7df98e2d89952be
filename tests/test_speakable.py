"""What can be spoken: letters and digits in any dress; nothing that is silent, broken or a command to espeak-ng."""

from __future__ import annotations

import numpy as np
import pytest

from edgemm.errors import InputError
from edgemm.sound.espeak_voice import EspeakVoice
from edgemm.sound.phonemes import Phonemiser
from edgemm.sound.speakable import audible, speakable

SILENT = {
    "nothing": "",
    "spaces": " \n\t ",
    "emoji": "👍",
    "an emoji of several": "👩\u200d👩\u200d👧",
    "a flag": "🇩🇪",
    "dots": "...",
    "an ellipsis": "…",
    "marks": "*** -- ?!",
    "combining marks": "\u0301\u0308",
    "zero width": "\u200b\u200d\ufeff",
    "control characters": "\x00\x01\x1b\x7f\x85",
    "half of a character": "\udc80\ud83d",
    "private use": "\ue000",
}

SPOKEN = {
    "１２３": "123",
    "①②": "12",
    "Ｈｅｌｌｏ": "Hello",
    "𝐖𝐨𝐫𝐥𝐝": "World",
    "cafe\u0301": "café",
    "½ cup": "½ cup",
    "x²": "x²",
    "№ 5": "№ 5",
    "co\u00adoperate": "cooperate",
    "a\x00b\nc": "ab c",
    "\x01100P fast": "100P fast",
    "Hi 👍 there": "Hi 👍 there",
    "привет": "привет",
    "你好": "你好",
}


@pytest.mark.parametrize("text", SILENT.values(), ids=SILENT)
def test_without_letter_and_digit_there_is_nothing_to_say(text: str) -> None:
    assert speakable(text) == ""
    with pytest.raises(InputError, match="nothing to say"):
        audible(iter([]), text)


@pytest.mark.parametrize("text", SPOKEN)
def test_letters_and_digits_are_spoken_in_any_dress(text: str) -> None:
    assert speakable(text) == SPOKEN[text]


@pytest.mark.needs("espeak-ng")
@pytest.mark.parametrize("text", SILENT.values(), ids=SILENT)
def test_both_voices_have_no_sound_for_what_cannot_be_spoken(text: str) -> None:
    assert Phonemiser("en-us").phonemes(text) == ""
    assert list(EspeakVoice().synthesise(text)) == []


@pytest.mark.needs("espeak-ng")
def test_both_voices_speak_the_rest() -> None:
    phonemiser, voice = Phonemiser("en-us"), EspeakVoice()
    for text in SPOKEN:
        assert phonemiser.phonemes(text), text
        assert sum(map(len, voice.synthesise(text))) > 0, text
    assert phonemiser.phonemes("１２３") == phonemiser.phonemes("123")
    phonemiser.close()
    voice.close()


@pytest.mark.needs("espeak-ng")
def test_no_text_changes_how_the_next_is_spoken() -> None:
    voice, phonemiser = EspeakVoice(), Phonemiser("en-us")
    before = np.concatenate(list(voice.synthesise("Hello."))), phonemiser.phonemes("Hello.")
    for text in ("\x01450S\x0199P", "[[h@l@U]]", "<prosody rate='900%'>"):
        list(voice.synthesise(text))
        phonemiser.phonemes(text)
    np.testing.assert_array_equal(np.concatenate(list(voice.synthesise("Hello."))), before[0])
    assert phonemiser.phonemes("Hello.") == before[1]
    voice.close()
    phonemiser.close()


def test_the_pieces_that_there_are_all_come() -> None:
    pieces = [np.full(n, 0.1, np.float32) for n in (3, 2, 1)]
    assert [len(piece) for piece in audible(iter(pieces), "abc")] == [3, 2, 1]
