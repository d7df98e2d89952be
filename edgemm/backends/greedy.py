"""Greedy decoding over a decoder graph with a key-value cache, one token a step."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from edgemm.backends import InferenceSession
from edgemm.bundles.manifest import Graph
from edgemm.bundles.tensors import Array
from edgemm.errors import BundleError


@dataclass(frozen=True)
class Token:
    """A chosen token and its log-probability among those allowed."""

    id: int
    log_probability: float


class CachedDecoder:
    """A decoder graph: `input_ids` (batch, token) → `logits` (batch, token, vocabulary), states, and fixed inputs."""

    def __init__(self, graph: Graph, session: InferenceSession) -> None:
        self._session = session
        self._ids = graph.inputs["input_ids"]
        self._logits = graph.outputs["logits"].name
        self._states = graph.states
        specs = {spec.name: spec for spec in session.inputs}
        missing = [state.past for state in graph.states if state.past not in specs]
        if missing:
            raise BundleError("decoder graph", expected=f"inputs {', '.join(missing)}", found=", ".join(specs))
        self._empty = {
            state.past: np.zeros(
                [axis if isinstance(axis, int) else 0 for axis in specs[state.past].axes], dtype=specs[state.past].dtype
            )
            for state in graph.states
        }

    def empty_cache(self) -> dict[str, Array]:
        """The cache before the first token."""
        return self._empty

    def step(
        self, tokens: Sequence[int], cache: Mapping[str, Array], fixed: Mapping[str, Array]
    ) -> tuple[Array, dict[str, Array]]:
        """Logits `(token, vocabulary)` of `tokens` and the cache that holds them too."""
        ids = np.asarray([tokens], dtype=self._ids.dtype)
        outputs = self._session.run({self._ids.name: ids, **cache, **fixed})
        return outputs[self._logits][0], {state.past: outputs[state.present] for state in self._states}


def best_token(logits: Array, forbidden: Array) -> Token:
    """The likeliest token of `logits: (vocabulary,)` (overwritten) outside `forbidden` ids."""
    logits[forbidden] = -np.inf
    chosen = int(np.argmax(logits))
    log_total = float(np.log(np.sum(np.exp(logits - logits[chosen]))))
    return Token(chosen, -log_total)


def continue_greedily(
    decoder: CachedDecoder,
    first: Token,
    cache: Mapping[str, Array],
    fixed: Mapping[str, Array],
    *,
    forbidden: Array,
    end: int,
    limit: int,
) -> Iterator[Token]:
    """`first` and the tokens after it, up to and with `end`, at most `limit`. The consumer may stop at any token."""
    token = first
    for count in range(1, limit + 1):
        yield token
        if token.id == end or count == limit:
            return
        logits, cache = decoder.step([token.id], cache, fixed)
        token = best_token(logits[-1], forbidden)
