"""The recogniser against faster-whisper (CTranslate2, int8): the same weights, the same clips, one thread each."""

from __future__ import annotations

import os
import time
from collections.abc import Sequence
from typing import Any

import numpy as np

from bench import Context, Measurement
from bench.interleaved import interleave
from bench.operators import operator_figures
from edgemm.bundles.figures import Figure
from edgemm.evaluation.english_normaliser import normalised
from edgemm.media import SAMPLE_RATE_HZ, Samples
from edgemm.sound.sound_files import read_sound
from edgemm.tasks.examples import read_examples
from edgemm.tasks.speech_recognition import SpeechRecogniser
from edgemm.tasks.transcription import Transcription
from export.data.cache import data_set
from export.settings.recipe_config import load_recipe
from export.sources.checkpoints import materialise

UTTERANCES = 60
SHORT_S, LONG_S = (1.0, 6.0), 30.0
LONG_CLIPS, JOINED_S = 6, 12.0
AT_MOST_SHORT, AT_MOST_LONG = 0.35, 0.65


def measure(context: Context) -> Measurement:
    ours, folder = context.models().get("recogniser"), context.models().folder("recogniser")
    peer = _faster_whisper(context)
    examples = read_examples(data_set("speech-evaluation"))
    clips = [(read_sound(e.audio).samples, e.text or "") for e in examples if e.audio is not None]
    short = [clip for clip in clips if SHORT_S[0] <= len(clip[0]) / SAMPLE_RATE_HZ <= SHORT_S[1]]
    short = short[:: max(1, len(short) // UTTERANCES)][:UTTERANCES]
    long = _long_clips(clips)
    quick = interleave(lambda c: ours.transcribe(c[0]), lambda c: peer(c[0]), short, rounds=2)
    slow = interleave(lambda c: ours.transcribe(c[0]), lambda c: peer(c[0]), long, rounds=2)
    wer_ours = _wer(short + long, lambda samples: ours.transcribe(samples).text)
    wer_peer = _wer(short + long, peer)
    figures = (
        quick.ratio("utterances_1_to_6_s_time_to_faster_whisper", AT_MOST_SHORT),
        slow.ratio("clips_of_30_s_time_to_faster_whisper", AT_MOST_LONG),
        Figure(name="wer", value=100 * wer_ours, unit="%", at_most=100 * wer_peer, samples=len(short + long)),
        Figure(name="wer_faster_whisper", value=100 * wer_peer, unit="%", samples=len(short + long)),
        *_profile(ours, [samples for samples, _ in long]),
        *operator_figures("30 s, encoder", folder / "encoder.onnx", {"2*half_frames": 3000}),
        *operator_figures("30 s, a token", folder / "decoder.onnx", {"token": 1, "past_token": 50, "position": 1500}),
    )
    series = {"ours, 1-6 s": quick.ours_ms, "faster-whisper, 1-6 s": quick.peer_ms}
    return Measurement(figures, "greedy both; WER after Whisper's English normaliser", series)


def _profile(ours: SpeechRecogniser, clips: Sequence[Samples]) -> tuple[Figure, ...]:
    """Where our time on long clips goes: features and encoder (up to the first progress), then token after token."""
    encoding_s = total_s = 0.0
    tokens = 0
    for samples in clips:
        started = time.perf_counter()
        steps = ours.steps(samples)
        next(steps)
        encoding_s += time.perf_counter() - started
        *_, heard = steps
        assert isinstance(heard, Transcription)
        tokens += len(heard.tokens)
        total_s += time.perf_counter() - started
    return (
        Figure(name="clips_of_30_s_share_of_encoder", value=100 * encoding_s / total_s, unit="%", samples=len(clips)),
        Figure(name="clips_of_30_s_per_token", value=1e3 * (total_s - encoding_s) / tokens, unit="ms", samples=tokens),
    )


def _faster_whisper(context: Context) -> Any:
    os.environ.setdefault("HF_HUB_OFFLINE", "1")
    from faster_whisper import WhisperModel

    name, recipe = load_recipe(context.models().folder("recogniser").parent.name)
    folder = materialise(name, recipe.checkpoint, lambda line: None).folder
    model = WhisperModel(str(folder), device="cpu", compute_type="int8", cpu_threads=1)

    def transcribe(samples: Samples) -> str:
        segments, _ = model.transcribe(
            samples,
            language="en",
            beam_size=1,
            temperature=0.0,
            without_timestamps=True,
            condition_on_previous_text=False,
        )
        return " ".join(segment.text for segment in segments)

    return transcribe


def _long_clips(clips: Sequence[tuple[Samples, str]]) -> list[tuple[Samples, str]]:
    """Utterances of at most 12 s one after another, 0.3 s apart, up to just under 30 s."""
    gap = np.zeros(int(0.3 * SAMPLE_RATE_HZ), np.float32)
    made: list[tuple[Samples, str]] = []
    parts: list[Samples] = []
    words: list[str] = []
    for samples, text in (clip for clip in clips if len(clip[0]) <= JOINED_S * SAMPLE_RATE_HZ):
        if sum(map(len, parts)) + len(samples) + len(gap) > LONG_S * SAMPLE_RATE_HZ:
            made.append((np.concatenate(parts), " ".join(words)))
            parts, words = [], []
            if len(made) == LONG_CLIPS:
                break
        parts += [samples, gap]
        words.append(text)
    return made


def _wer(clips: Sequence[tuple[Samples, str]], transcribe: Any) -> float:
    import jiwer

    return float(
        jiwer.wer([normalised(text) for _, text in clips], [normalised(transcribe(clip)) for clip, _ in clips])
    )
