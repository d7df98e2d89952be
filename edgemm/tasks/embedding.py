"""Embedding: a unit vector for a sentence, close to those of sentences that mean the same.

Graph `encoder`
    in   tokens (text, token)          int64 ids of tokenizer.json
         mask (text, token)            int64, 1 for a token, 0 for padding
    out  vectors (text, dimension)     float32, length 1
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from pydantic import BaseModel, ConfigDict, Field

from edgemm.backends import open_session
from edgemm.backends.recorded import Call, recorded
from edgemm.bundles.bundle import Bundle
from edgemm.bundles.tensors import Array
from edgemm.bundles.tokenizer import open_tokenizer
from edgemm.tasks.examples import Example


class EmbeddingSettings(BaseModel):
    """Settings of an embedding bundle."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    max_tokens: int = Field(ge=2, le=1 << 20)
    dimension: int = Field(ge=1)


class Embedder:
    """Sentences to unit vectors; the dot product of two is their cosine."""

    def __init__(self, bundle: Bundle, *, threads: int = 1) -> None:
        settings = bundle.settings(EmbeddingSettings)
        self.dimension = settings.dimension
        self._graph = bundle.graph("encoder", takes=("tokens", "mask"), gives=("vectors",))
        self._sessions = {"encoder": open_session(bundle.graph_path("encoder"), threads=threads)}
        self._tokenizer = open_tokenizer(bundle)
        self._tokenizer.enable_truncation(settings.max_tokens)
        self._tokenizer.enable_padding()  # to the longest of a call; some files ask for a fixed length

    def embed(self, texts: Sequence[str]) -> Array:
        """Vectors `(text, dimension)` float32 of length 1. No texts give no rows."""
        if not texts:
            return np.zeros((0, self.dimension), dtype=np.float32)
        encodings = self._tokenizer.encode_batch(list(texts))
        tokens = np.array([encoding.ids for encoding in encodings], dtype=np.int64)
        mask = np.array([encoding.attention_mask for encoding in encodings], dtype=np.int64)
        inputs, outputs = self._graph.inputs, self._graph.outputs
        found = self._sessions["encoder"].run({inputs["tokens"].name: tokens, inputs["mask"].name: mask})
        return found[outputs["vectors"].name]

    def calibration_inputs(self, example: Example) -> Iterator[Call]:
        """What the graph is given for the example's sentence."""
        if example.text:
            yield from recorded(self._sessions, map(self.embed, [[example.text]]))
