"""Write docs/configuration.md from the configuration models: `make docs`."""

from __future__ import annotations

from pathlib import Path

from edgemm.bundles.pack import Pack
from edgemm.settings.config_reference import reference
from export.settings.recipe_config import Recipe
from export.settings.target_config import Target
from runtime.settings.config import RuntimeConfig

PAGE = Path(__file__).resolve().parent.parent / "docs" / "configuration.md"

INTRODUCTION = """# Configuration

Made by `make docs` from the models in the code; a test holds it to them.

Configuration is YAML. A name is looked up in `./configs/KIND/NAME.yaml`, then among the files that come with edgemm;
a path is taken as it is. An unknown key, a wrong type or a tab is refused with file, line and the nearest known key.
Precedence: flag > CONFIG > pack > default; `edgemm run --print-config` shows each value and where it stands.
"""


def page() -> str:
    """The whole page."""
    chapters = (
        reference("Runtime: configs/runtime/NAME.yaml", RuntimeConfig),
        reference("Packs: configs/packs/NAME.yaml", Pack),
        reference("Recipes: configs/export/NAME.yaml", Recipe),
        reference("Targets: configs/export/targets/NAME.yaml", Target),
    )
    return "\n".join([INTRODUCTION, *chapters])


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
