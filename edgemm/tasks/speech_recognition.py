"""Speech recognition: sound → text, by an encoder and an autoregressive decoder.

Graph `encoder`: `log_mel` (batch = 1, mel, frame), values as `edgemm.sound.log_mel` gives them → `cross_key_N`,
`cross_value_N` for each decoder layer N.
Graph `decoder`: `input_ids` (batch = 1, token), the same `cross_…`, states for self-attention → `logits`
(batch, token, vocabulary).
Files: `tokenizer.json`. Preprocess: one `log_mel` step.

The encoder need not see all of `max_s`: a short context costs a fraction and keeps the words, but the decoder may
loop, or count a repetition wrong. What is repeated faster than anybody speaks is a loop and is kept once; any other
repetition is heard once more at full context, which counts right. Sound that not even full context brings to an end is
heard in two halves; only where that ends nothing either is text cut, and then the result says so.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from edgemm.backends import open_session
from edgemm.backends.greedy import CachedDecoder, Token, best_token, continue_greedily
from edgemm.bundles.bundle import Bundle
from edgemm.bundles.manifest import LogMel
from edgemm.bundles.tensors import Array
from edgemm.bundles.tokenizer import open_tokenizer
from edgemm.errors import BundleError
from edgemm.media import SAMPLE_RATE_HZ, Samples
from edgemm.repetition import loop_period, repetition
from edgemm.sound.audio_windows import halves, loudest_rms, quiet_windows, sounding_s
from edgemm.sound.log_mel import log_mel, max_frame_count
from edgemm.tasks.examples import Example
from edgemm.tasks.transcription import Progress, Segment, SpeechRecognitionSettings, Transcription

Context = Literal["short", "full"]

_SILENCE_RMS = 1e-3
"""Sound whose loudest 10 ms stay under -60 dBFS holds no words."""

_SEARCH_S = 8.0
"""Sound longer than the model's window is cut at the quietest moment of its last seconds."""

_HALVED_FROM_S = 4.0
"""Shorter sound is not heard in halves."""

_TOKENS_PER_YIELD = 4
_RUN_TOKENS = 3


@dataclass(frozen=True)
class _Decoded:
    tokens: tuple[int, ...]
    mean_log_probability: float
    is_doubtful: bool
    is_complete: bool


@dataclass(frozen=True)
class _Heard:
    """One window, first to past-last sample, and what was decoded from it."""

    start: int
    end: int
    decoded: _Decoded
    retried: bool


