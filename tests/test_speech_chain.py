"""The speech stages together on the replay driver: a question is answered in time, a guess is never heard."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from edgemm.media import AudioChunk, Samples
from runtime.drivers.table import Link, Row
from runtime.items import (
    Cancel,
    Item,
    Routed,
    Say,
    SpeakerAudio,
    SpeechAudio,
    SpeechStarted,
    Transcript,
    TurnAudio,
    TurnCompletion,
    TurnConfirmed,
    VoicedChunk,
)
from runtime.skills import FALLBACK, SKILLS
from runtime.stages.end_of_turn import EndOfTurn
from runtime.stages.floor import Floor
from runtime.stages.route import Route
from runtime.stages.speak import Voice
from runtime.stages.speech_recognition import SpeechRecognition
from runtime.stages.turn_completion import TurnCompletionStage
from runtime.stages.voice_activity import VoiceActivity
from tests.stage_harness import chunk, run_chain
from tests.test_route import Words
from tests.test_speech_stages import Beeps, Loudness

QUESTION, SMALL_TALK, CUT_SHORT, LOST = 0.4, 0.6, 0.8, 0.95
"""Levels of sound that stand for sentences; the recogniser comes to no end of the last."""
TEXTS = {
    QUESTION: "Is there a cup?",
    SMALL_TALK: "My brother went shopping yesterday.",
    CUT_SHORT: "Is there a",
    LOST: "What do you see?",
}


@dataclass(frozen=True)
class Text:
    text: str
    mean_log_probability: float = -0.3
    complete: bool = True


class Levels:
    """A small real recogniser: the level of the last sound tells the sentence."""

    def steps(self, samples: Samples, *, context: str) -> Iterator[object]:
        yield None
        level = float(samples[np.flatnonzero(samples)[-1]])
        sentence = min(TEXTS, key=lambda known: abs(known - level))
        yield Text(TEXTS[sentence], complete=sentence != LOST)


class LoudSpeech:
    """A small real speech detector."""

    def push(self, window: Samples) -> float:
        return float(np.abs(window).max() > 0.1)

    def reset(self) -> None: ...


class SkillName:
    """A small answer stage: says the skill's name, if the turn is for us."""

    def step(self, port: str, item: Item, now_ns: int) -> Iterator[Item]:
        if isinstance(item, Routed) and item.addressed:
            yield Say(item.skill, "answer", item.turn)


def table() -> list[Row]:
    synthesiser = Beeps()
    return [
        Row("voice_activity", VoiceActivity(LoudSpeech()), (Link("microphone", AudioChunk, "audio"),)),
        Row(
            "end_of_turn",
            EndOfTurn(),
            (
                Link("turn_completion", TurnCompletion, "completion"),
                Link("route", Routed, "routed"),
                Link("voice_activity", VoicedChunk, "voice"),
            ),
            tick_ms=100,
        ),
        Row(
            "turn_completion",
            TurnCompletionStage(Loudness()),
            (Link("end_of_turn", TurnAudio, "audio"), Link("route", Routed, "routed")),
            cost_ms=70,
        ),
        Row("recogniser", SpeechRecognition(Levels()), (Link("end_of_turn", TurnAudio, "audio"),), cost_ms=40),
        Row("route", Route(Words(), SKILLS, FALLBACK), (Link("recogniser", Transcript, "text"),), cost_ms=5),
        Row("answer", SkillName(), (Link("route", Routed, "routed"),), cost_ms=5),
        Row("voice", Voice(synthesiser), (Link("answer", Say, "say"),), cost_ms=30),
        Row(
            "floor",
            Floor(synthesiser.sample_rate_hz),
            (
                Link("end_of_turn", Cancel, "cancel"),
                Link("route", Cancel, "cancel"),
                Link("end_of_turn", SpeechStarted, "started"),
                Link("end_of_turn", TurnConfirmed, "confirmed"),
                Link("voice", SpeechAudio, "audio"),
            ),
        ),
    ]


def hear(*parts: tuple[float, float]) -> list[tuple[float, Item]]:
    """Run the chain over sound of (level, duration in ms), in pieces of 30 ms; two seconds of silence follow."""
    sound = np.concatenate([np.full(int(ms * 16), level, np.float32) for level, ms in (*parts, (0.0, 2000.0))])
    pieces = [sound[start : start + 480] for start in range(0, len(sound), 480)]
    arrivals = [((n + 1) * 30.0, "microphone", chunk(piece, n * 30.0)) for n, piece in enumerate(pieces)]
    return run_chain(table(), arrivals, len(sound) / 16)


def times_of(kind: type, told: list[tuple[float, Item]]) -> list[float]:
    return [time_ms for time_ms, item in told if isinstance(item, kind)]


def test_the_answer_is_ready_when_the_turn_is_confirmed_and_not_heard_before() -> None:
    told = hear((0, 300), (QUESTION, 1200))
    [confirmed_ms] = times_of(TurnConfirmed, told)
    assert min(times_of(SpeechAudio, told)) < confirmed_ms
    assert times_of(SpeakerAudio, told)[0] == confirmed_ms
    assert confirmed_ms - 1500 <= 350


def test_a_pause_in_the_middle_is_waited_out_and_its_guess_is_never_heard() -> None:
    told = hear((0, 300), (CUT_SHORT, 800), (0, 800), (QUESTION, 600))
    assert len(times_of(TurnConfirmed, told)) == 1
    assert times_of(SpeakerAudio, told)[0] >= 300 + 800 + 800 + 600
    guesses = [item.turn for _, item in told if isinstance(item, TurnAudio) and item.purpose == "guess"]
    assert {item.turn for _, item in told if isinstance(item, SpeakerAudio)} == {guesses[-1]}


def test_a_question_that_was_not_heard_to_its_end_is_not_answered() -> None:
    told = hear((0, 300), (LOST, 1200))
    assert {item.text for _, item in told if isinstance(item, SpeakerAudio)} == {"fallback"}


def test_what_is_said_to_others_is_not_answered() -> None:
    told = hear((SMALL_TALK, 1500))
    assert times_of(TurnConfirmed, told)
    assert not times_of(SpeakerAudio, told)


def test_the_same_sound_gives_the_same_events() -> None:
    def kinds() -> list[tuple[float, str]]:
        return [(time_ms, type(item).__name__) for time_ms, item in hear((0, 300), (QUESTION, 900))]

    assert kinds() == kinds()
