"""Timing against a peer: the two take turns on the same inputs in one run, so that the machine's mood hits both."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np

from edgemm.bundles.figures import Figure

Input = TypeVar("Input")
RESAMPLES = 1000


@dataclass(frozen=True)
class Pairs:
    """Milliseconds of ours and of the peer, one pair for each input and round."""

    ours_ms: tuple[float, ...]
    peer_ms: tuple[float, ...]

    def ratio(self, name: str, at_most: float) -> Figure:
        """Total time ours / peer, with a bootstrap interval over the pairs (95 %)."""
        ours, peer = np.asarray(self.ours_ms), np.asarray(self.peer_ms)
        chosen = np.random.default_rng(0).integers(0, len(ours), (RESAMPLES, len(ours)))
        low, high = np.percentile(ours[chosen].sum(axis=1) / peer[chosen].sum(axis=1), [2.5, 97.5])
        return Figure(
            name=name,
            value=float(ours.sum() / peer.sum()),
            unit="x",
            at_most=at_most,
            samples=len(ours),
            interval=(float(low), float(high)),
        )


def interleave(
    ours: Callable[[Input], object], peer: Callable[[Input], object], inputs: Sequence[Input], rounds: int
) -> Pairs:
    """One warm-up of both, then `rounds` over all inputs, changing who goes first."""
    ours(inputs[0])
    peer(inputs[0])
    ours_ms: list[float] = []
    peer_ms: list[float] = []
    for number in range(rounds):
        for index, item in enumerate(inputs):
            order = ((ours, ours_ms), (peer, peer_ms))
            for function, durations in order if (number + index) % 2 else order[::-1]:
                started = time.perf_counter()
                function(item)
                durations.append((time.perf_counter() - started) * 1e3)
    return Pairs(tuple(ours_ms), tuple(peer_ms))
