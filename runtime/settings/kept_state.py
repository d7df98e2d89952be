"""What the person has set by voice and expects to find again after a restart: volume and speaking rate."""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from edgemm.errors import StorageError

FILE_NAME = "voice.json"
MAX_BYTES = 4096
VOLUME_RANGE, RATE_RANGE = (0.1, 4.0), (0.5, 3.0)
"""What can be set by voice: any other number was not, and could hurt an ear."""


@dataclass(frozen=True)
class KeptState:
    """None: never set by voice, so the configuration's value holds."""

    volume: float | None = None
    rate: float | None = None


def load_state(folder: Path | None) -> KeptState:
    """The kept state; what is missing or damaged of it was never set, for speech must start all the same."""
    if folder is None:
        return KeptState()
    try:
        with (folder / FILE_NAME).open("rb") as file:
            kept = json.loads(file.read(MAX_BYTES).decode("utf-8"))
    except (OSError, ValueError, RecursionError):
        return KeptState()
    if not isinstance(kept, dict):
        return KeptState()
    return KeptState(_within(VOLUME_RANGE, kept.get("volume")), _within(RATE_RANGE, kept.get("rate")))


def save_state(folder: Path, state: KeptState) -> None:
    """Write atomically: the old file stays until the new one is on the disk. Raises StorageError."""
    new = folder / f".{FILE_NAME}.new"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with new.open("w", encoding="utf-8") as file:
            file.write(json.dumps(asdict(state)) + "\n")
            file.flush()
            os.fsync(file.fileno())
        new.replace(folder / FILE_NAME)
    except OSError as error:
        raise StorageError(f"cannot keep volume and rate in {folder}", found=error.strerror) from error


def _within(limits: tuple[float, float], value: Any) -> float | None:
    low, high = limits
    is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
    return float(value) if is_number and low <= value <= high else None
