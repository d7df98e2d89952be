"""Load a Whisper checkpoint folder: Hugging Face form, or CTranslate2 form (model.bin, config.json, tokenizer.json)."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import numpy as np
from pydantic import BaseModel, Field, ValidationError

from edgemm.errors import CheckpointError
from export.families.ctranslate2 import read_model, whisper_state

if TYPE_CHECKING:
    from transformers import GenerationConfig, WhisperConfig, WhisperForConditionalGeneration

    from edgemm.bundles.tensors import Array

MULTILINGUAL_VOCABULARY = 51_865
"""Smallest vocabulary of a multilingual Whisper; English-only models have one token fewer."""

_HEAD_SIZE = 64
"""Of every published Whisper. CTranslate2 states the number of heads itself, from which it follows."""


TokenId = Annotated[int, Field(ge=0, lt=2**31)]


class _AddedToken(BaseModel):
    content: str
    id: TokenId


class _Tokenizer(BaseModel):
    """What is read of tokenizer.json."""

    added_tokens: tuple[_AddedToken, ...]


class _CTranslate2Config(BaseModel):
    """What is read of the config.json beside a CTranslate2 model."""

    suppress_ids: list[Annotated[int, Field(ge=-1, lt=2**31)]] = Field(default_factory=list)
    suppress_ids_begin: list[TokenId] = Field(default_factory=list)
    lang_ids: list[TokenId] = Field(default_factory=list)


_Form = TypeVar("_Form", _Tokenizer, _CTranslate2Config)


@dataclass(frozen=True)
class WhisperCheckpoint:
    """The float32 model in evaluation mode, with a generation config that decodes greedily, and its tokenizer."""

    model: WhisperForConditionalGeneration
    tokenizer: Path


def load_whisper(folder: Path) -> WhisperCheckpoint:
    """Load `folder` in either form. Raises CheckpointError: no such form, missing tensor, other architecture."""
    tokenizer = folder / "tokenizer.json"
    if not tokenizer.is_file():
        raise CheckpointError(
            f"checkpoint {folder}",
            expected="tokenizer.json",
            found="none",
            remedy="Save the processor beside the weights: WhisperProcessor.save_pretrained.",
        )
    config = _json(folder / "config.json")
    is_hugging_face = "model_type" in config
    model = _from_hugging_face(folder, config) if is_hugging_face else _from_ctranslate2(folder, tokenizer)
    return WhisperCheckpoint(model.float().eval(), tokenizer)


def token_id(tokenizer: Path, token: str) -> int:
    """Id of a special token; CheckpointError if the tokenizer lacks it."""
    for added in _checked(_Tokenizer, tokenizer).added_tokens:
        if added.content == token:
            return added.id
    raise CheckpointError(f"{tokenizer}", expected=f"special token {token}", found="none")


def _json(path: Path) -> dict[str, Any]:
    try:
        value = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise CheckpointError(f"cannot read {path}", found=error) from error
    if not isinstance(value, dict):
        raise CheckpointError(f"cannot read {path}", expected="a JSON object", found=type(value).__name__)
    return value


def _checked(form: type[_Form], path: Path) -> _Form:
    try:
        return form.model_validate(_json(path))
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        place = ".".join(str(step) for step in first["loc"])
        raise CheckpointError(f"{path}: '{place}'", expected=first["msg"], found=repr(first["input"])[:80]) from error


def _from_hugging_face(folder: Path, config: dict[str, Any]) -> WhisperForConditionalGeneration:
    from transformers import WhisperForConditionalGeneration

    if config["model_type"] != "whisper":
        raise CheckpointError(f"checkpoint {folder}", expected="model_type whisper", found=config["model_type"])
    if not (folder / "model.safetensors").is_file() and not (folder / "model.safetensors.index.json").is_file():
        raise CheckpointError(
            f"checkpoint {folder}", expected="model.safetensors", found="none", remedy="Pickles are not loaded."
        )
    try:
        model, info = WhisperForConditionalGeneration.from_pretrained(
            folder, use_safetensors=True, output_loading_info=True, local_files_only=True
        )
    except Exception as error:  # safetensors and transformers raise their own unrelated types
        raise CheckpointError(f"checkpoint {folder} cannot be loaded", found=error) from error
    if missing := sorted(set(info["missing_keys"]) - {"proj_out.weight"}):
        raise CheckpointError(f"checkpoint {folder}: tensors are missing", found=", ".join(missing[:5]))
    return model


def _from_ctranslate2(folder: Path, tokenizer: Path) -> WhisperForConditionalGeneration:
    import torch
    from transformers import WhisperForConditionalGeneration

    config = _checked(_CTranslate2Config, folder / "config.json")
    stored = read_model(folder / "model.bin")
    state = whisper_state(stored)
    architecture = _architecture(stored.tensors, state, tokenizer)
    try:
        model = WhisperForConditionalGeneration(architecture)
        model.load_state_dict({name: torch.from_numpy(value.copy()) for name, value in state.items()}, strict=True)
    except Exception as error:  # torch and transformers raise unrelated types for sizes that do not fit one another
        raise CheckpointError(f"checkpoint {folder}: tensors do not fit Whisper", found=error) from error
    model.generation_config = _generation_config(config, model.config, tokenizer)
    return model


def _architecture(stored: dict[str, Array], state: dict[str, Array], tokenizer: Path) -> WhisperConfig:
    """Sizes read off the tensors; the number of heads is a variable of its own."""
    from transformers import WhisperConfig

    vocabulary, width = _sizes(state, "decoder.embed_tokens.weight", 2)
    end = token_id(tokenizer, "<|endoftext|>")
    heads = {side: _heads(stored, side, width) for side in ("encoder", "decoder")}
    layers = {
        side: 1 + max((_layer(name) for name in state if f".{side}.layers." in name), default=-1) for side in heads
    }
    return WhisperConfig(
        vocab_size=vocabulary,
        num_mel_bins=_sizes(state, "encoder.conv1.weight", 3)[1],
        d_model=width,
        encoder_layers=layers["encoder"],
        decoder_layers=layers["decoder"],
        encoder_attention_heads=heads["encoder"],
        decoder_attention_heads=heads["decoder"],
        encoder_ffn_dim=_sizes(state, "encoder.layers.0.fc1.weight", 2)[0],
        decoder_ffn_dim=_sizes(state, "decoder.layers.0.fc1.weight", 2)[0],
        max_source_positions=_sizes(state, "encoder.embed_positions.weight", 2)[0],
        max_target_positions=_sizes(state, "decoder.embed_positions.weight", 2)[0],
        decoder_start_token_id=token_id(tokenizer, "<|startoftranscript|>"),
        pad_token_id=end,
        bos_token_id=end,
        eos_token_id=end,
    )


def _sizes(state: dict[str, Array], name: str, rank: int) -> tuple[int, ...]:
    found = state[f"model.{name}"].shape if f"model.{name}" in state else None
    if found is None or len(found) != rank or 0 in found:
        raise CheckpointError(f"CTranslate2 model: tensor {name}", expected=f"{rank} axes", found=found)
    return found


def _heads(stored: dict[str, Array], side: str, width: int) -> int:
    """A variable of its own; the published models' size of a head where an old converter left it out."""
    count = stored.get(f"{side}/num_heads", np.array(width // _HEAD_SIZE))
    if count.size != 1 or count.dtype.kind not in "iu" or not 0 < count.item() <= width or width % count.item():
        raise CheckpointError(f"CTranslate2 model: {side}/num_heads", expected=f"a divisor of {width}", found=count)
    return int(count.item())


def _layer(name: str) -> int:
    return int(name.split(".layers.")[1].split(".")[0])


def _generation_config(config: _CTranslate2Config, architecture: WhisperConfig, tokenizer: Path) -> GenerationConfig:
    from transformers import GenerationConfig

    is_multilingual = architecture.vocab_size >= MULTILINGUAL_VOCABULARY
    added = {token.content: token.id for token in _checked(_Tokenizer, tokenizer).added_tokens}
    languages = {name: value for name, value in added.items() if value in set(config.lang_ids)}
    tasks = {task: added[f"<|{task}|>"] for task in ("transcribe", "translate") if f"<|{task}|>" in added}
    generation = GenerationConfig(
        decoder_start_token_id=architecture.decoder_start_token_id,
        eos_token_id=architecture.eos_token_id,
        bos_token_id=architecture.bos_token_id,
        pad_token_id=architecture.pad_token_id,
        suppress_tokens=config.suppress_ids,
        begin_suppress_tokens=config.suppress_ids_begin,
    )
    generation.no_timestamps_token_id = token_id(tokenizer, "<|notimestamps|>")
    generation.is_multilingual = is_multilingual
    if is_multilingual:
        generation.lang_to_id = languages
        generation.task_to_id = tasks
    return generation
