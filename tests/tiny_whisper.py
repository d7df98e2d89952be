"""A tiny Whisper with random weights, saved in both forms in which checkpoints come."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

SPECIAL = ("<|endoftext|>", "<|startoftranscript|>", "<|nospeech|>", "<|notimestamps|>")
WORDS = 96
WINDOW_S = 4.0


def save_hugging_face(folder: Path, seed: int = 0) -> Any:
    """Write a checkpoint as `save_pretrained` does, with its tokenizer; returns the model."""
    import torch
    from transformers import GenerationConfig, WhisperConfig, WhisperForConditionalGeneration

    torch.manual_seed(seed)
    end, start, _, no_timestamps = range(WORDS, WORDS + len(SPECIAL))
    config = WhisperConfig(
        vocab_size=WORDS + len(SPECIAL), num_mel_bins=80, d_model=64, encoder_layers=2, decoder_layers=2,
        encoder_attention_heads=2, decoder_attention_heads=2, encoder_ffn_dim=128, decoder_ffn_dim=128,
        max_source_positions=round(WINDOW_S * 50), max_target_positions=64, decoder_start_token_id=start,
        eos_token_id=end, pad_token_id=end, bos_token_id=end, init_std=0.3,
    )  # fmt: skip
    model = WhisperForConditionalGeneration(config).eval()
    generation = GenerationConfig(
        decoder_start_token_id=start, eos_token_id=end, pad_token_id=end, bos_token_id=end,
        suppress_tokens=[1, 2, start, no_timestamps], begin_suppress_tokens=[5, end],
    )  # fmt: skip
    generation.no_timestamps_token_id = no_timestamps
    generation.is_multilingual = False
    model.generation_config = generation
    model.save_pretrained(folder)
    save_tokenizer(folder)
    return model


def save_ctranslate2(folder: Path, model: Any) -> None:
    """Write the same weights in float32 with CTranslate2's own converter."""
    from ctranslate2.converters.transformers import WhisperLoader

    folder.mkdir(parents=True, exist_ok=True)
    spec = WhisperLoader().get_model_spec(model)
    spec.register_vocabulary([f"w{i}" for i in range(WORDS)] + list(SPECIAL))
    spec.validate()
    spec.optimize(quantization=None)
    spec.save(str(folder))
    generation = model.generation_config
    config = {
        "suppress_ids": generation.suppress_tokens,
        "suppress_ids_begin": generation.begin_suppress_tokens,
        "lang_ids": [],
    }
    (folder / "config.json").write_text(json.dumps(config))
    save_tokenizer(folder)


def save_tokenizer(folder: Path) -> None:
    from tokenizers import AddedToken, Tokenizer
    from tokenizers.models import WordLevel

    tokenizer = Tokenizer(WordLevel({f"w{i}": i for i in range(WORDS)}, unk_token="w0"))
    tokenizer.add_special_tokens([AddedToken(token, special=True) for token in SPECIAL])
    tokenizer.save(str(folder / "tokenizer.json"))


def chirp(seconds: float) -> npt.NDArray[np.float32]:
    """Sound with something in every band, loud enough to be no silence."""
    time_s = np.arange(round(seconds * 16_000)) / 16_000
    noise = np.random.default_rng(1).normal(scale=0.02, size=len(time_s))
    return (0.3 * np.sin(2 * np.pi * (150 * time_s + 300 * time_s**2)) + noise).astype(np.float32)
