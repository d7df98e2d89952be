"""Speech for calibration and evaluation: varied, short commands are short, and the two sets share no voice."""

from __future__ import annotations

import json
from itertools import islice
from pathlib import Path

import numpy as np
import pytest

from edgemm.evaluation.english_normaliser import normalised
from edgemm.tasks.examples import Example
from export.data import speech
from export.data.rooms import padded, reverberated, with_noise
from export.data.speech_human import MOONSHINE, POCKETSPHINX, TRANSCRIPTS
from export.data.speech_sentences import commands, sentences


def test_no_voice_is_in_both_sets() -> None:
    calibration = {voice.name for voice in speech.CALIBRATION_VOICES}
    evaluation = {voice.name for voice in speech.EVALUATION_VOICES}
    assert not calibration & evaluation


def test_the_evaluation_has_over_3000_words_and_50_short_commands() -> None:
    texts = [text for part in speech.evaluation_parts() for text in part.texts]
    words = [*texts, *TRANSCRIPTS.values()]
    assert sum(len(normalised(text).split()) for text in words) >= 3000
    assert sum(len(part.texts) for part in speech.evaluation_parts() if part.group == "short") >= 50


def test_sentences_are_varied_and_the_same_for_the_same_seed() -> None:
    first = list(islice(sentences(2), 300))
    assert first == list(islice(sentences(2), 300))
    assert len(set(first)) == 300
    assert len({word for sentence in first for word in sentence.split()}) > 150


def test_no_text_keeps_an_unfilled_slot() -> None:
    texts = [*commands(), *islice(sentences(5), 200)]
    assert not [text for text in texts if "{" in text or text != text.strip() or not text]


def test_every_human_clip_has_a_pinned_file_and_a_transcript() -> None:
    pinned = {**POCKETSPHINX.sha256, **MOONSHINE.sha256}
    assert set(TRANSCRIPTS) == set(pinned) == {*POCKETSPHINX.files, *MOONSHINE.files}


def test_noise_has_the_wanted_ratio_and_rooms_keep_the_length() -> None:
    random = np.random.default_rng(0)
    tone = (0.2 * np.sin(np.arange(16_000) / 10)).astype(np.float32)
    noise = with_noise(tone, 20.0, random) - tone
    assert 10 * np.log10(np.mean(tone**2) / np.mean(noise**2)) == pytest.approx(20.0, abs=0.1)
    assert len(reverberated(tone, 0.3, random)) == len(tone)
    assert len(padded(tone, 0.1, 0.2)) == 16_000 + 1_600 + 3_200


@pytest.mark.needs("flite", "espeak-ng")
def test_calibration_writes_clips_and_a_manifest(tmp_path: Path) -> None:
    import soundfile

    speech.build_calibration(tmp_path)
    lines = [json.loads(line) for line in (tmp_path / "manifest.jsonl").read_text().splitlines()]
    examples = [Example.model_validate(line) for line in lines]
    assert {example.speaker for example in examples} == {voice.speaker for voice in speech.CALIBRATION_VOICES}
    info = [soundfile.info(str(tmp_path / str(example.audio))) for example in examples]
    assert all(clip.samplerate == 16_000 and clip.duration > 0.4 for clip in info)
    short = [clip.duration for clip, example in zip(info, examples, strict=True) if example.group == "short"]
    assert short and max(short) < 2.0
