"""The machine behind the figures: processor, cores, memory, load."""

from __future__ import annotations

import os
import platform
from pathlib import Path


def describe_host() -> dict[str, str]:
    """Name → value, printed above every table. Figures without it cannot be compared."""
    load = os.getloadavg()
    return {
        "processor": _first("/proc/cpuinfo", "model name") or platform.processor() or platform.machine(),
        "cores": str(os.cpu_count()),
        "memory": _first("/proc/meminfo", "MemTotal") or "unknown",
        "system": platform.platform(),
        "python": platform.python_version(),
        "load": " ".join(f"{value:.2f}" for value in load),
    }


def _first(path: str, key: str) -> str | None:
    try:
        lines = Path(path).read_text(encoding="utf-8").splitlines()
    except OSError:
        return None
    values = (line.partition(":")[2].strip() for line in lines if line.startswith(key))
    return next(values, None)
