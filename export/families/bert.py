"""BERT sentence embedding: encoder, mean over the real tokens and normalisation in one graph.

Reads the Hugging Face form (`config.json`, `model.safetensors`, `tokenizer.json`).
Mean pooling: Reimers and Gurevych 2019.
"""

from __future__ import annotations

import pickle
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from pydantic import BaseModel, ConfigDict, ValidationError

from edgemm.bundles.figures import Figure
from edgemm.bundles.manifest import Graph
from edgemm.bundles.tensors import Array, TensorSpec
from edgemm.errors import CheckpointError, ConfigError
from export.families import Traced
from export.sources import Checkpoint

if TYPE_CHECKING:
    import torch

TOKENIZER_FILE = "tokenizer.json"
OPSET = 20
_SEED = 7


class BertOptions(BaseModel):
    """Options of the family `bert`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    max_tokens: int = 256
    """Longer texts are cut."""
    tolerance: float = 1e-4
    """Largest difference of a vector's element between ONNX and torch."""


def export(checkpoint: Checkpoint, work: Path, options: dict[str, Any]) -> Traced:
    """Trace the encoder with its pooling; compare it with torch on texts of several lengths."""
    try:
        parsed = BertOptions.model_validate(options)
    except ValidationError as error:
        raise ConfigError("options of family 'bert'", found=error) from error
    model = _sentence_encoder(checkpoint.folder)
    path = work / "encoder.onnx"
    _trace(model, path)
    axes = ("text", "token")
    graph = Graph(
        file=path.name,
        inputs={
            "tokens": TensorSpec(name="tokens", dtype="int64", axes=axes),
            "mask": TensorSpec(name="mask", dtype="int64", axes=axes),
        },
        outputs={"vectors": TensorSpec(name="vectors", dtype="float32", axes=("text", model.dimension))},
    )
    worst = max(_difference(model, path, texts, tokens) for texts, tokens in ((1, 5), (3, 17), (2, parsed.max_tokens)))
    tokenizer = checkpoint.folder / TOKENIZER_FILE
    if not tokenizer.is_file():
        raise CheckpointError(f"no {TOKENIZER_FILE} in the checkpoint", found=checkpoint.folder)
    return Traced(
        graphs={"encoder": graph},
        paths={"encoder": path},
        settings={"max_tokens": parsed.max_tokens, "dimension": model.dimension},
        files={TOKENIZER_FILE: tokenizer},
        parity=(Figure(name="encoder_parity", value=worst, at_most=parsed.tolerance, note="ONNX against torch"),),
    )


def _sentence_encoder(folder: Path) -> Any:
    import torch
    from transformers import AutoModel, BertModel

    class SentenceEncoder(torch.nn.Module):
        def __init__(self, bert: BertModel) -> None:
            super().__init__()
            self.bert = bert
            self.dimension: int = bert.config.hidden_size
            self.vocabulary: int = bert.config.vocab_size

        def forward(self, tokens: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
            states = self.bert(input_ids=tokens, attention_mask=mask).last_hidden_state
            weights = mask.unsqueeze(-1).to(states.dtype)
            mean = (states * weights).sum(dim=1) / weights.sum(dim=1).clamp(min=1e-9)
            return torch.nn.functional.normalize(mean, dim=1)

    try:
        bert, report = AutoModel.from_pretrained(
            folder, attn_implementation="eager", local_files_only=True, output_loading_info=True
        )
    except pickle.UnpicklingError as error:
        raise CheckpointError(
            f"unsafe weights in {folder}",
            expected="tensors only",
            found=str(error).splitlines()[0],
            remedy="Ask for the checkpoint as safetensors.",
        ) from error
    except (OSError, ValueError, RuntimeError) as error:
        raise CheckpointError(f"cannot load a BERT model from {folder}", found=error) from error
    if not isinstance(bert, BertModel):
        raise CheckpointError("checkpoint of another family", expected="bert", found=bert.config.model_type)
    missing = sorted(name for name in report["missing_keys"] if not name.startswith("pooler."))
    if missing:
        raise CheckpointError("the checkpoint lacks tensors", expected=", ".join(missing[:3]), found=folder)
    return SentenceEncoder(bert).eval()


def _trace(model: Any, path: Path) -> None:
    import torch

    # Sizes of at least 2: an axis of 1 in the example would become constant.
    tokens, mask = _example(model.vocabulary, texts=2, tokens=8)
    dynamic = {0: torch.export.Dim("text"), 1: torch.export.Dim("token", max=512)}
    torch.onnx.export(
        model,
        (torch.from_numpy(tokens), torch.from_numpy(mask)),
        path,
        input_names=["tokens", "mask"],
        output_names=["vectors"],
        dynamo=True,
        dynamic_shapes=(dynamic, dynamic),
        opset_version=OPSET,
        external_data=False,
        verbose=False,
    )


def _example(vocabulary: int, *, texts: int, tokens: int) -> tuple[Array, Array]:
    """Random tokens; every text after the first is padded by one token more than the one before."""
    random = np.random.default_rng(_SEED)
    ids = random.integers(0, vocabulary, (texts, tokens), dtype=np.int64)
    mask = (np.arange(tokens)[None, :] < tokens - np.arange(texts)[:, None]).astype(np.int64)
    return ids, mask


def _difference(model: Any, path: Path, texts: int, tokens: int) -> float:
    import torch

    from edgemm.backends import open_session

    ids, mask = _example(model.vocabulary, texts=texts, tokens=tokens)
    with torch.inference_mode():
        expected = model(torch.from_numpy(ids), torch.from_numpy(mask)).numpy()
    found = open_session(path).run({"tokens": ids, "mask": mask})["vectors"]
    return float(np.abs(found - expected).max())
