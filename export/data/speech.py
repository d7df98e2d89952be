"""Speech with transcripts: human clips from packages, and sentences spoken by several engines in rooms and noise.

Calibration and evaluation share no voice, seed or human clip. Voices were chosen by how well Whisper tiny.en
in float32 hears them (words wrong in clean sentences: flite slt 3 %, rms 7 %, awb 7 %, kal16 15 %; espeak-ng en-us+Mike
17 %, en-us 14 %, its other variants 14-40 %): where a voice is hardly understood, chance decides most words and hides
what a form does.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import numpy as np

from edgemm.media import SAMPLE_RATE_HZ, Samples
from edgemm.tasks.examples import Example
from export.data.rooms import padded, reverberated, with_noise
from export.data.speech_human import TRANSCRIPTS, human_clips
from export.data.speech_sentences import commands, sentences
from export.data.voices import Voice, speak


@dataclass(frozen=True)
class Part:
    """Texts of one group by one voice."""

    voice: Voice
    group: str
    texts: tuple[str, ...]


@dataclass(frozen=True)
class Clip:
    """One line of the data set and its sound."""

    example: Example
    samples: Samples


CALIBRATION_VOICES = (Voice("flite", "awb"), Voice("flite", "kal16"), Voice("espeak-ng", "en-us"))
EVALUATION_VOICES = (Voice("flite", "slt"), Voice("flite", "rms"), Voice("espeak-ng", "en-us+Mike", 150))

_CALIBRATION_SEED, _EVALUATION_SEED = 1, 2
_SNR_DB = (None, 30.0, 20.0, 15.0)
_DECAY_S = (None, None, 0.25, 0.45)


def build_calibration(folder: Path) -> None:
    """About 70 clips, 3 minutes; nobody human."""
    stream = sentences(_CALIBRATION_SEED)
    parts = [Part(voice, "synthetic", tuple(islice(stream, 16))) for voice in CALIBRATION_VOICES]
    parts.append(Part(CALIBRATION_VOICES[0], "short", commands()[::2]))
    _write(folder, _spoken(parts, _CALIBRATION_SEED))


def build_evaluation(folder: Path) -> None:
    """Over 3,000 words in about 20 minutes: groups human, synthetic, and short (under 2 s)."""
    _write(folder, _human())
    _write(folder, _spoken(evaluation_parts(), _EVALUATION_SEED))


def evaluation_parts() -> list[Part]:
    """What the evaluation voices say. The clearest voice says most."""
    stream = sentences(_EVALUATION_SEED)
    clear, second, third = EVALUATION_VOICES
    counts = ((clear, 150), (second, 90), (third, 40))
    parts = [Part(voice, "synthetic", tuple(islice(stream, count))) for voice, count in counts]
    return [*parts, Part(clear, "short", commands()), Part(second, "short", commands())]


def _spoken(parts: list[Part], seed: int) -> Iterator[Clip]:
    random = np.random.default_rng(seed)
    for part in parts:
        for text in part.texts:
            speech = padded(speak(part.voice, text), random.uniform(0.1, 0.3), random.uniform(0.1, 0.3))
            decay_s = _DECAY_S[random.integers(len(_DECAY_S))]
            snr_db = _SNR_DB[random.integers(len(_SNR_DB))]
            if decay_s is not None:
                speech = reverberated(speech, decay_s, random)
            if snr_db is not None:
                speech = with_noise(speech, snr_db, random)
            yield Clip(Example(text=text, group=part.group, speaker=part.voice.speaker), speech)


def _human() -> Iterator[Clip]:
    for name, samples in human_clips().items():
        speaker = name.partition("-")[0].partition(".")[0]
        yield Clip(Example(text=TRANSCRIPTS[name], group="human", speaker=speaker), samples)


def _write(folder: Path, clips: Iterator[Clip]) -> None:
    """Append clips as 16-bit WAV files and lines of manifest.jsonl."""
    import soundfile

    with (folder / "manifest.jsonl").open("a", encoding="utf-8") as manifest:
        for number, clip in enumerate(clips):
            name = f"{clip.example.group}-{number:03}.wav"
            soundfile.write(folder / name, clip.samples, SAMPLE_RATE_HZ, subtype="PCM_16")
            line = clip.example.model_copy(update={"audio": Path(name)})
            manifest.write(json.dumps(line.model_dump(mode="json", exclude_none=True)) + "\n")
