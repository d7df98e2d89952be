"""Word error rate of recogniser bundles, after Whisper's English text normaliser on both sides.

A candidate is compared with the float32 reference at full context, so that only the form differs, and with itself at
short context (guard and retry on), so that only the context differs. Intervals are paired bootstraps over utterances.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import cache, partial
from multiprocessing import get_context
from pathlib import Path

import numpy as np
import numpy.typing as npt

from edgemm.bundles.bundle import Bundle
from edgemm.bundles.figures import Figure
from edgemm.errors import InputError
from edgemm.evaluation.english_normaliser import normalised
from edgemm.sound.sound_files import read_sound
from edgemm.tasks.examples import Example
from edgemm.tasks.speech_recognition import Context, SpeechRecogniser

Counts = npt.NDArray[np.int64]

HUMAN = "human"
SHORT_CLIP_S = 2.0

_RESAMPLES = 2000
_POINTS = 100.0


@dataclass(frozen=True)
class Errors:
    """Per utterance: word errors and words spoken; how many utterances needed a second pass."""

    wrong: Counts
    words: Counts
    retries: int

    @property
    def rate(self) -> float:
        return float(self.wrong.sum() / self.words.sum())

    def of(self, chosen: npt.NDArray[np.bool_]) -> Errors:
        """Only the chosen utterances."""
        return Errors(self.wrong[chosen], self.words[chosen], 0)


def evaluate(bundle: Bundle, examples: Sequence[Example]) -> tuple[Figure, ...]:
    """WER in %, over all and for each group, as the daemon hears (short context)."""
    spoken = _spoken(examples)
    errors = word_errors(bundle, spoken, "short")
    figures = [_rate("wer", errors)]
    for group in sorted({example.group for example in spoken}):
        figures.append(_rate(f"wer_{group}", errors.of(_in_group(spoken, group))))
    return (*figures, Figure(name="retried_utterances", value=errors.retries, samples=len(spoken)))


def compare(reference: Bundle, candidate: Bundle, examples: Sequence[Example]) -> tuple[Figure, ...]:
    """Rates of both bundles at full context, and what the form and the short context cost."""
    spoken = _spoken(examples)
    float32, quantised = (word_errors(bundle, spoken, "full") for bundle in (reference, candidate))
    short = word_errors(candidate, spoken, "short")
    human = _in_group(spoken, HUMAN)
    is_brief = np.array([len(_samples(example)) < SHORT_CLIP_S * 16_000 for example in spoken])
    groups = [
        figure
        for group in sorted({example.group for example in spoken})
        for figure in _group_figures(group, _in_group(spoken, group), float32, quantised, short)
    ]
    return (
        _rate("wer_float32", float32),
        _rate("wer_quantised", quantised),
        _increase("wer_increase_points", float32, quantised),
        _increase("short_context_wer_increase_points", quantised, short),
        _human_increase("human_word_errors_increase", float32.of(human), quantised.of(human)),
        _human_increase("human_word_errors_increase_short_context", float32.of(human), short.of(human)),
        *groups,
        Figure(name="words", value=float(float32.words.sum()), unit="words", samples=len(spoken)),
        Figure(name="clips_under_2_s", value=float(is_brief.sum()), unit="clips", samples=len(spoken)),
        Figure(name="retried_utterances", value=short.retries, unit="utterances", samples=len(spoken)),
    )


def word_errors(bundle: Bundle, spoken: Sequence[Example], context: Context) -> Errors:
    """Transcribe every utterance and count substitutions, deletions and insertions."""
    import jiwer

    wrong, words, retries = [], [], 0
    for example, (text, retried) in zip(spoken, _hear(bundle, spoken, context), strict=True):
        truth = normalised(example.text or "")
        alignment = jiwer.process_words(truth, normalised(text))
        wrong.append(alignment.substitutions + alignment.deletions + alignment.insertions)
        words.append(len(truth.split()))
        retries += retried
    return Errors(np.array(wrong), np.array(words), retries)


def _hear(bundle: Bundle, spoken: Sequence[Example], context: Context) -> list[tuple[str, bool]]:
    """Text of each utterance and whether it took a second pass."""
    return _heard(bundle.folder, bundle.manifest.model_dump_json(), tuple(spoken), context)


@cache
def _heard(folder: Path, manifest: str, spoken: tuple[Example, ...], context: Context) -> list[tuple[str, bool]]:
    """One process per core: three passes over twenty minutes of speech are the longest wait of an export.

    Kept for the next form, which is compared with the same reference. `manifest` tells bundles of one folder apart.
    """
    processes = min(len(os.sched_getaffinity(0)), len(spoken))
    shares = [spoken[number::processes] for number in range(processes)]
    heard: list[tuple[str, bool]] = [("", False)] * len(spoken)
    with ProcessPoolExecutor(processes, get_context("spawn")) as pool:
        for number, share in enumerate(pool.map(partial(_hear_share, folder, context), shares)):
            heard[number::processes] = share
    return heard


def _hear_share(folder: Path, context: Context, spoken: Sequence[Example]) -> list[tuple[str, bool]]:
    recogniser = SpeechRecogniser(Bundle.open(folder))
    heard = (recogniser.transcribe(_samples(example), context=context) for example in spoken)
    return [(transcription.text, transcription.retried) for transcription in heard]


def increase_interval(before: Errors, after: Errors) -> tuple[float, float]:
    """95 % interval of the rise in WER points: utterances drawn with replacement, the same for both (seeded)."""
    random = np.random.default_rng(0)
    drawn = random.integers(len(before.words), size=(_RESAMPLES, len(before.words)))
    rises = (after.wrong - before.wrong)[drawn].sum(axis=1) / before.words[drawn].sum(axis=1) * _POINTS
    low, high = np.percentile(rises, [2.5, 97.5])
    return float(low), float(high)


def _spoken(examples: Sequence[Example]) -> list[Example]:
    spoken = [example for example in examples if example.audio is not None and normalised(example.text or "")]
    if not spoken:
        raise InputError("the data set holds no speech with transcripts", expected="examples with `audio` and `text`")
    return spoken


def _samples(example: Example) -> npt.NDArray[np.float32]:
    assert example.audio is not None
    return read_sound(example.audio).samples


def _in_group(spoken: Sequence[Example], group: str) -> npt.NDArray[np.bool_]:
    return np.array([example.group == group for example in spoken])


def _rate(name: str, errors: Errors) -> Figure:
    return Figure(name=name, value=_POINTS * errors.rate, unit="%", samples=int(errors.words.sum()))


def _increase(name: str, before: Errors, after: Errors) -> Figure:
    return Figure(
        name=name,
        value=_POINTS * (after.rate - before.rate),
        unit="points",
        samples=int(before.words.sum()),
        interval=increase_interval(before, after),
    )


def _human_increase(name: str, before: Errors, after: Errors) -> Figure:
    value = float(after.wrong.sum() - before.wrong.sum())
    return Figure(name=name, value=value, unit="words", samples=int(before.words.sum()))


def _group_figures(
    group: str, chosen: npt.NDArray[np.bool_], float32: Errors, quantised: Errors, short: Errors
) -> list[Figure]:
    return [
        _rate(f"wer_float32_{group}", float32.of(chosen)),
        _rate(f"wer_quantised_{group}", quantised.of(chosen)),
        _rate(f"wer_short_context_{group}", short.of(chosen)),
    ]
