"""How the benchmarks of voice and turns measure: where speech ends, and what counts as cut short."""

from __future__ import annotations

import numpy as np
import pytest

from bench.live_line import LiveMicrophone
from bench.paused import PausedSentence, paused_sentences
from bench.questions import spoken_questions
from bench.turns import is_one_turn
from bench.voices import VOICES, ScaledVoice, speech_bounds
from edgemm.media import NS_PER_S, SAMPLE_RATE_HZ, AudioChunk


def tone(level: float, ms: int) -> np.ndarray:
    return np.full(SAMPLE_RATE_HZ * ms // 1000, level, np.float32)


def test_speech_ends_with_the_last_window_within_40_db_of_the_peak() -> None:
    sound = np.concatenate([tone(0, 200), tone(0.8, 300), tone(0.01, 100), tone(0.007, 400)])
    assert speech_bounds(sound) == (SAMPLE_RATE_HZ * 200 // 1000, SAMPLE_RATE_HZ * 600 // 1000)


def sentence() -> PausedSentence:
    return PausedSentence("", VOICES[0], tone(0.5, 3000), SAMPLE_RATE_HZ, 2 * SAMPLE_RATE_HZ)


@pytest.mark.parametrize(
    ("turns_s", "whole"),
    [
        ([(10.1, 13.3)], True),
        ([(10.1, 11.5), (12.1, 13.3)], False),  # ended in the pause
        ([(12.1, 13.3)], False),  # its first half was lost
        ([], False),
        ([(4.0, 13.3)], False),  # it began with the sentence before
        ([(7.0, 9.0), (10.1, 13.3)], True),  # what came before does not matter
    ],
)
def test_a_sentence_is_whole_when_one_turn_holds_both_halves(turns_s: list[tuple[float, float]], whole: bool) -> None:
    turns_ns = [(int(start * NS_PER_S), int(end * NS_PER_S)) for start, end in turns_s]
    assert is_one_turn(sentence(), 10 * SAMPLE_RATE_HZ, turns_ns) == whole


@pytest.mark.needs("flite")
def test_the_pause_is_silent_and_as_long_as_promised() -> None:
    [made] = paused_sentences(["Is there a cup?"], VOICES, 1, seed=0)
    pause = made.samples[made.pause_start : made.pause_end]
    assert 0.3 <= len(pause) / SAMPLE_RATE_HZ <= 1.0
    assert not pause.any() and made.samples[: made.pause_start].any() and made.samples[made.pause_end :].any()


def test_the_live_microphone_says_when_a_clip_was_heard() -> None:
    microphone = LiveMicrophone()
    microphone.open()
    silence = microphone.read()
    microphone.say(tone(0.5, 64))
    chunks = [microphone.read() for _ in range(3)]
    assert all(isinstance(chunk, AudioChunk) for chunk in [silence, *chunks])
    assert [bool(chunk.samples.any()) for chunk in chunks] == [True, True, False]
    assert microphone.started.get_nowait() == chunks[0].capture_time_ns


@pytest.mark.parametrize("count", [8, 104, 150])
def test_every_voice_asks_whatever_the_number_of_questions(count: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ScaledVoice, "say", lambda voice, text: tone(0.1, 10))
    asked = spoken_questions(count)
    assert len(asked) == count
    assert {question.voice for question in asked} == set(VOICES)
