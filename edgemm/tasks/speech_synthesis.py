"""Speech synthesis: text to sound in pieces, so that a sentence begins to sound before it is finished.

Graphs (VITS, Kim et al. 2021, cut where it runs frame by frame)
    encoder  in   phonemes (1, phoneme)             int64 ids
                  phoneme_count (1,)                int64
                  scales (3,)                       noise, length, noise of durations
                  duration_noise (1, 2, phoneme)    standard normal
             out  mean, log_deviation (1, channel, frame)
    flow     in   prior (1, channel, frame)         mean + noise * exp(log_deviation)
             out  latent (1, channel, frame)
    decoder  in   latent (1, channel, frame)
             out  samples (1, 1, 1, sample)         float32 in -1..1

Flow and decoder are convolutions: a piece computed with as many frames around it as the network sees, and trimmed,
equals that part of the whole.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from copy import copy
from functools import cached_property

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from edgemm.backends import open_session
from edgemm.backends.recorded import Call, recorded
from edgemm.bundles.bundle import Bundle
from edgemm.bundles.tensors import Array
from edgemm.errors import BundleError, HostError, InputError
from edgemm.media import Samples
from edgemm.sound.phonemes import Phonemiser, phoneme_ids, sentences
from edgemm.tasks.examples import Example

VOICE_FILE = "voice.json"
RATES = (0.3, 4.0)
ENCODER_INPUTS = ("phonemes", "phoneme_count", "scales", "duration_noise")
_SEED = 5
_URGENT_PATIENCE_S = (0.1,)
"""For a clause of an alert, which takes espeak-ng a few milliseconds: then another voice speaks."""

Run = Callable[[Array], Array]


class SynthesisSettings(BaseModel):
    """Settings of a voice. `context` frames: how far the network sees to each side."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    samples_per_frame: int = Field(ge=1)
    flow_context_frames: int = Field(ge=0)
    decoder_context_frames: int = Field(ge=0)
    first_piece_frames: int = Field(18, ge=1)
    """Small, because a person waits for it."""
    piece_frames: int = Field(40, ge=1)
    """No piece may take longer than 100 ms of computing: it cannot be interrupted."""
    max_phonemes: int = Field(160, ge=1)
    """Longer sentences are made in parts, for the same reason."""


class _Inference(BaseModel):
    noise_scale: float = Field(gt=0)
    length_scale: float = Field(gt=0)
    noise_w: float


class _Audio(BaseModel):
    sample_rate: int = Field(gt=0)


class _Espeak(BaseModel):
    voice: str


class VoiceConfig(BaseModel):
    """What we use of a Piper voice's JSON file."""

    audio: _Audio
    espeak: _Espeak
    inference: _Inference
    phoneme_id_map: dict[str, list[int]]


