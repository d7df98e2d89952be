"""Results of the tasks that take text."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from edgemm.bundles.tensors import Array
from edgemm.commands.inferences import Inference
from edgemm.sound.sound_files import write_sound
from edgemm.sound.speakable import audible
from edgemm.tasks.embedding import Embedder
from edgemm.tasks.speech_synthesis import SpeechSynthesiser


def vectors(embedder: Embedder, inputs: Sequence[str]) -> list[Inference]:
    """A vector for each text, and how near it is to the others."""
    found = embedder.embed(inputs)
    cosines = found @ found.T
    return [_vector(vector, cosines[index], inputs) for index, vector in enumerate(found)]


def _vector(vector: Array, cosines: Array, inputs: Sequence[str]) -> Inference:
    lines = [f"{cosine:5.2f}  {text}" for cosine, text in zip(cosines, inputs, strict=True)]
    text = "\n".join(lines) if len(inputs) > 1 else f"{len(vector)} numbers, the first: {vector[:4].round(3).tolist()}"
    data = {"vector": [float(value) for value in vector], "cosines": [float(cosine) for cosine in cosines]}

    def save(path: Path) -> None:
        np.save(path, vector)

    return Inference(text, data, save, (".npy",))


def speech(voice: SpeechSynthesiser, inputs: Sequence[str]) -> list[Inference]:
    """Each text spoken; saved as sound. Raises InputError for one that holds nothing to pronounce."""
    sounds = (np.concatenate(list(audible(voice.synthesise(text), text))) for text in inputs)
    return [_spoken(samples, voice.sample_rate_hz) for samples in sounds]


def _spoken(samples: Array, rate_hz: int) -> Inference:
    seconds = len(samples) / rate_hz

    def save(path: Path) -> None:
        write_sound(path, samples, rate_hz)

    data = {"duration_s": round(seconds, 3), "sample_rate_hz": rate_hz}
    return Inference(f"{seconds:.2f} s of speech; --save FILE.wav keeps it", data, save, (".wav", ".flac", ".ogg"))
