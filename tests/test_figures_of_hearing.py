"""Quality of what hears and speaks: each figure held to an example worked by hand or to the field's own library."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import jiwer
import numpy as np
import pytest
import soundfile

from edgemm.evaluation import (
    clips,
    end_of_turn,
    speech_recognition,
    speech_synthesis,
    voice_activity,
)
from edgemm.evaluation.english_normaliser import normalised
from edgemm.evaluation.speech_recognition import Errors, increase_interval
from edgemm.latency import percentiles
from edgemm.tasks.examples import Example
from tests.scripted_figures import FLOAT32, QUANTISED, by_name, values

# Speech recognition: (truth, group, heard by float32 in full, by quantised in full, by quantised in short).
HEARD = [
    ("where is the cup", "human", "where is the cup", "where is a cup", "where is the cup"),
    ("stop", "human", "stop", "stop now please", "stop now"),
    ("turn left at the corner", "synthetic", "turn at the corner", "turn left at the corner", "turn at corner"),
    ("what time is it", "synthetic", "what time was it", "what time is it", "time is it now"),
]
SECONDS = (1.0, 2.5, 1.999, 2.0)


@pytest.fixture
def spoken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[Example]:
    examples = []
    for number, (truth, group, *_) in enumerate(HEARD):
        soundfile.write(tmp_path / f"{number}.wav", np.zeros(round(SECONDS[number] * 16_000)), 16_000)
        examples.append(Example(audio=tmp_path / f"{number}.wav", text=truth, group=group))

    def hear(bundle: Any, chosen: Sequence[Example], context: str) -> list[tuple[str, bool]]:
        column = 2 if bundle is FLOAT32 else 3 if context == "full" else 4
        assert bundle is not FLOAT32 or context == "full"
        return [(HEARD[examples.index(example)][column], context == "short") for example in chosen]

    monkeypatch.setattr(speech_recognition, "_hear", hear)
    return examples


def jiwer_percent(column: int, group: str | None = None) -> float:
    rows = [row for row in HEARD if group in (None, row[1])]
    return 100 * float(jiwer.wer([normalised(row[0]) for row in rows], [normalised(row[column]) for row in rows]))


def test_the_error_rate_of_a_recogniser_is_jiwers(spoken: list[Example]) -> None:
    found = by_name(speech_recognition.evaluate(QUANTISED, spoken))  # type: ignore[arg-type]
    assert found["wer"].value == pytest.approx(jiwer_percent(4)) == pytest.approx(100 * 5 / 14)
    assert found["wer"].samples == 14 and found["wer"].unit == "%"
    assert found["wer_human"].value == pytest.approx(jiwer_percent(4, "human"))
    assert found["wer_synthetic"].value == pytest.approx(jiwer_percent(4, "synthetic"))
    assert found["retried_utterances"].value == 4


def test_what_a_form_and_a_short_context_cost_a_recogniser(spoken: list[Example]) -> None:
    found = values(speech_recognition.compare(FLOAT32, QUANTISED, spoken))  # type: ignore[arg-type]
    assert found["wer_float32"] == pytest.approx(100 * 2 / 14)  # a word left out, one replaced
    assert found["wer_quantised"] == pytest.approx(100 * 3 / 14)  # one replaced, two put in
    assert found["wer_increase_points"] == pytest.approx(100 * 1 / 14)
    assert found["short_context_wer_increase_points"] == pytest.approx(100 * 2 / 14)
    assert found["human_word_errors_increase"] == 3
    assert found["human_word_errors_increase_short_context"] == 1  # against float32, not quantised: that would be -2
    for name, column in (("float32", 2), ("quantised", 3), ("short_context", 4)):
        for group in ("human", "synthetic"):
            assert found[f"wer_{name}_{group}"] == pytest.approx(jiwer_percent(column, group))
    assert (found["words"], found["clips_under_2_s"], found["retried_utterances"]) == (14, 2, 4)


def test_a_rate_weighs_words_not_utterances() -> None:
    assert Errors(np.array([1, 0]), np.array([1, 9]), 0).rate == pytest.approx(0.1)


def test_the_interval_of_a_rise_is_the_paired_bootstraps_95_percent() -> None:
    random = np.random.default_rng(3)
    words = random.integers(1, 12, 300)
    before = random.binomial(words, 0.2)
    after = before + random.binomial(words - before, 0.04)  # mostly the same words
    low, high = increase_interval(Errors(before, words, 0), Errors(after, words, 0))
    rise = 100 * float((after - before).sum() / words.sum())
    residual = (after - before) - rise / 100 * words
    deviation = 100 * float(np.sqrt((residual**2).sum())) / words.sum()  # of a ratio, by linearisation
    assert (low + high) / 2 == pytest.approx(rise, abs=0.2 * deviation)
    assert (high - low) / 2 == pytest.approx(1.96 * deviation, rel=0.08)
    same = Errors(before, words, 0)
    assert increase_interval(same, same) == (0.0, 0.0)


# Clips whose first sample tells what the scripted detector says.
def sounds(folder: Path, levels: Sequence[float], samples: int) -> list[Example]:
    for number, level in enumerate(levels):
        soundfile.write(folder / f"{number}.wav", np.full(samples, level), 16_000, subtype="FLOAT")
    return [Example(audio=folder / f"{number}.wav") for number in range(len(levels))]


class ScriptedVoiceActivity:
    """0.3 for the first window after a reset and 0.2 more for each that follows, more by the level of the clip."""

    def __init__(self, bundle: Any) -> None:
        self.count, self.step = 0, 0.2 if bundle is FLOAT32 else 0.1

    def reset(self) -> None:
        self.count = 0

    def push(self, window: Any) -> float:
        assert len(window) == voice_activity.WINDOW_SAMPLES
        self.count += 1
        return 0.3 + self.step * (self.count - 1) + float(window[0])


def test_voice_activity_starts_anew_with_each_clip(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(voice_activity, "VoiceActivityDetector", ScriptedVoiceActivity)
    examples = sounds(tmp_path, [0.0, 0.0, -0.25], 2 * voice_activity.WINDOW_SAMPLES + 100)
    found = by_name(voice_activity.evaluate(FLOAT32, examples))  # type: ignore[arg-type]
    assert found["clips_with_speech_found"].value == pytest.approx(2 / 3)  # 0.3 0.5 | 0.3 0.5 | 0.05 0.25
    assert found["speech_windows"].value == pytest.approx(2 / 6) and found["speech_windows"].samples == 6
    same = values(voice_activity.compare(FLOAT32, QUANTISED, examples))  # type: ignore[arg-type]
    assert same["probability_difference_max"] == pytest.approx(0.1) and same["decision_agreement"] == pytest.approx(
        4 / 6
    )


def test_the_end_of_a_turn_is_judged_at_the_end_and_at_60_percent(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    class Scripted:
        def __init__(self, bundle: Any) -> None:
            self.extra = 0.0 if bundle is FLOAT32 else 0.1

        def probability(self, clip: Any) -> float:
            assert len(clip) in (1000, 600)
            return float(clip[0]) + self.extra - (0.2 if len(clip) == 600 else 0.0)

    monkeypatch.setattr(end_of_turn, "EndOfTurnDetector", Scripted)
    examples = sounds(tmp_path, [0.5, 0.9, 0.45, 0.1], 1000)
    found = values(end_of_turn.evaluate(FLOAT32, examples))  # type: ignore[arg-type]
    assert found == {"complete_at_end": 0.5, "complete_in_the_middle": 0.25}
    same = values(end_of_turn.compare(FLOAT32, QUANTISED, examples))  # type: ignore[arg-type]
    assert same == {"probability_difference_max": pytest.approx(0.1), "decision_agreement": 0.75}


@pytest.mark.parametrize(("count", "taken"), [(80, 80), (81, 41), (160, 80), (3, 3)])
def test_at_most_80_clips_are_taken_evenly(count: int, taken: int, tmp_path: Path) -> None:
    [example] = sounds(tmp_path, [0.1], 100)
    assert len(list(clips.clips([example] * count))) == taken


def test_a_voices_figures(monkeypatch: pytest.MonkeyPatch) -> None:
    loud, noisy = np.array([0.4, -0.4], np.float32), np.array([0.4, -0.36], np.float32)
    sounds = {"float32": [loud, loud], "quantised": [loud, noisy]}
    monkeypatch.setattr(speech_synthesis, "_spoken", lambda bundle, texts: iter(sounds[bundle.name]))
    monkeypatch.setattr(
        speech_synthesis,
        "_heard",
        lambda heard: ["I see two cups", "no" if np.array_equal(list(heard)[1], loud) else "know it"],
    )
    examples = [Example(text="I see two cups."), Example(text="No.")]
    found = values(speech_synthesis.compare(FLOAT32, QUANTISED, examples))  # type: ignore[arg-type]
    assert found["waveform_difference_max"] == pytest.approx(0.04, abs=1e-6)
    assert found["waveform_snr_db"] == pytest.approx(10 * np.log10(0.64 / 0.0016), abs=1e-3)
    assert found["recognised_wer_increase_points"] == pytest.approx(100 * 2 / 5)
    [rate] = speech_synthesis.evaluate(QUANTISED, examples)  # type: ignore[arg-type]
    assert (
        rate.value == pytest.approx(jiwer.wer(["i see 2 cups", "no"], ["i see 2 cups", "know it"]))
        and rate.samples == 5
    )


def test_sounds_of_other_lengths_are_as_far_apart_as_can_be() -> None:
    one, two = np.zeros(3, np.float32), np.zeros(4, np.float32)
    assert speech_synthesis._difference(one, two) == 2.0
    assert speech_synthesis._signal_to_noise_db([one], [two]) == -120.0
    assert speech_synthesis._signal_to_noise_db([one], [one]) == 120.0


def test_a_voice_speaks_evenly_chosen_sentences_of_about_1000_words() -> None:
    examples = [Example(text=f"see the cup there {number}") for number in range(600)]
    texts = speech_synthesis._texts(examples)  # 3,000 words
    assert len(texts) == 200 and texts[1].endswith(" 3")
    assert len(speech_synthesis._texts(examples[:300])) == 300


def test_percentiles_of_1_to_101() -> None:
    found = percentiles([float(value) for value in range(101)])
    assert (found.count, found.p50_ms, found.p95_ms, found.p99_ms, found.max_ms) == (101, 50, 95, 99, 100)
    assert percentiles([1.0, 2.0]).p95_ms == pytest.approx(1.95)
    with pytest.raises(ValueError, match="no durations"):
        percentiles([])