class SpeechSynthesiser:
    """One voice. The same text, rate and noise always give the same sound."""

    def __init__(self, bundle: Bundle, *, threads: int = 1) -> None:
        self.settings = bundle.settings(SynthesisSettings)
        try:
            self.voice = VoiceConfig.model_validate_json(bundle.text(VOICE_FILE))
        except ValidationError as error:
            raise BundleError(f"bundle {bundle.folder}: {VOICE_FILE} is no voice", found=error) from error
        self._graphs = {
            "encoder": bundle.graph("encoder", takes=ENCODER_INPUTS, gives=("mean", "log_deviation")),
            "flow": bundle.graph("flow", takes=("prior",), gives=("latent",)),
            "decoder": bundle.graph("decoder", takes=("latent",), gives=("samples",)),
        }
        self._sessions = {role: open_session(bundle.graph_path(role), threads=threads) for role in self._graphs}

    @property
    def sample_rate_hz(self) -> int:
        return self.voice.audio.sample_rate

    @cached_property
    def phonemiser(self) -> Phonemiser:
        """espeak-ng, started when the first text comes."""
        return Phonemiser(self.voice.espeak.voice)

    def start(self) -> None:
        """Start espeak-ng now, so that the first sentence does not wait for it. Raises HostError without it."""
        self.phonemiser.start()

    def synthesise(self, text: str, rate: float = 1.0, noise: float = 0.0) -> Iterator[Samples]:
        """Pieces of sound `(sample,)` float32 in -1..1 at `sample_rate_hz`.

        `rate` 2 is twice as fast. `noise` is the spread of the latent (0 flat and fixed; the voice was trained for
        0.667); its values are seeded. Raises InputError, and HostError without espeak-ng.
        """
        return self.synthesise_phonemes(self.phonemiser.phonemes(text), rate, noise)

    def urgent(self) -> SpeechSynthesiser:
        """The same voice with an espeak-ng of its own, which is given up at once when it hangs."""
        twin = copy(self)  # of which the graphs are shared
        twin.phonemiser = Phonemiser(self.voice.espeak.voice, _URGENT_PATIENCE_S)
        return twin

    def synthesise_phonemes(self, phonemes: str, rate: float = 1.0, noise: float = 0.0) -> Iterator[Samples]:
        """As `synthesise`, from IPA with punctuation. Sentences follow each other without a gap."""
        if not RATES[0] <= rate <= RATES[1]:
            raise InputError("speech rate", expected=f"{RATES[0]} to {RATES[1]}", found=rate)
        known = self.voice.phoneme_id_map
        for sentence in sentences(phonemes, self.settings.max_phonemes):
            if any(phoneme.isalpha() and phoneme in known for phoneme in sentence):
                yield from self._sentence(phoneme_ids(sentence, known), rate, noise)

    def calibration_inputs(self, example: Example) -> Iterator[Call]:
        """What the graphs are given while the example's sentence is spoken."""
        if example.text:
            yield from recorded(self._sessions, self.synthesise(example.text))

    def _sentence(self, ids: list[int], rate: float, noise: float) -> Iterator[Samples]:
        settings = self.settings
        prior = self._prior(ids, rate, noise)
        frames = prior.shape[-1]
        sizes = _piece_sizes(frames, settings.first_piece_frames, settings.piece_frames)
        flow = _Windows(prior, self._runner("flow", "prior", "latent"), settings.flow_context_frames)
        latent = np.empty((*prior.shape[:-1], 0), dtype=np.float32)
        start = 0
        for size in sizes:
            stop = start + size
            needed = min(stop + settings.decoder_context_frames, frames)
            if needed > latent.shape[-1]:
                latent = np.concatenate([latent, flow.part(latent.shape[-1], needed)], axis=-1)
            decoder = _Windows(latent, self._decode, settings.decoder_context_frames, settings.samples_per_frame)
            piece = decoder.part(start, stop)
            if not np.isfinite(piece).all():
                raise HostError("the voice's model gave values that are no sound", remedy="Run edgemm verify on it.")
            yield piece
            start = stop

    def _prior(self, ids: list[int], rate: float, noise: float) -> Array:
        """Frames `(1, channel, frame)`: the text's means with seeded noise."""
        random = np.random.default_rng(_SEED)
        trained = self.voice.inference
        graph = self._graphs["encoder"]
        values: dict[str, Array] = {
            "phonemes": np.array([ids], dtype=np.int64),
            "phoneme_count": np.array([len(ids)], dtype=np.int64),
            "scales": np.array(
                [noise, trained.length_scale / rate, trained.noise_w * noise / trained.noise_scale], dtype=np.float32
            ),
            "duration_noise": random.standard_normal((1, 2, len(ids)), dtype=np.float32),
        }
        found = self._sessions["encoder"].run({graph.inputs[role].name: value for role, value in values.items()})
        mean, log_deviation = (found[graph.outputs[role].name] for role in ("mean", "log_deviation"))
        if noise == 0.0:
            return mean
        spread: Array = random.standard_normal(mean.shape, dtype=np.float32) * np.exp(log_deviation) * np.float32(noise)
        return mean + spread

    def _decode(self, latent: Array) -> Array:
        return self._runner("decoder", "latent", "samples")(latent).reshape(-1)

    def _runner(self, role: str, source: str, result: str) -> Run:
        session, graph = self._sessions[role], self._graphs[role]
        name_in, name_out = graph.inputs[source].name, graph.outputs[result].name
        return lambda array: session.run({name_in: array})[name_out]


class _Windows:
    """Parts of what a convolutional network makes of `source (…, frame)`: computed with context, then trimmed."""

    def __init__(self, source: Array, run: Run, context: int, values_per_frame: int = 1) -> None:
        self._source = source
        self._run = run
        self._context = context
        self._values_per_frame = values_per_frame

    def part(self, start: int, stop: int) -> Array:
        """The result for frames start..stop. Where the source ends there is no context, as in the whole."""
        first = max(0, start - self._context)
        last = min(self._source.shape[-1], stop + self._context)
        values = self._run(self._source[..., first:last])
        skip = (start - first) * self._values_per_frame
        return values[..., skip : skip + (stop - start) * self._values_per_frame]


def _piece_sizes(frames: int, first: int, size: int) -> list[int]:
    """Frames of each piece: a small first one, then about equal ones of at most `size`."""
    rest = frames - min(first, frames)
    pieces = -(-rest // size)
    sizes = [rest // pieces + (index < rest % pieces) for index in range(pieces)]
    return [frames - rest, *sizes]
