"""Recognition, completion, voice and wake word as stages: what goes in, what comes out, where they can be stopped."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pytest

from edgemm.errors import ConfigError, HostError
from edgemm.media import Samples
from edgemm.sound.espeak_voice import EspeakVoice
from edgemm.sound.phonemes import Phonemiser
from edgemm.sound.wake_word import WakeWord
from runtime.items import (
    Effect,
    Item,
    Playback,
    Routed,
    Say,
    SpeechAudio,
    Tick,
    Transcript,
    TurnAudio,
    TurnCompletion,
    TurnRef,
    Wake,
    Working,
)
from runtime.stages.speak import Voice
from runtime.stages.speech_recognition import SpeechRecognition
from runtime.stages.turn_completion import TurnCompletionStage
from runtime.stages.wake import WakeStage
from tests.broken_espeak import BROKEN, BreakableEspeak
from tests.exported import exported
from tests.needed import module
from tests.stage_harness import chunk, only, run_stage

TURN = TurnRef(1, 2)
RATE_HZ = 16_000


@dataclass(frozen=True)
class Text:
    text: str
    mean_log_probability: float = -0.3
    complete: bool = True


class Lengths:
    """A small real recogniser: its text is the length of the sound, after a step of work for each second."""

    longest_s = 4
    """Of a longer sound it hears only a part."""

    def __init__(self) -> None:
        self.steps_done = 0

    def steps(self, samples: Samples, *, context: str) -> Iterator[object]:
        for _ in range(len(samples) // RATE_HZ):
            self.steps_done += 1
            yield None
        yield Text(f" {len(samples)} samples, {context} ", complete=len(samples) <= self.longest_s * RATE_HZ)


def turn_audio(purpose: str = "guess", seconds: int = 3) -> TurnAudio:
    return TurnAudio(TURN, np.zeros(seconds * RATE_HZ, np.float32), purpose, 0, 7, woken=True)  # type: ignore[arg-type]


def test_recognition_gives_a_chance_to_stop_at_each_step_and_then_the_text() -> None:
    items = run_stage(SpeechRecognition(Lengths()), [("guess", turn_audio(), 0)])
    assert items == [Working()] * 3 + [Transcript(TURN, "48000 samples, short", "guess", -0.3, 7, True)]


@pytest.mark.parametrize(("seconds", "complete"), [(4, True), (5, False)])
def test_a_text_from_which_words_may_be_missing_says_so(seconds: int, complete: bool) -> None:
    items = run_stage(SpeechRecognition(Lengths()), [("guess", turn_audio(seconds=seconds), 0)])
    assert items[-1].complete is complete


def test_recognition_that_is_closed_does_no_more_work() -> None:
    recogniser = Lengths()
    job = SpeechRecognition(recogniser).step("guess", turn_audio(), 0)
    next(job)
    job.close()  # type: ignore[attr-defined]
    assert recogniser.steps_done == 1


class Loudness:
    """A small real completion detector: finished is what ends quietly."""

    def probability(self, samples: Samples) -> float:
        return float(1 - np.abs(samples[-1600:]).mean())


def routed(score: float, *, unfinished: bool = False, turn: TurnRef = TURN) -> Routed:
    return Routed(turn, "Any cups?", "is_there", score, addressed=True, unfinished=unfinished)


def test_the_sound_is_asked_where_the_text_leaves_it_open() -> None:
    stage = TurnCompletionStage(Loudness())
    guessed: list[tuple[str, Item, float]] = [("audio", turn_audio("guess"), 0)]
    assert run_stage(stage, [*guessed, ("routed", routed(0.7), 1)]) == [TurnCompletion(TURN, 1.0)]
    assert run_stage(stage, [("routed", routed(0.7), 2)]) == []  # once for each guess
    for decided in (routed(0.9), routed(0.7, unfinished=True), routed(0.2), routed(0.7, turn=TurnRef(9, 9))):
        assert run_stage(stage, [*guessed, ("routed", decided, 1)]) == []
    assert run_stage(stage, [("audio", turn_audio("partial"), 0)]) == []


class Beeps:
    """A small real synthesiser: a piece for each word, shorter when faster."""

    sample_rate_hz = RATE_HZ

    def __init__(self) -> None:
        self.made: list[str] = []

    def synthesise(self, text: str, rate: float, noise: float) -> Iterator[Samples]:
        for word in text.split():
            if word == "unspeakable":
                raise ValueError(word)
            self.made.append(word)
            yield np.full(int(800 / rate), 0.1, np.float32)


def say(text: str) -> tuple[str, Say, float]:
    return ("say", Say(text, "notice"), 0)


def samples_of(items: list[object]) -> int:
    return sum(len(item.samples) for item in items if isinstance(item, SpeechAudio))


def test_pieces_leave_as_they_are_made_and_only_the_closing_gap_is_last() -> None:
    synthesiser = Beeps()
    job = Voice(synthesiser).step(*say("one two three"))
    assert not next(job).last  # type: ignore[union-attr]
    assert synthesiser.made == ["one"]
    rest = list(job)
    assert [item.last for item in only(SpeechAudio, rest)] == [False, False, True]
    assert not rest[-1].samples.any()


def test_a_short_sentence_is_made_once_and_a_cut_one_is_not_kept() -> None:
    synthesiser = Beeps()
    voice = Voice(synthesiser)
    job = voice.step(*say("one two"))
    next(job)
    job.close()  # type: ignore[attr-defined]
    whole = run_stage(voice, [say("one two")])
    again = run_stage(voice, [say("one two")])
    assert synthesiser.made == ["one", "one", "two"]
    assert samples_of(whole) == samples_of(again)


def test_a_new_rate_makes_the_sentence_again() -> None:
    synthesiser = Beeps()
    voice = Voice(synthesiser)
    slow = run_stage(voice, [say("one two")])
    fast = run_stage(voice, [("effect", Effect(TURN, "rate", 2.0), 0), say("one two")])
    gap = len(fast[-1].samples)
    assert samples_of(slow) - gap == 2 * (samples_of(fast) - gap)


def prepared(voice: Voice, ticks: int = 300) -> Voice:
    """After so many ticks without anything to say."""
    run_stage(voice, [("tick", Tick(), tick) for tick in range(ticks)])
    return voice


def test_a_sentence_made_beforehand_needs_no_work_whatever_the_rate() -> None:
    synthesiser = Beeps()
    voice = prepared(Voice(synthesiser, rate=2.0, beforehand=["watch out", "mind the step"]))
    assert synthesiser.made == ["watch", "out", "mind", "the", "step"]
    assert samples_of(run_stage(voice, [say("watch out")])) == 2 * 800 + RATE_HZ * 80 // 1000
    assert len(synthesiser.made) == 5


def test_a_tick_makes_one_piece_so_that_an_alert_never_waits_for_a_whole_sentence() -> None:
    synthesiser = Beeps()
    voice = prepared(Voice(synthesiser, beforehand=["one two three"]), ticks=2)
    assert synthesiser.made == ["one", "two"]
    assert samples_of(run_stage(voice, [say("now")])) > 0
    prepared(voice, ticks=2)
    assert synthesiser.made == ["one", "two", "now", "three"]


class Fails(Beeps):
    """A voice that fails until it is mended: at once, or in the middle."""

    def __init__(self, after: int) -> None:
        super().__init__()
        self.after: int | None = after

    def synthesise(self, text: str, rate: float, noise: float) -> Iterator[Samples]:
        for number, piece in enumerate(super().synthesise(text, rate, noise)):
            if number == self.after:
                raise HostError("no answer")
            yield piece


@pytest.mark.parametrize("after", [0, 1])
def test_a_sentence_that_could_not_be_made_beforehand_is_tried_again(after: int) -> None:
    synthesiser = Fails(after)
    voice = prepared(Voice(synthesiser, beforehand=["watch out"]))
    synthesiser.after = None
    synthesiser.made.clear()
    prepared(voice)
    assert synthesiser.made == ["watch", "out"]


@pytest.mark.parametrize("after", [0, 1])
def test_what_the_first_voice_cannot_say_the_second_says_whole(after: int) -> None:
    second = Beeps()
    second.sample_rate_hz = 8_000
    heard = only(SpeechAudio, run_stage(Voice(Fails(after), second=second), [say("watch out")]))
    assert [item.sample_rate_hz for item in heard] == [RATE_HZ] * after + [8_000] * 2 + [RATE_HZ]
    assert [item.last for item in heard] == [False] * (after + 2) + [True]
    assert second.made == ["watch", "out"]


@pytest.mark.parametrize("second", [None, Fails(0), Fails(1)])
def test_a_sentence_that_no_voice_says_to_its_end_is_a_fault_but_its_end_comes(second: Beeps | None) -> None:
    said: list[Item] = []
    with pytest.raises(HostError, match="no answer"):
        said.extend(Voice(Fails(0), second=second).step(*say("watch out")))
    assert [item.last for item in only(SpeechAudio, said)][-1]


def test_a_text_for_which_the_first_voice_has_no_sound_is_said_by_the_second() -> None:
    first, second = Beeps(), Beeps()
    first.synthesise = lambda *_: iter(())  # type: ignore[method-assign]
    assert samples_of(run_stage(Voice(first, second=second), [say("watch out")])) > 800
    assert second.made == ["watch", "out"]


def test_without_a_letter_the_gap_alone_is_said_and_the_turn_ends() -> None:
    assert [item.last for item in only(SpeechAudio, run_stage(Voice(Beeps()), [say("")]))] == [True]


class Spelled:
    """A small real voice that asks espeak-ng, as long as the text's phonemes are many."""

    sample_rate_hz = RATE_HZ

    def __init__(self) -> None:
        self.phonemiser = Phonemiser("en-us", patience_s=(0.2,))
        self.phonemiser.start()

    def synthesise(self, text: str, rate: float, noise: float) -> Iterator[Samples]:
        if phonemes := self.phonemiser.phonemes(text):
            yield np.full(100 * len(phonemes), 0.1, np.float32)


