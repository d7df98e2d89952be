"""Sentences with a pause inside, as people speak who think while they ask."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from bench.voices import ScaledVoice
from edgemm.media import SAMPLE_RATE_HZ, Samples

PAUSE_S = (0.3, 1.0)


@dataclass(frozen=True)
class PausedSentence:
    """Sound at 16 kHz; the pause lies between `pause_start` and `pause_end`, in samples."""

    text: str
    voice: ScaledVoice
    samples: Samples
    pause_start: int
    pause_end: int


def paused_sentences(
    texts: Sequence[str], voices: Sequence[ScaledVoice], count: int, seed: int
) -> list[PausedSentence]:
    """`count` sentences, each text at a random word boundary, each voice in turn, pauses of `PAUSE_S`.

    The halves are spoken apart, the first with a comma: an engine would end it as a whole sentence without.
    """
    random = np.random.default_rng(seed)
    chosen = [texts[index] for index in random.permutation(len(texts))]
    made = []
    for number in range(count):
        text, voice = chosen[number % len(chosen)], voices[(number + number // len(chosen)) % len(voices)]
        words = text.split()
        split = int(random.integers(1, len(words)))
        first = voice.say(" ".join(words[:split]).rstrip(",") + ",")
        pause = np.zeros(int(random.uniform(*PAUSE_S) * SAMPLE_RATE_HZ), np.float32)
        second = voice.say(" ".join(words[split:]))
        samples = np.concatenate([first, pause, second])
        made.append(PausedSentence(text, voice, samples, len(first), len(first) + len(pause)))
    return made
