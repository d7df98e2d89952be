"""Exported bundles for tests that need real models."""

from __future__ import annotations

import os
from pathlib import Path

from edgemm.bundles.bundle import Bundle
from edgemm.host import host_target
from tests.needed import lack


def bundles_folder() -> Path:
    """EDGEMM_BUNDLES or ./bundles."""
    return Path(os.environ.get("EDGEMM_BUNDLES", "bundles"))


def exported(recipe: str) -> Bundle:
    """The bundle of a recipe for this host, or the folder itself if it is a bundle; without one see `lack`."""
    folder = bundles_folder() / recipe
    found = [candidate for candidate in (folder / host_target(), folder) if (candidate / "manifest.json").is_file()]
    if not found:
        lack(f"no bundle of '{recipe}' under {folder.parent}: `edgemm export {recipe}` makes one")
    return Bundle.open(found[0])
