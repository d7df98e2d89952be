"""Speech synthesis: pieces that together equal the whole, the same sound for the same text."""

from __future__ import annotations

import itertools
import signal

import numpy as np
import pytest

from edgemm.errors import HostError, InputError
from edgemm.tasks.speech_synthesis import SpeechSynthesiser, _piece_sizes
from tests.broken_espeak import BreakableEspeak
from tests.exported import exported

HELLO = "həlˈoʊ."
LONG = "aɪ sˈiː ɐ kˈʌp, ɔnðə tˈeɪbəl, nˈɪɹ juː. wˈʌn ɪz ɹˈɛd!"


@pytest.fixture(scope="module")
def voice() -> SpeechSynthesiser:
    return SpeechSynthesiser(exported("piper-joe"))


def whole(voice: SpeechSynthesiser, phonemes: str, rate: float = 1.0, noise: float = 0.0) -> np.ndarray:
    return np.concatenate(list(voice.synthesise_phonemes(phonemes, rate, noise)))


@pytest.mark.parametrize("noise", [0.0, 0.667])
def test_the_pieces_together_equal_the_whole(voice: SpeechSynthesiser, noise: float) -> None:
    uncut = SpeechSynthesiser(exported("piper-joe"))
    uncut.settings = uncut.settings.model_copy(update={"first_piece_frames": 100_000})
    pieces = list(voice.synthesise_phonemes(LONG, noise=noise))
    assert len(pieces) > 4
    together, at_once = np.concatenate(pieces), whole(uncut, LONG, noise=noise)
    assert len(together) == len(at_once)
    # Where the decoder has 8 bits, a rounding of 1e-7 may tip an activation over to the next of its 256 values.
    noise_db = 10 * np.log10(np.sum(at_once**2) / np.sum((together - at_once) ** 2 + 1e-12))
    assert noise_db > 40, "a seam would be heard"


def test_pieces_are_small_so_that_speech_can_be_interrupted(voice: SpeechSynthesiser) -> None:
    pieces = list(voice.synthesise_phonemes(LONG))
    assert len(pieces[0]) == voice.settings.first_piece_frames * voice.settings.samples_per_frame
    assert max(map(len, pieces)) <= voice.settings.piece_frames * voice.settings.samples_per_frame
    assert all(piece.dtype == np.float32 for piece in pieces)


def test_the_first_piece_is_made_before_the_rest(voice: SpeechSynthesiser) -> None:
    first = next(voice.synthesise_phonemes(LONG))
    np.testing.assert_array_equal(first, whole(voice, LONG)[: len(first)])


@pytest.mark.parametrize("noise", [0.0, 0.667])
def test_the_same_text_gives_the_same_sound(voice: SpeechSynthesiser, noise: float) -> None:
    np.testing.assert_array_equal(whole(voice, LONG, noise=noise), whole(voice, LONG, noise=noise))


def test_noise_changes_the_sound(voice: SpeechSynthesiser) -> None:
    quiet, lively = whole(voice, HELLO), whole(voice, HELLO, noise=0.667)
    length = min(len(quiet), len(lively))
    assert np.abs(quiet[:length] - lively[:length]).max() > 0.01


def test_twice_the_rate_is_about_half_as_long(voice: SpeechSynthesiser) -> None:
    normal, fast, slow = (len(whole(voice, LONG, rate)) for rate in (1.0, 2.0, 0.5))
    assert 0.4 < fast / normal < 0.7
    assert 1.7 < slow / normal < 2.3


def test_it_is_speech_and_not_clipped(voice: SpeechSynthesiser) -> None:
    samples = whole(voice, LONG)
    assert 1.0 < len(samples) / voice.sample_rate_hz < 8.0
    assert 0.02 < np.sqrt(np.mean(samples**2)) < 0.5


def test_an_impossible_rate_is_refused(voice: SpeechSynthesiser) -> None:
    with pytest.raises(InputError, match=r"0\.3 to 4"):
        next(voice.synthesise_phonemes(HELLO, rate=0.0))


def test_nothing_to_say_is_no_sound(voice: SpeechSynthesiser) -> None:
    assert list(voice.synthesise_phonemes("")) == []


@pytest.mark.parametrize("phonemes", ["", " ", "...", "?!", "☃☃.", ", , ."])
def test_without_a_phoneme_that_the_voice_knows_there_is_no_sound(voice: SpeechSynthesiser, phonemes: str) -> None:
    assert list(voice.synthesise_phonemes(phonemes)) == []


def test_what_can_be_pronounced_is_spoken_between_what_cannot(voice: SpeechSynthesiser) -> None:
    np.testing.assert_array_equal(whole(voice, f"☃. {HELLO} ☃☃!"), whole(voice, HELLO))


def test_a_model_that_gives_no_numbers_is_a_fault_and_no_sound(
    voice: SpeechSynthesiser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(voice, "_decode", lambda latent: np.full(latent.shape[-1] * 256, np.nan, np.float32))
    with pytest.raises(HostError, match="no sound"):
        next(voice.synthesise_phonemes(HELLO))


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGSTOP])
def test_the_urgent_voice_is_the_same_with_an_espeak_of_its_own(
    voice: SpeechSynthesiser, espeak: BreakableEspeak, number: signal.Signals
) -> None:
    spoken = np.concatenate(list(voice.synthesise("Mind the step.")))
    urgent = voice.urgent()
    urgent.start()
    assert urgent.phonemiser is not voice.phonemiser
    np.testing.assert_array_equal(np.concatenate(list(urgent.synthesise("Mind the step."))), spoken)
    espeak.signal(number)
    with pytest.raises(HostError):  # at its first attempt: a second voice is there
        urgent.synthesise("Mind the step.")
    np.testing.assert_array_equal(np.concatenate(list(voice.synthesise("Mind the step."))), spoken)
    urgent.phonemiser.close()


def test_pieces_cover_every_frame_once() -> None:
    for frames, first, size in itertools.product((1, 17, 18, 19, 58, 200), (18,), (40, 7)):
        sizes = _piece_sizes(frames, first, size)
        assert sum(sizes) == frames and min(sizes) > 0 and max(sizes[1:], default=0) <= size
