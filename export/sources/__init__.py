"""Where checkpoints come from: folders, hubs, packages."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from edgemm.bundles.manifest import Source


@dataclass(frozen=True)
class Checkpoint:
    """Weights on this disk. `folder` holds the files under the names that the recipe gives them."""

    folder: Path
    source: Source