ALERT = "Car at twelve o'clock, coming closer."


@pytest.mark.parametrize("how", [*BROKEN, "missing", "stopped"])
def test_an_alert_is_said_as_it_was_made_beforehand_whatever_has_become_of_espeak(
    espeak: BreakableEspeak, how: str
) -> None:
    voice = prepared(Voice(Spelled(), beforehand=[ALERT]))
    whole = samples_of(run_stage(voice, [say(ALERT)]))
    if how == "missing":
        espeak.uninstall()
    elif how == "stopped":
        espeak.signal(signal.SIGSTOP)
    else:
        espeak.start_broken(how)
    assert samples_of(run_stage(voice, [say(ALERT)])) == whole > RATE_HZ // 10
    espeak.signal(signal.SIGKILL)


def test_espeak_itself_speaks_where_its_phonemes_do_not_come(espeak: BreakableEspeak) -> None:
    first, second = Spelled(), EspeakVoice()
    espeak.signal(signal.SIGSTOP)
    second.start()
    said = run_stage(Voice(first, second=second), [say("Mind the step.")])
    assert samples_of(said) > EspeakVoice.sample_rate_hz // 2
    second.close()


def test_a_sentence_that_breaks_is_closed_before_the_error_is_told() -> None:
    job = Voice(Beeps()).step(*say("an unspeakable word"))
    assert [next(job).last, next(job).last] == [False, True]  # type: ignore[union-attr]
    with pytest.raises(ValueError, match="unspeakable"):
        next(job)


