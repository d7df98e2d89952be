"""How many threads pay off on this host: measured, since more are often slower on shared cores."""

from __future__ import annotations

import statistics
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from edgemm.backends import InferenceSession, open_session
from edgemm.bundles.tensors import Array

_WORTH_IT = 0.9
"""More threads must cost at most this share of the time: a tie goes to fewer, which leave cores to others."""


def measure_threads(
    path: Path, inputs: Mapping[str, Array], *, candidates: Sequence[int] = (1, 2), runs: int = 15
) -> int:
    """The best of `candidates` for the graph at `path` on `inputs`."""
    return best_threads({count: open_session(path, threads=count) for count in candidates}, inputs, runs)


def best_threads(sessions: Mapping[int, InferenceSession], inputs: Mapping[str, Array], runs: int) -> int:
    """Thread count of the fastest session by median; runs are interleaved, so that load falls on all alike."""
    durations: dict[int, list[float]] = {count: [] for count in sessions}
    for _ in range(runs + 1):
        for count, session in sessions.items():
            started = time.perf_counter()
            session.run(inputs)
            durations[count].append(time.perf_counter() - started)
    medians = {count: statistics.median(times[1:]) for count, times in durations.items()}  # the first warms up
    best, *more = sorted(medians)
    for count in more:
        if medians[count] <= _WORTH_IT * medians[best]:
            best = count
    return best
