"""float32 bundles to compare with: exported (mostly from the cache) into the benchmark's own folder."""

from __future__ import annotations

from pathlib import Path

from edgemm.bundle import Bundle
from export.progress import Quiet
from export.recipe import Request, export_recipe
from export.recipe_config import load_recipe
from export.target_config import load_target


def float32_bundle(recipe: str, target: str, folder: Path) -> Bundle:
    """The recipe's float32 form."""
    name, loaded = load_recipe(recipe)
    return export_recipe(Request(name, loaded, load_target(target), folder, form="float32"), Quiet()).bundle