class Loud:
    """A small real wake word detector: something loud."""

    def push(self, samples: Samples) -> bool:
        return bool(np.abs(samples).max() > 0.5)

    def reset(self) -> None: ...


def test_the_wake_word_is_told_once() -> None:
    loud = np.ones(480, np.float32)
    items = run_stage(WakeStage(Loud()), [("audio", chunk(loud, t), t) for t in (0, 30, 60, 2000)])
    assert items == [Wake("word")] * 2


def test_after_an_answer_but_not_after_a_notice_a_follow_up_is_heard() -> None:
    stage = WakeStage(Loud())
    assert run_stage(stage, [("playback", Playback(1, "finished", "Yes.", TURN), 0)]) == [Wake("follow_up")]
    assert run_stage(stage, [("playback", Playback(2, "finished", "The camera is missing."), 0)]) == []


def test_the_wake_word_model_sleeps_through_noise_in_pieces_of_any_length() -> None:
    module("pymicro_wakeword")
    detector = WakeWord()
    noise = np.random.default_rng(1).normal(0, 0.05, RATE_HZ * 3).astype(np.float32)
    assert not any(detector.push(piece) for piece in np.split(noise, [100, 1700, 1701, 30_000]))


def test_an_unknown_wake_word_is_refused_with_the_known_ones() -> None:
    module("pymicro_wakeword")
    with pytest.raises(ConfigError, match="hey_jarvis"):
        WakeWord("hey_nobody")


def test_the_wake_word_model_hears_its_name_from_our_voice() -> None:
    module("pymicro_wakeword")
    import soxr

    from edgemm.tasks.speech_synthesis import SpeechSynthesiser

    voice = SpeechSynthesiser(exported("piper-joe"))
    spoken = np.concatenate(list(voice.synthesise("Hey Jarvis!")))
    sound = soxr.resample(spoken, voice.sample_rate_hz, RATE_HZ)
    silence = np.zeros(RATE_HZ, np.float32)
    detector = WakeWord()
    heard = np.concatenate([silence, sound, silence])
    assert any(detector.push(heard[start : start + 480]) for start in range(0, len(heard), 480))
