"""Speech synthesis: how well a recogniser understands the voice, and how far two bundles' sounds are apart.

The recogniser is the starter pack's, from EDGEMM_BUNDLES or ./bundles.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from edgemm.bundles.bundle import Bundle
from edgemm.bundles.figures import Figure
from edgemm.errors import BundleError, InputError
from edgemm.evaluation.english_normaliser import normalised
from edgemm.media import SAMPLE_RATE_HZ, Samples
from edgemm.sound.sound_files import resample
from edgemm.sound.speakable import speakable
from edgemm.tasks.examples import Example
from edgemm.tasks.speech_recognition import SpeechRecogniser
from edgemm.tasks.speech_synthesis import SpeechSynthesiser

_PACK = "starter"
_MOST_DB = 120.0
MIN_WORDS = 1000
"""Sentences are taken, evenly over the data set, until they hold this many words."""


def evaluate(bundle: Bundle, examples: Sequence[Example]) -> tuple[Figure, ...]:
    """Word error rate of the recogniser on the voice."""
    texts = _texts(examples)
    return (_error_rate("recognised_wer", texts, _heard(_spoken(bundle, texts))),)


def compare(reference: Bundle, candidate: Bundle, examples: Sequence[Example]) -> tuple[Figure, ...]:
    """Word errors that the candidate adds, in points, at fixed noise. Equal sounds need no recogniser."""
    texts = _texts(examples)
    sounds = list(_spoken(reference, texts)), list(_spoken(candidate, texts))
    worst = max(_difference(a, b) for a, b in zip(*sounds, strict=True))
    before = after = None
    if worst > 0.0:
        before, after = (_error_rate("recognised_wer", texts, _heard(sound)) for sound in sounds)
    added = 0.0 if before is None or after is None else 100 * (after.value - before.value)
    return (
        Figure(name="waveform_difference_max", value=worst, samples=len(texts)),
        Figure(name="waveform_snr_db", value=_signal_to_noise_db(*sounds), unit="dB", samples=len(texts)),
        Figure(
            name="recognised_wer_increase_points",
            value=added,
            unit="points",
            samples=_words(texts),
            note="same sound, sample for sample" if before is None else "",
        ),
        *(() if after is None else (after,)),
    )


def _texts(examples: Sequence[Example]) -> list[str]:
    texts = [example.text for example in examples if example.text and speakable(example.text)]
    if not texts:
        raise InputError("the data set holds no sentences", expected="examples with `text`")
    stride = max(1, _words(texts) // MIN_WORDS)
    return texts[::stride]


def _words(texts: Sequence[str]) -> int:
    return sum(len(normalised(text).split()) for text in texts)


def _spoken(bundle: Bundle, texts: Sequence[str]) -> Iterator[Samples]:
    """Each text at 16 kHz, without noise, followed by the silence that a recogniser expects."""
    voice = SpeechSynthesiser(bundle)
    silence = np.zeros(SAMPLE_RATE_HZ // 4, np.float32)
    for text in texts:
        samples = np.concatenate(list(voice.synthesise(text)))
        yield np.concatenate([silence, resample(samples, voice.sample_rate_hz, SAMPLE_RATE_HZ), silence])


def _difference(first: Samples, second: Samples) -> float:
    """Largest difference of two sounds; of different lengths, full scale."""
    return float(np.abs(first - second).max()) if first.shape == second.shape else 2.0


def _signal_to_noise_db(reference: Sequence[Samples], candidate: Sequence[Samples]) -> float:
    """Power of the reference over that of the difference; 120 for equal sounds, -120 for other lengths."""
    if any(a.shape != b.shape for a, b in zip(reference, candidate, strict=True)):
        return -_MOST_DB
    signal = sum(float(np.sum(a**2)) for a in reference)
    noise = sum(float(np.sum((a - b) ** 2)) for a, b in zip(reference, candidate, strict=True))
    return _MOST_DB if noise == 0.0 else min(_MOST_DB, 10 * float(np.log10(signal / noise)))


def _heard(sounds: Iterator[Samples] | Sequence[Samples]) -> list[str]:
    recogniser = SpeechRecogniser(_recogniser_bundle())
    return [recogniser.transcribe(sound).text for sound in sounds]


def _recogniser_bundle() -> Bundle:
    from edgemm.bundles.pack import bundle_folders, load_pack
    from edgemm.host import host_target

    root = Path(os.environ.get("EDGEMM_BUNDLES", "bundles"))
    folder = bundle_folders(load_pack(_PACK), root, host_target())["recogniser"]
    try:
        return Bundle.open(folder, task="speech_recognition")
    except BundleError as error:
        raise BundleError(
            "a voice is judged by a recogniser",
            found=error,
            remedy=f"Export it first: edgemm export {folder.parent.name}",
        ) from error


def _error_rate(name: str, texts: Sequence[str], heard: Sequence[str]) -> Figure:
    import jiwer

    expected, found = ([normalised(text) for text in side] for side in (texts, heard))
    return Figure(name=name, value=float(jiwer.wer(expected, found)), samples=_words(texts))
