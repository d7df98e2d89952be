"""float32 bundles to compare with: exported (mostly from the cache) into the benchmark's own folder."""

from __future__ import annotations

from pathlib import Path

from edgemm.bundles.bundle import Bundle
from export.line.recipe import Request, export_recipe
from export.settings.recipe_config import load_recipe
from export.settings.target_config import load_target
from export.workshop.progress import Quiet


def float32_bundle(recipe: str, target: str, folder: Path) -> Bundle:
    """The recipe's float32 form."""
    name, loaded = load_recipe(recipe)
    return export_recipe(Request(name, loaded, load_target(target), folder, form="float32"), Quiet()).bundle
