"""Names on the command line: a pack stands for its recipes."""

from __future__ import annotations

from collections.abc import Sequence

from edgemm.bundles.pack import load_pack
from edgemm.settings.config import config_names


def recipe_names(names: Sequence[str]) -> list[str]:
    """Recipes that `names` ask for, each once, in order. A recipe goes before a pack of the same name."""
    recipes: list[str] = []
    for name in names:
        is_pack = name in config_names("packs") and name not in config_names("export")
        recipes += load_pack(name).roles.values() if is_pack else [name]
    return list(dict.fromkeys(recipes))
