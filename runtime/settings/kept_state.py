"""What the person has set by voice and expects to find again after a restart: volume and speaking rate."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path

FILE_NAME = "voice.json"


@dataclass(frozen=True)
class KeptState:
    """None: never set by voice, so the configuration's value holds."""

    volume: float | None = None
    rate: float | None = None


def load_state(folder: Path) -> KeptState:
    """The kept state; a missing or damaged file is an empty one, for speech must start all the same."""
    try:
        kept = json.loads((folder / FILE_NAME).read_text(encoding="utf-8"))
        return KeptState(*(float(kept[name]) if kept.get(name) is not None else None for name in ("volume", "rate")))
    except (OSError, ValueError, TypeError, AttributeError):
        return KeptState()


def save_state(folder: Path, state: KeptState) -> None:
    """Write atomically. Raises OSError."""
    folder.mkdir(parents=True, exist_ok=True)
    new = folder / f".{FILE_NAME}.new"
    new.write_text(json.dumps(asdict(state)) + "\n", encoding="utf-8")
    new.replace(folder / FILE_NAME)
