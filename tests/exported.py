"""Exported bundles for tests that need real models."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from edgemm.bundle import Bundle


def exported(recipe: str) -> Bundle:
    """The bundle of a recipe under EDGEMM_BUNDLES or ./bundles, whatever its target; skips if there is none."""
    root = Path(os.environ.get("EDGEMM_BUNDLES", "bundles"))
    found = sorted((root / recipe).glob("*/manifest.json")) or sorted((root / recipe).glob("manifest.json"))
    if not found:
        pytest.skip(f"no bundle of '{recipe}' under {root}: `edgemm export {recipe}`")
    return Bundle.open(found[0].parent)
