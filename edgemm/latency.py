"""Stage timing: collect durations by name, summarise them as percentiles."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Percentiles:
    """Summary of durations in milliseconds."""

    count: int
    p50_ms: float
    p95_ms: float
    p99_ms: float
    max_ms: float


def percentiles(durations_ms: Sequence[float]) -> Percentiles:
    """Percentiles by linear interpolation; an empty sequence is a ValueError."""
    if not durations_ms:
        raise ValueError("percentiles of no durations")
    p50, p95, p99 = np.percentile(np.asarray(durations_ms), [50, 95, 99])
    return Percentiles(len(durations_ms), float(p50), float(p95), float(p99), float(max(durations_ms)))


class StageTimer:
    """Wall-clock durations by stage name. One per process; not shared between threads."""

    def __init__(self) -> None:
        self._durations_ms: dict[str, list[float]] = defaultdict(list)

    @contextmanager
    def measure(self, stage: str) -> Iterator[None]:
        started = time.perf_counter()
        try:
            yield
        finally:
            self.add(stage, (time.perf_counter() - started) * 1e3)

    def add(self, stage: str, duration_ms: float) -> None:
        self._durations_ms[stage].append(duration_ms)

    def totals_ms(self) -> dict[str, float]:
        """Sum of durations by stage."""
        return {stage: sum(durations) for stage, durations in self._durations_ms.items()}

    def summary(self) -> dict[str, Percentiles]:
        return {stage: percentiles(durations) for stage, durations in self._durations_ms.items()}