class SpeechRecogniser:
    """Transcribes mono float32 sound at 16 kHz. Not reentrant."""

    def __init__(self, bundle: Bundle, *, threads: int = 1) -> None:
        self.settings = bundle.settings(SpeechRecognitionSettings)
        steps = [step for step in bundle.manifest.preprocess if isinstance(step, LogMel)]
        if len(steps) != 1 or steps[0].sample_rate_hz != SAMPLE_RATE_HZ:
            raise BundleError(f"bundle {bundle.folder}: preprocess", expected="one log_mel step at 16 kHz")
        self._log_mel = steps[0]
        self._tokenizer = open_tokenizer(bundle)
        self._encoder = open_session(bundle.graph_path("encoder"), threads=threads)
        encoder = bundle.graph("encoder", takes=("log_mel",))
        decoder = bundle.graph("decoder", takes=("input_ids", *encoder.outputs), gives=("logits",))
        self._decoder = CachedDecoder(decoder, open_session(bundle.graph_path("decoder"), threads=threads))
        self._features_name = encoder.inputs["log_mel"].name
        self._cross_names = {spec.name: decoder.inputs[role].name for role, spec in encoder.outputs.items()}
        self._forbidden = np.array(self.settings.suppress, dtype=np.int64)
        self._forbidden_first = np.array([*self.settings.suppress, *self.settings.suppress_at_begin], dtype=np.int64)

    def transcribe(self, samples: Samples, *, context: Context = "short") -> Transcription:
        """Text of `samples: (sample,)`; empty for silence. Any length."""
        for item in self.steps(samples, context=context):
            if isinstance(item, Transcription):
                return item
        raise AssertionError("steps ends with a transcription")

    def steps(self, samples: Samples, *, context: Context = "short") -> Iterator[Progress | Transcription]:
        """The same, interruptible: yields after each encoder call and every few tokens; the last item is the result.

        A full context is one encoder call of several times the cost of a short one.
        """
        heard: list[_Heard] = []
        for start, end in quiet_windows(samples, longest_s=self._log_mel.max_s, search_s=_SEARCH_S):
            heard += yield from self._hear(samples, start, end, context)
        yield self._transcription(heard)

    def _hear(
        self, samples: Samples, start: int, end: int, context: Context
    ) -> Generator[Progress, None, list[_Heard]]:
        """One window: a second time at full context if doubtful, then in halves if it comes to no end."""
        window = samples[start:end]
        if loudest_rms(window) < _SILENCE_RMS:
            return []
        decoded = yield from self._window(window, context)
        retried = decoded.is_doubtful and self._frames(window, context) < max_frame_count(self._log_mel)
        if retried:
            decoded = yield from self._window(window, "full")
        if decoded.is_complete or len(window) < _HALVED_FROM_S * SAMPLE_RATE_HZ:
            return [_Heard(start, end, decoded, retried)]
        heard: list[_Heard] = []
        for first, last in halves(window):
            heard += yield from self._hear(samples, start + first, start + last, context)
        return [replace(part, retried=True) for part in heard]

    def _transcription(self, heard: Sequence[_Heard]) -> Transcription:
        segments: list[Segment] = []
        tokens: list[int] = []
        log_probability = 0.0
        for part in heard:
            decoded = part.decoded
            text = self._tokenizer.decode(list(decoded.tokens), skip_special_tokens=True).strip()
            if text:
                tokens += decoded.tokens
                log_probability += decoded.mean_log_probability * len(decoded.tokens)
                segments.append(Segment(part.start / SAMPLE_RATE_HZ, part.end / SAMPLE_RATE_HZ, text))
        return Transcription(
            text=" ".join(segment.text for segment in segments),
            tokens=tuple(tokens),
            segments=tuple(segments),
            mean_log_probability=log_probability / max(1, len(tokens)),
            language=self.settings.language,
            retried=any(part.retried for part in heard),
            complete=all(part.decoded.is_complete for part in heard),
        )

    def calibration_inputs(self, example: Example) -> Iterator[tuple[str, dict[str, Array]]]:
        """What the encoder sees at short context on a labelled clip."""
        from edgemm.sound.sound_files import read_sound

        if example.audio is None:
            return
        samples = read_sound(example.audio).samples[: round(self._log_mel.max_s * SAMPLE_RATE_HZ)]
        yield "encoder", {self._features_name: self._features(samples, self._frames(samples, "short"))}

    def _frames(self, window: Samples, context: Context) -> int:
        """Log-mel frames that the encoder sees; even, since it halves them."""
        full = max_frame_count(self._log_mel)
        if context == "full":
            return full
        seconds = max(self.settings.short_context_s, len(window) / SAMPLE_RATE_HZ + self.settings.margin_s)
        return min(full, 2 * round(seconds * SAMPLE_RATE_HZ / self._log_mel.hop_samples / 2))

    def _features(self, window: Samples, frames: int) -> Array:
        return log_mel(window, self._log_mel, frames=frames)[None]

    def _window(self, window: Samples, context: Context) -> Generator[Progress, None, _Decoded]:
        """Text tokens of one window at one context."""
        settings = self.settings
        frames = self._frames(window, context)
        is_short = frames < max_frame_count(self._log_mel)
        encoded = self._encoder.run({self._features_name: self._features(window, frames)})
        yield Progress()
        cross = {self._cross_names[name]: value for name, value in encoded.items()}
        logits, cache = self._decoder.step(settings.prompt, self._decoder.empty_cache(), cross)
        no_speech = _probability(logits[0], settings.no_speech)
        first = best_token(logits[-1], self._forbidden_first)
        seconds = len(window) / SAMPLE_RATE_HZ
        limit = min(round(10 + settings.tokens_per_s * seconds), settings.max_positions - len(settings.prompt))
        tokens: list[Token] = []
        for token in continue_greedily(
            self._decoder, first, cache, cross, forbidden=self._forbidden, end=settings.end, limit=limit
        ):
            tokens.append(token)
            ids = [token.id for token in tokens]
            if is_short and loop_period(ids) is not None:
                break
            if len(ids) % _TOKENS_PER_YIELD == 0:
                yield Progress(tuple(ids))
        return self._decoded(tokens, no_speech, window)

    def _decoded(self, tokens: list[Token], no_speech: float, window: Samples) -> _Decoded:
        settings = self.settings
        ended = tokens[-1].id == settings.end
        ids = tuple(token.id for token in tokens if token.id != settings.end)
        again = repetition(ids)
        is_loop = again is not None and not self._can_hold(again.twice, window)
        if again is not None and (is_loop or not ended):
            ids = again.once
        kept = tokens if ended else tokens[: len(ids)]
        mean = float(np.mean([token.log_probability for token in kept]))
        is_complete = ended or (is_loop and mean >= settings.kept_loop_mean_log_probability)
        is_unlikely = mean < settings.min_mean_log_probability
        if is_unlikely and no_speech > settings.max_no_speech_probability:
            ids, is_complete = (), True
        seconds = len(window) / SAMPLE_RATE_HZ
        is_slurred = seconds >= settings.careful_from_s and _worst_run(tokens) < settings.min_mean_log_probability
        is_counted = again is None or is_loop
        is_doubtful = is_unlikely or is_slurred or not is_complete or not is_counted
        return _Decoded(ids, mean, is_doubtful, is_complete)

    def _can_hold(self, tokens: Sequence[int], window: Samples) -> bool:
        """Whether somebody could say `tokens` in the time that `window` sounds."""
        text = self._tokenizer.decode(list(tokens), skip_special_tokens=True).strip()
        return len(text) <= self.settings.characters_per_s * sounding_s(window)


def _worst_run(tokens: Sequence[Token]) -> float:
    """Least mean log-probability of three tokens in a row, or of all where there are fewer."""
    values = np.array([token.log_probability for token in tokens])
    length = min(_RUN_TOKENS, len(values))
    return float(np.convolve(values, np.ones(length) / length, "valid").min())


def _probability(logits: Array, token: int | None) -> float:
    """Of `token` after softmax over `logits: (vocabulary,)`; 0 if the model has no such token."""
    if token is None:
        return 0.0
    return float(1.0 / np.sum(np.exp(logits - logits[token])))
