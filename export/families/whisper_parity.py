"""Proof that the traced graphs compute what the checkpoint computes: encoder values, and greedy decoding."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from edgemm.backends import open_session
from edgemm.backends.greedy import CachedDecoder, best_token, continue_greedily
from edgemm.bundles.figures import Figure
from edgemm.bundles.manifest import LogMel
from edgemm.bundles.tensors import Array
from edgemm.media import SAMPLE_RATE_HZ, Samples
from edgemm.sound.log_mel import log_mel
from export.families import Traced
from export.families.whisper_checkpoint import WhisperCheckpoint

if TYPE_CHECKING:
    from transformers import WhisperForConditionalGeneration

CLIPS = 12
MAX_TOKENS = 40
MAX_LOGIT_GAP = 1e-3
"""Two tokens nearer than this are a tie that rounding decides."""

_ENCODER_TOLERANCE = 1e-3


@dataclass(frozen=True)
class _Decoding:
    """One clip: encoder error relative to the spread of its values; gap at the first differing token, None if none."""

    encoder_error: float
    logit_gap: float | None


def parity(loaded: WhisperCheckpoint, traced: Traced, data_set: str | None) -> tuple[Figure, ...]:
    """Figures with gates over `CLIPS` clips."""
    clips = _data_set_clips(data_set) if data_set else noise_clips()
    results = _decodings(loaded, traced, clips)
    gaps = [result.logit_gap for result in results if result.logit_gap is not None]
    identical, ties = len(results) - len(gaps), sum(gap < MAX_LOGIT_GAP for gap in gaps)
    count = len(results)
    return (
        Figure(
            name="parity_encoder_error",
            value=max(result.encoder_error for result in results),
            unit="of standard deviation",
            at_most=_ENCODER_TOLERANCE,
            samples=count,
        ),
        Figure(name="parity_identical_decodings", value=identical, unit="clips", samples=count),
        Figure(
            name="parity_ties",
            value=ties,
            unit="clips",
            samples=count,
            note=f"decodings whose first differing token is nearer than {MAX_LOGIT_GAP} in logits",
        ),
        Figure(name="parity_different_decodings", value=len(gaps) - ties, unit="clips", at_most=0, samples=count),
    )


def noise_clips() -> list[Samples]:
    """Seeded noise of 1 to 6 s whose loudness wanders: harder to agree on than speech, and always at hand."""
    random = np.random.default_rng(0)
    lengths = random.integers(1, 6, size=CLIPS) * SAMPLE_RATE_HZ
    return [
        np.asarray(
            random.normal(scale=0.05, size=length) * np.sin(np.arange(length) / random.uniform(300, 3000)), np.float32
        )
        for length in lengths
    ]


def _data_set_clips(name: str) -> list[Samples]:
    from edgemm.evaluation.clips import clips
    from edgemm.tasks.examples import read_examples
    from export.data.cache import data_set

    examples = read_examples(data_set(name))
    return list(clips(examples[:: max(1, len(examples) // CLIPS)][:CLIPS]))


def _decodings(loaded: WhisperCheckpoint, traced: Traced, clips: Sequence[Samples]) -> list[_Decoding]:
    import torch

    model = loaded.model
    step = next(step for step in traced.preprocess if isinstance(step, LogMel))
    encoder = open_session(traced.paths["encoder"])
    decoder = CachedDecoder(traced.graphs["decoder"], open_session(traced.paths["decoder"]))
    results = []
    for clip in clips:
        features = log_mel(clip, step)[None]
        cross = encoder.run({"log_mel": features})
        with torch.no_grad():
            hidden = model.model.encoder(torch.from_numpy(features)).last_hidden_state
            expected = model.model.decoder.layers[-1].encoder_attn.v_proj(hidden).numpy()
        found = cross[f"cross_value_{model.config.decoder_layers - 1}"].transpose(0, 2, 1, 3).reshape(expected.shape)
        error = float(np.abs(found - expected).max() / expected.std())
        ours = _greedy(traced, decoder, cross)
        theirs = generated(model, features, MAX_TOKENS)
        results.append(_Decoding(error, _logit_gap(model, features, list(traced.settings["prompt"]), ours, theirs)))
    return results


def _greedy(traced: Traced, decoder: CachedDecoder, cross: dict[str, Array]) -> list[int]:
    settings = traced.settings
    forbidden = np.array(settings["suppress"], dtype=np.int64)
    at_first = np.array([*settings["suppress"], *settings["suppress_at_begin"]], dtype=np.int64)
    logits, cache = decoder.step(settings["prompt"], decoder.empty_cache(), cross)
    first = best_token(logits[-1], at_first)
    end = settings["end"]
    tokens = continue_greedily(decoder, first, cache, cross, forbidden=forbidden, end=end, limit=MAX_TOKENS)
    return [token.id for token in tokens if token.id != end]


def generated(model: WhisperForConditionalGeneration, features: Array, limit: int) -> list[int]:
    """Text tokens of the library's own greedy `generate`."""
    import torch

    # A multilingual model without task and language guesses both, and may loop.
    multilingual = {"task": "transcribe", "language": "en"} if model.generation_config.is_multilingual else {}
    with torch.no_grad():
        ids = model.generate(
            torch.from_numpy(features), do_sample=False, num_beams=1, max_new_tokens=limit, **multilingual
        )
    special = {model.generation_config.eos_token_id, model.generation_config.no_timestamps_token_id}
    special.add(model.generation_config.decoder_start_token_id)
    return [token for token in ids[0].tolist() if token not in special]


def _logit_gap(
    model: WhisperForConditionalGeneration, features: Array, prompt: list[int], ours: list[int], theirs: list[int]
) -> float | None:
    """Distance, in the checkpoint's logits, of the first two tokens that differ; None if the decodings are one."""
    import torch

    if ours == theirs:
        return None
    end = model.generation_config.eos_token_id
    ours, theirs = [*ours, end], [*theirs, end]
    at = next(i for i, (a, b) in enumerate(zip(ours, theirs, strict=False)) if a != b)
    with torch.no_grad():
        ids = torch.tensor([prompt + ours[:at]])
        logits = model(input_features=torch.from_numpy(features), decoder_input_ids=ids).logits[0, -1]
    return float(abs(logits[ours[at]] - logits[theirs[at]]))
