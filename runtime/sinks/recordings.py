"""Room for recordings: how much of the disk they may take and how long they stay. The oldest go first."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from edgemm.errors import StorageError

_NAMED_BY_US = re.compile(r"\d{4}-\d\d-\d\d-\d{6}(-\d+)?\.mcap")
"""Nothing else in the folder is ours to remove."""
_STEP_BYTES = 1_000_000
"""The room is looked at again when a recording has grown by so much."""
_S_PER_DAY = 86_400.0


class Recordings:
    """A folder of sessions named by date and time."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def new(self) -> Path:
        """A name that is not taken."""
        name = f"{datetime.now():%Y-%m-%d-%H%M%S}"
        taken = {path.stem for path in self._folder.glob(f"{name}*")}
        free = [name, *(f"{name}-{number}" for number in range(2, len(taken) + 2))]
        return self._folder / f"{next(stem for stem in free if stem not in taken)}.mcap"

    def oldest_first(self) -> list[tuple[Path, float, int]]:
        """Each recording, when it was last written to (s since 1970) and its size in bytes."""
        files = [path for path in self._folder.glob("*.mcap") if _NAMED_BY_US.fullmatch(path.name) and path.is_file()]
        found = [(path, path.stat().st_mtime, path.stat().st_size) for path in files]
        return sorted(found, key=lambda entry: (entry[1], entry[0].name))


class Room:
    """What one recording may grow to, and what goes to make room for it. `told` gets a line for each that went."""

    def __init__(
        self,
        current: Path,
        max_bytes: int,
        max_age_days: float | None = None,
        others: Recordings | None = None,
        told: Callable[[str], None] = lambda line: None,
    ) -> None:
        """Without `others` (a file that the user named), nothing is removed: it only ends at `max_bytes`."""
        self._current = current
        self._max_bytes = max_bytes
        self._max_age_days = max_age_days
        self._others = others
        self._told = told
        self._looked_at_bytes = -_STEP_BYTES

    def keep(self, size_bytes: int) -> None:
        """Make room for a recording of that size. Raises StorageError when it alone is too large."""
        if size_bytes > self._max_bytes:
            raise StorageError(
                f"the recording {self._current} has reached its limit of {self._max_bytes / 1e6:.0f} MB",
                remedy="Raise recording.max_mb for longer ones.",
            )
        if self._others is not None and size_bytes - self._looked_at_bytes >= _STEP_BYTES:
            self._looked_at_bytes = size_bytes
            self._remove(self._others, size_bytes)

    def _remove(self, others: Recordings, size_bytes: int) -> None:
        old = [entry for entry in others.oldest_first() if entry[0] != self._current]
        taken = size_bytes + sum(size for _, _, size in old)
        for path, written_s, size in old:
            too_old = self._max_age_days is not None and time.time() - written_s > self._max_age_days * _S_PER_DAY
            if not too_old and taken <= self._max_bytes:
                continue
            why = (
                f"older than {self._max_age_days:g} days" if too_old else f"over {self._max_bytes / 1e6:.0f} MB in all"
            )
            try:
                path.unlink()
            except OSError as error:
                raise StorageError(f"cannot remove the old recording {path}", found=error.strerror) from error
            taken -= size
            self._told(f"recording: removed {path} ({why})")


@dataclass(frozen=True)
class Recording:
    """A session file to be written, and the room that it has."""

    path: Path
    room: Room
    is_the_task: bool = False
    """The user asked for this file: without the whole of it the command has failed."""
