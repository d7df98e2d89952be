"""Whisper (Radford et al. 2022): checkpoint → encoder and decoder graphs of the task `speech_recognition`."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from edgemm.bundles.manifest import Graph, LogMel, StatePair
from edgemm.bundles.tensors import TensorSpec
from edgemm.errors import CheckpointError, ConfigError
from export.families import Traced
from export.families.whisper_checkpoint import MULTILINGUAL_VOCABULARY, WhisperCheckpoint, load_whisper, token_id
from export.sources import Checkpoint


class Options(BaseModel):
    """`options` of a recipe."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    attention: Literal["plain", "fused"] = "plain"
    """`fused` writes ONNX Runtime's MultiHeadAttention: fastest on CPUs, unknown to other backends."""
    language: str = "en"
    parity_data: str | None = None
    """Data set whose first clips prove parity; without it, seeded noise."""


def export(checkpoint: Checkpoint, work: Path, options: dict[str, Any]) -> Traced:
    """Trace both graphs under `work` and measure them against the library. Raises CheckpointError, ConfigError."""
    from export.families import whisper_graphs
    from export.families.whisper_parity import parity

    wanted = _options(options)
    loaded = load_whisper(checkpoint.folder)
    paths = {role: work / f"{role}.onnx" for role in ("encoder", "decoder")}
    attend = {"plain": whisper_graphs.plain_attention, "fused": whisper_graphs.fused_attention}[wanted.attention]
    whisper_graphs.trace_encoder(loaded.model, attend, paths["encoder"])
    whisper_graphs.trace_decoder(loaded.model, attend, paths["decoder"])
    traced = Traced(
        graphs=graphs(loaded.model.config),
        paths=paths,
        preprocess=(log_mel_step(loaded.model.config),),
        settings=settings(loaded, wanted.language),
        files={"tokenizer.json": loaded.tokenizer},
    )
    return replace(traced, parity=parity(loaded, traced, wanted.parity_data))


def _options(options: dict[str, Any]) -> Options:
    try:
        return Options.model_validate(options)
    except ValidationError as error:
        raise ConfigError("options of family whisper", found=error) from error


def log_mel_step(config: Any) -> LogMel:
    """Preprocessing of a Whisper: two log-mel frames of 10 ms to a position."""
    return LogMel(mel_bins=config.num_mel_bins, max_s=config.max_source_positions * 0.02)


def graphs(config: Any) -> dict[str, Graph]:
    """Roles and tensors of both graphs; roles and names are the same."""
    heads, size = config.decoder_attention_heads, config.d_model // config.decoder_attention_heads
    names = [f"{kind}_{layer}" for layer in range(config.decoder_layers) for kind in ("key", "value")]
    log_mel = TensorSpec(name="log_mel", dtype="float32", axes=(1, config.num_mel_bins, "frame"))
    cross = _specs([f"cross_{name}" for name in names], (1, heads, "position", size))
    input_ids = TensorSpec(name="input_ids", dtype="int64", axes=(1, "token"))
    logits = TensorSpec(name="logits", dtype="float32", axes=(1, "token", config.vocab_size))
    past = _specs([f"past_{name}" for name in names], (1, heads, "past", size))
    present = _specs([f"present_{name}" for name in names], (1, heads, "past_and_token", size))
    states = tuple(StatePair(past=f"past_{name}", present=f"present_{name}", axis="past") for name in names)
    return {
        "encoder": Graph(file="encoder.onnx", inputs={"log_mel": log_mel}, outputs=cross),
        "decoder": Graph(
            file="decoder.onnx",
            inputs={"input_ids": input_ids, **cross, **past},
            outputs={"logits": logits, **present},
            states=states,
        ),
    }


def settings(loaded: WhisperCheckpoint, language: str) -> dict[str, Any]:
    """`SpeechRecognitionSettings` of a checkpoint."""
    generation, config = loaded.model.generation_config, loaded.model.config
    start, end = generation.decoder_start_token_id, generation.eos_token_id
    prompt = [start]
    if config.vocab_size >= MULTILINGUAL_VOCABULARY:
        prompt += [token_id(loaded.tokenizer, name) for name in (f"<|{language}|>", "<|transcribe|>")]
    prompt.append(generation.no_timestamps_token_id)
    return {
        "prompt": prompt,
        "end": end if isinstance(end, int) else end[0],
        "no_speech": _no_speech(loaded.tokenizer),
        "suppress": list(generation.suppress_tokens or []),
        "suppress_at_begin": list(generation.begin_suppress_tokens or []),
        "max_positions": config.max_target_positions,
        "language": language,
    }


def _specs(names: list[str], axes: tuple[int | str, ...]) -> dict[str, TensorSpec]:
    return {name: TensorSpec(name=name, dtype="float32", axes=axes) for name in names}


def _no_speech(tokenizer: Path) -> int | None:
    """Named differently by OpenAI's two generations of tokenizers."""
    for name in ("<|nospeech|>", "<|nocaptions|>"):
        try:
            return token_id(tokenizer, name)
        except CheckpointError:
            continue
    return None
